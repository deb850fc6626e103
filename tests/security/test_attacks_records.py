"""Hours on record that fall: what was taken over from them is neither approved afterwards, nor outlives them."""

from __future__ import annotations

from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from applications import services as filing
from applications.models import Application
from certificates import services
from certificates.models import Certificate
from organizations.acting.errors import NotAllowed
from organizations.acting.scope import scope
from tests.applications.test_recognised import enter, withdraw
from tests.certificates.approving import (
    SYSTEM,
    approved,
    certificates,
    further_session,
    printed,
    revoked,
)
from tests.review.batching import at_the_city, done, items_of, now_of
from tests.security.attacking import browser_of
from tests.security.test_attacks_certificates import confirm
from tests.world import World, plain_year
from training.models import RecognisedHours

pytestmark = pytest.mark.filterwarnings("ignore:unclosed file .*sRGB2014.icc:ResourceWarning")


def taken_over(world: World, first: Certificate) -> Application:
    """A further application that needs no papers for 2020 and 2021: the earlier certificate has them."""
    further_session(world)
    case = world.draft(years=(2022, 2023, 2024))
    with world.acting("applicant") as actor:
        filing.take_over(actor=actor, application_id=case.pk, seen=case.version, number=first.number)
    return world.see("applicant", case.pk)


def with_a_record(world: World, year: int) -> RecognisedHours:
    return enter(world, year=year, number=f"PT-{year}", category="public", hours=30, source="base")


def ticked(world: World, unit: str | None, row: RecognisedHours) -> Application:
    """A case of one year that rests on a record of another system."""
    case = world.draft(unit=unit, years=(2024,), span_exception="late_entry")
    with world.acting("applicant") as actor:
        filing.save_year(
            actor=actor,
            application_id=case.pk,
            seen=case.version,
            year=2024,
            activities=plain_year(2024)[1:],
            records=[row.pk],
        )
    return world.submit(world.see("applicant", case.pk))


def test_no_desk_approves_what_rests_on_a_record_that_fell_meanwhile(world: World) -> None:
    row = with_a_record(world, 2024)
    case = ticked(world, "society", row)
    case = world.approve(case, by="society_admin")
    withdraw(row)

    with pytest.raises(NotAllowed, match=r"学时记录已被撤销.*退回"):
        world.approve(case, by="city_bureau")
    assert world.return_(case, by="city_bureau").state == "returned"


@pytest.mark.parametrize("change", [{"valid": False}, {"hours": 3}])
def test_a_batch_leaves_it_aside_and_says_why(world: World, change: dict[str, object]) -> None:
    row = with_a_record(world, 2024)
    case = world.approve(ticked(world, "society", row), by="society_admin")
    sound = at_the_city(world, by="other_applicant")
    withdraw(row, **change)

    batch = done(world, "city_bureau", [case, sound])

    assert (batch.done, batch.refused) == (1, 1)
    assert now_of(case).state == "bureau_review"
    (refused,) = [item for item in items_of(batch) if item.outcome == "refused"]
    assert refused.application_id == case.pk and "学时记录" in refused.says


def test_the_page_says_so_before_the_clerk_tries(world: World) -> None:
    row = with_a_record(world, 2024)
    case = world.approve(ticked(world, "society", row), by="society_admin")
    browser, url = browser_of(world, "city_bureau"), reverse("review:case", args=[case.pk])
    assert "学时记录已被撤销" not in browser.get(url).content.decode()
    withdraw(row)

    page = browser.get(url).content.decode()
    tried = browser.post(
        reverse("review:approve", args=[case.pk]),
        {"version": case.version, "confirm": "yes", "opinion": "同意"},
    )

    assert "学时记录已被撤销" in page
    assert tried.status_code == 422 and "学时记录已被撤销" in tried.content.decode()
    assert "学时记录" not in browser_of(world, "society_admin").get(url).content.decode(), "no longer theirs"


@pytest.mark.parametrize("way", ["single", "batch"])
def test_a_forged_certificate_is_not_laundered_by_filing_its_years_again(world: World, way: str) -> None:
    first = printed(approved(world))
    case = world.submit(taken_over(world, first))
    for who in ("employer", "department", "second_department"):
        world.approve(case, by=who)
    if way == "batch":
        assert done(world, "bureau", [case]).done == 1
    else:
        world.approve(case, by="bureau")
    (second,) = [row for row in certificates() if row.application_id == case.pk]
    with world.acting("applicant") as actor:
        part = services.issue_range(actor=actor, from_year=2021, to_year=2022)

    revoked(world, first)

    with scope(SYSTEM):
        again = list(Certificate.objects.filter(pk__in=[second.pk, part.pk]))
    assert [row.state for row in again] == ["revoked", "revoked"]
    assert all(first.number in row.ended_reason for row in again)


@pytest.mark.long
def test_nor_by_being_approved_in_the_moment_of_the_revocation(
    committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = committed_world
    first = approved(world)
    case = world.submit(taken_over(world, first))
    for who in ("employer", "department", "second_department"):
        world.approve(case, by=who)
    with world.acting("bureau") as actor:
        asked = services.request_revocation(actor=actor, certificate_id=first.pk, reason="材料经查虚假")
    confirming = Thread(target=confirm, args=(world, asked.pk))

    def late(**kwargs: Any) -> Certificate:
        confirming.start()
        confirming.join(1)  # as far as it gets while the bureau approves
        return issue(**kwargs)

    issue = services.issue
    monkeypatch.setattr(services, "issue", late)
    world.approve(case, by="bureau")
    confirming.join(20)

    assert [row.state for row in certificates()] == ["revoked", "revoked"]


def test_hours_do_not_grow_by_being_recognised_again(world: World) -> None:
    """A certificate holds the record it was given for; both together would count it once more every year."""
    row = with_a_record(world, 2024)
    case = world.approve(ticked(world, "society", row), by="society_admin")
    world.approve(case, by="city_bureau")
    further_session(world)
    again = world.draft(unit="society", years=(2024,), span_exception="late_entry")
    with world.acting("applicant") as actor:
        on_record = RecognisedHours.objects.filter(person_id=actor.person_id, year=2024, category="public")
        both = {each.source: each.pk for each in on_record}
        assert set(both) == {"base", "certificate"}

        def tick(*keys: UUID) -> None:
            filing.save_year(
                actor=actor, application_id=again.pk, seen=world.see("applicant", again.pk).version, year=2024,
                activities=plain_year(2024)[1:], records=keys,
            )  # fmt: skip

        with pytest.raises(NotAllowed, match="已包含在"):
            tick(*both.values())
        tick(both["base"])
        tick(both["certificate"])
