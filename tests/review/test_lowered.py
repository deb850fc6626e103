"""What one hop lowered stays lowered: the next one starts from it, on its page and in what it decides."""

from __future__ import annotations

from decimal import Decimal

from applications import services as filing
from applications.models import Assessment
from review.cases.assessing import YearMark
from tests.world import World, plain_year


def test_the_next_hop_starts_from_what_the_one_before_recognised(world: World) -> None:
    case = world.draft()
    with world.acting("applicant") as actor:
        more = plain_year(2022, professional="72")
        filing.save_year(actor=actor, application_id=case.pk, seen=case.version, year=2022, activities=more)
    case = world.submit(case)
    less = YearMark(recognised={"professional": Decimal("64.5")}, remark="两天课程没有签到")
    world.approve(case, by="employer", marks={2022: less})

    world.approve(case, by="department")

    with world.acting("department"):
        rows = Assessment.objects.filter(application=case, year=2022, category="professional")
        recognised = rows.order_by("decision__hop").values_list("recognised", flat=True)
        assert list(recognised) == [Decimal("64.5"), Decimal("64.5")]
