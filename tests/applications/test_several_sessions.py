"""Two sessions at once: what tells them apart when choosing; and a unit for which there is no way yet."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from applications.models import FilingSession
from applications.presenters.timeline import steps
from applications.services import sessions
from cehours.lib import clock
from organizations.acting.errors import NotAllowed
from tests.applications.typing_in import text_of
from tests.world import World

pytestmark = pytest.mark.django_db


def another(world: World) -> FilingSession:
    return FilingSession.objects.create(
        name="2026年度高级职称学时核认",
        policy="hunan-2025",
        year=2026,
        opens_at=world.session.opens_at,
        closes_at=world.session.closes_at + timedelta(days=30),
        review_until=world.session.review_until + timedelta(days=60),
    )


def test_the_choice_of_a_session_tells_its_dates_and_years(world: World) -> None:
    later = another(world)
    page = text_of(world.browser("third_applicant").get(reverse("applications:list")))
    for session in (world.session, later):
        last = clock.local(session.closes_at)
        assert f"至 {last:%Y年%-m月%-d日}" in page
    assert page.count("核认 2020—2024 年") == 2


def test_home_counts_down_for_each_open_session(world: World) -> None:
    another(world)
    page = Client().get("/").content.decode()
    assert page.index("2025年度高级职称学时核认") < page.index("2026年度高级职称学时核认")
    assert page.count('class="window-days"') == 2


def test_a_second_session_of_the_same_policy_and_year_is_refused_with_what_to_do_instead(
    world: World,
) -> None:
    today = clock.today()
    with (
        world.acting("bureau") as actor,
        pytest.raises(NotAllowed, match="需要延长或者补报的，请修改该申报期") as no,
    ):
        sessions.add_session(
            actor=actor,
            data=sessions.SessionInput("补报", "hunan-2025", 2025, today, today, today, 5, as_last_year=True),
        )
    assert no.value.field == "year"


def test_a_central_unit_without_entrustment_reads_the_reason_and_no_way_that_it_will_not_go(
    world: World,
) -> None:
    case = world.draft(unit="other_central")
    page = text_of(world.browser("applicant").get(reverse("applications:detail", args=[case.pk])))
    assert "“基本信息”完成后可以提交" in page
    assert "以上各项完成后可以提交" not in page
    assert [step.label for step in steps(case)] == ["填写申报", "出具认定单"]
