"""Beyond all measure: nothing that can be filed may jam the desk of whoever has to decide it, nor flood anybody."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from applications import services as filing
from applications.models import Application
from applications.services.submitting import MOST_A_DAY
from cehours.lib import clock
from cehours.lib.hours import MAXIMUM
from organizations.acting.errors import NotAllowed, NotNow
from tests.security.attacking import browser_of
from tests.world import World


def with_rows(world: World, hours: Decimal, rows: int) -> Application:
    """A case of 2024 with that many rows of that many hours on one side."""
    case = world.draft(unit="society", years=(2024,), span_exception="late_entry")
    public = filing.ActivityInput("public", "2024公需科目", Decimal(30), "03")
    many = [filing.ActivityInput("professional", f"专业科目{row}", hours, "01") for row in range(rows)]
    with world.acting("applicant") as actor:
        filing.save_year(
            actor=actor, application_id=case.pk, seen=case.version, year=2024, activities=[public, *many]
        )
    return world.see("applicant", case.pk)


def test_more_than_a_decision_can_recognise_is_not_filed(world: World) -> None:
    """Twenty rows of 9999 hours: the unit could neither approve nor return nor reject such a case."""
    with pytest.raises(NotAllowed, match="2024 年有一类科目合计超过 9999 学时"):
        world.submit(with_rows(world, MAXIMUM, 20))


def test_what_can_be_filed_can_be_decided(world: World) -> None:
    case = world.submit(with_rows(world, MAXIMUM, 1))

    answer = browser_of(world, "society_admin").post(
        reverse("review:return", args=[case.pk]),
        {"version": case.version, "opinion": "学时显然有误，请更正。"},
    )

    assert answer.status_code == 302
    assert world.see("applicant", case.pk).state == "returned"


def test_filing_and_taking_back_in_a_loop_comes_to_an_end(world: World) -> None:
    """Each round freezes a revision, fills the unit's lists, and sends messages that the province pays for."""
    case = world.draft(unit="society", years=(2024,), span_exception="late_entry")
    for _ in range(MOST_A_DAY):
        case = world.withdraw(world.submit(case))

    with pytest.raises(NotNow, match="明天再提交"):
        world.submit(case)
    with clock.at(clock.now() + timedelta(days=1, minutes=1)):
        assert world.submit(case).state == "employer_review"
