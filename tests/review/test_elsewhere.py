"""One achievement counts in one year only: said to the applicant, hinted to units, in full to bureaus (A24)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from applications import services as filing
from applications.filed import facts
from applications.models import Application, FilingSession
from cehours.lib import clock
from organizations.acting.scope import scope
from review.cases.elsewhere import elsewhere
from tests.world import WHY, YEARS, plain_year

pytestmark = pytest.mark.django_db
PATENT = {"rank": 1, "granted_on": "2021-05-01", "patent_number": "ZL 2020 1 0123456.7"}


def with_patent(year, number=PATENT["patent_number"], granted=None):
    """A plain year, and the patent beside it."""
    told = {**PATENT, "patent_number": number, "granted_on": granted or f"{year}-05-01"}
    patent = filing.ActivityInput("professional", "一种装置", Decimal(30), "07", "invention", told)
    return [*plain_year(year), patent]


def claim(world, case, year, *, by="applicant", **more):
    with world.acting(by) as actor:
        filing.save_year(
            actor=actor,
            application_id=case.pk,
            seen=world.see(by, case.pk).version,
            year=year,
            activities=with_patent(year, **more),
        )


def findings(world, case, by="applicant"):
    with world.acting(by):
        return facts.find(Application.objects.get(pk=case.pk))


def at_the_bureau(world, case):
    world.submit(case, evidence_note="证书原件在单位")
    for who in ("employer", "department", "second_department"):
        world.approve(case, by=who, opinion=WHY)


def last_years_application(world, year):
    """Approved in an earlier session, with the patent in `year`."""
    now = clock.now()
    earlier = FilingSession.objects.create(
        name="上一年度核认", policy="hunan-2025", year=2024, opens_at=now - timedelta(days=9),
        closes_at=now + timedelta(days=9), review_until=now + timedelta(days=9),
    )  # fmt: skip
    present, world.session = world.session, earlier
    case = world.draft(evidence=False)
    claim(world, case, year)
    at_the_bureau(world, case)
    world.approve(case, by="bureau", opinion=WHY)
    world.session = present
    return case


def test_twice_in_one_application_is_told_to_the_applicant(world):
    case = world.draft()
    claim(world, case, 2021)
    claim(world, case, 2022)

    found = findings(world, case)

    assert found.of_year(2021).repeated == ("“一种装置”已在本次申报的 2022 年申报，同一成果只能计入一个年度",)
    assert found.warnings >= 2


def test_two_different_patents_are_no_repetition(world):
    case = world.draft()
    claim(world, case, 2021)
    claim(world, case, 2022, number="ZL 2019 1 7654321.0")

    assert all(year.repeated == () for year in findings(world, case).years)


def test_another_year_of_an_earlier_application_is_found(world):
    last_years_application(world, 2021)
    case = world.draft()
    claim(world, case, 2022)

    assert findings(world, case).of_year(2022).repeated == (
        "“一种装置”已在“上一年度核认”的 2021 年申报，同一成果只能计入一个年度",
    )


def test_the_same_year_again_in_a_later_application_is_normal(world):
    last_years_application(world, 2021)
    case = world.draft()
    claim(world, case, 2021)

    assert findings(world, case).of_year(2021).repeated == ()


def test_another_persons_claim_of_the_same_patent_is_normal(world):
    last_years_application(world, 2021)
    case = world.draft(by="other_applicant")
    claim(world, case, 2022, by="other_applicant")

    assert findings(world, case, "other_applicant").of_year(2022).repeated == ()


def test_a_rejected_application_and_its_copy_are_not_compared(world):
    case = world.draft()
    claim(world, case, 2021)
    world.submit(case, evidence_note="证书原件在单位")
    world.reject(case, by="employer")
    with world.acting("applicant") as actor:
        copy = filing.copy_rejected(actor=actor, application_id=case.pk)
    claim(world, copy, 2022)
    with world.acting("applicant") as actor:
        seen = world.see("applicant", copy.pk).version
        filing.save_year(
            actor=actor, application_id=copy.pk, seen=seen, year=2021, activities=plain_year(2021)
        )

    assert findings(world, copy).of_year(2022).repeated == ()


@pytest.fixture
def repeated(world):
    last_years_application(world, 2021)
    case = world.draft()
    claim(world, case, 2022)
    return case


def test_a_unit_is_told_only_that_it_is_claimed_elsewhere(world, repeated):
    world.submit(repeated, evidence_note="证书原件在单位")

    page = world.browser("employer").get(reverse("review:case", args=[repeated.pk])).content.decode()

    assert "有成果也在其他年度或其他申报中使用" in page
    assert "上一年度核认" not in page
    with world.acting("employer"):
        assert elsewhere(repeated) == []


def test_the_bureau_is_told_where(world, repeated):
    at_the_bureau(world, repeated)

    page = world.browser("bureau").get(reverse("review:case", args=[repeated.pk])).content.decode()

    assert "2022 年“一种装置”也在“上一年度核认”的 2021 年申报（省第九人民医院）" in page


def test_a_bureau_without_the_case_learns_nothing(world, repeated):
    at_the_bureau(world, repeated)

    with world.acting("other_bureau"):
        assert elsewhere(repeated) == []


def test_the_same_file_in_another_persons_case_is_a_hint_for_the_bureau(world):
    other = world.draft(by="other_applicant", years=(*YEARS,))
    world.submit(other, by="other_applicant")
    case = world.draft()
    at_the_bureau(world, case)

    with scope(world.bureau):
        says = elsewhere(case)

    assert says[0].startswith("2020 年的“")
    assert "（省第九人民医院）的材料是同一个文件" in says[0]


def test_a_file_that_many_filed_is_one_sentence_and_not_one_for_each(world):
    for number, unit in enumerate(("hospital", "hospital", "firm", "society", "university")):
        world.add_person(f"other_{number}")
        other = world.draft(by=f"other_{number}", unit=unit, years=(2024,), span_exception="late_entry")
        world.submit(other, by=f"other_{number}")
    case = world.draft(years=(2024,), span_exception="late_entry")
    at_the_bureau(world, case)

    with scope(world.bureau):
        says = elsewhere(case)

    papers = 3
    assert len(says) <= papers + 1
    assert "2024 年的" in says[0]
    assert "等 4 个单位）的材料是同一个文件" in says[0]
    assert "（省第九人民医院、" in says[0]
