"""Ways around the separation of duties: wrong next units at every entry, long chains, lost rights, raw SQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

import rules
from applications.models import Application, Assessment, Participant
from applications.states import State
from cehours.lib.refusal import Refusal
from certificates.models import Certificate
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import Event
from review import services
from review.batches.verdicts import Order
from review.models import BatchAct, ItemOutcome
from tests.review.batching import at_the_city, confirmed, filed, items_of, now_of, worked_off
from tests.review.test_separation_of_duties import WRONG_UNITS
from tests.world import World
from training.models import RecognisedHours

SYSTEM = Actor.system("tests")
REASON = "请补充 2024 年签到表。"


@pytest.mark.requirement("R216", "R217")
def test_a_wrong_next_unit_is_refused_on_the_page(world: World) -> None:
    case, browser = filed(world, unit="hospital"), world.browser("employer")
    typed = {"version": case.version, "opinion": REASON, "confirm": "yes", "kind": "department"}

    for name, unit in WRONG_UNITS.items():
        answer = browser.post(
            reverse("review:approve", args=[case.pk]), {**typed, "next_unit": str(unit(world) or "")}
        )
        assert answer.status_code == 422, name
        assert now_of(case).current_unit_id == world.hospital.pk, name


@pytest.mark.requirement("R216", "R217")
def test_a_wrong_next_unit_is_refused_case_by_case_in_a_batch(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a policy lets employers work in batches."""
    widened = replace(rules.load_policy("hunan-2025"), batches=frozenset({"bureau", "employer"}))
    monkeypatch.setattr(rules, "load_policy", lambda key: widened)
    case = filed(world, unit="hospital")

    for name, unit in WRONG_UNITS.items():
        if "registered" in name:
            continue  # a batch refers to its next unit, so the database knows it
        with world.acting("employer") as actor:
            batch = services.confirm_batch(
                actor=actor,
                token=uuid4(),
                order=Order(BatchAct.APPROVE, "", unit(world)),
                chosen=[(case.pk, now_of(case).version)],
            )
        worked_off(batch)
        assert [item.outcome for item in items_of(batch)] == [ItemOutcome.REFUSED], name
        assert now_of(case).current_unit_id == world.hospital.pk, name


@pytest.mark.requirement("R227")
def test_a_long_chain_of_superiors_is_walked_one_by_one_and_none_can_be_left_out(world: World) -> None:
    length = 8
    for level in reversed(range(length)):
        parent = f"level_{level + 1}" if level + 1 < length else None
        world.add_unit(f"level_{level}", f"第{level}级主管", region="430000", parent=parent)
        world.add_person(f"clerk_{level}", unit=f"level_{level}")
    case = filed(world, unit="level_0")

    for level in range(length):
        assert case.current_unit == world.units[f"level_{level}"]
        further = [f"level_{level + 2}"] if level + 2 < length else []
        for wrong in [*further, *(["province"] if level + 1 < length else []), "level_0"]:
            with pytest.raises(Refusal):
                world.approve(case, by=f"clerk_{level}", next_unit_id=world.units[wrong].pk)
        case = world.approve(case, by=f"clerk_{level}")

    assert case.current_unit == world.province
    assert world.approve(case, by="bureau").state == State.APPROVED


def test_who_changes_employers_in_review_cannot_take_the_case_along(world: World) -> None:
    case = filed(world, unit="hospital")
    browser = world.browser("applicant")

    answer = browser.post(
        reverse("applications:header", args=[case.pk]),
        {"version": case.version, "employer": str(world.firm.pk), "employer_name": world.firm.name},
    )

    assert answer.status_code == 409
    assert now_of(case).employer_id == world.hospital.pk
    with pytest.raises(Refusal), world.acting("other_employer") as stranger:
        services.approve(actor=stranger, case_id=case.pk, seen=case.version)
    assert world.approve(case, by="employer").current_unit == world.group


LOST: dict[str, Callable[[World], object]] = {
    "the membership was removed": lambda world: world.city_bureau.membership.delete(),
    "the account was closed": lambda world: _set(world.city_bureau.user, is_active=False),
    "the bureau was closed": lambda world: _set(world.changsha, active=False),
    "the account stands for nobody": lambda world: _set(world.city_bureau.user, person_id=None),
}


def _set(row: Any, **values: object) -> None:
    type(row).objects.filter(pk=row.pk).update(**values)


@pytest.mark.parametrize("lost", LOST)
def test_an_open_tab_decides_nothing_once_the_right_to_it_is_gone(world: World, lost: str) -> None:
    case = at_the_city(world)
    before, browser = now_of(case), world.browser("city_bureau")
    assert browser.get(reverse("review:case", args=[case.pk])).status_code == 200
    LOST[lost](world)

    typed = {"version": before.version, "opinion": REASON, "confirm": "yes"}
    for act in ("approve", "return", "reject"):
        answer = browser.post(reverse(f"review:{act}", args=[case.pk]), typed)
        assert answer.status_code in (302, 403, 404, 422), act  # 302: to the page where one signs in
    pick = {"pick": f"{case.pk}:{before.version}", "act": "approve", "token": str(uuid4())}
    answer = browser.post(reverse("review:batch"), {**typed, **pick})
    assert answer.status_code in (302, 403, 422)

    assert (now_of(case).state, now_of(case).version) == (before.state, before.version)


def test_a_batch_confirmed_before_the_right_was_lost_stops_at_its_next_chunk(world: World) -> None:
    case = at_the_city(world)
    batch = confirmed(world, "city_bureau", [(case.pk, now_of(case).version)])
    LOST["the account stands for nobody"](world)

    worked_off(batch)

    assert now_of(case).state == State.BUREAU_REVIEW


HOURS = "UPDATE applications_assessment SET recognised = 999, claimed = 999"
RECORD = """INSERT INTO training_recognisedhours
    SELECT (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid(), 'hours', 999, 'year', 2019))).*
    FROM training_recognisedhours r"""
PAPER = "UPDATE certificates_certificate SET to_year = 2030, state = 'ready'"
TAMPERING = {
    "recognised hours": HOURS,
    "hours on record": "UPDATE training_recognisedhours SET hours = 999, valid = true",
    "new hours on record": RECORD,
    "what a certificate says": PAPER,
    "a decision": "UPDATE applications_decision SET outcome = 'approved', opinion = ''",
    "a decision taken back": "DELETE FROM applications_decision",
    "the trail": "UPDATE organizations_event SET act = 'viewed'",
    "who takes part": """INSERT INTO applications_participant (application_id, unit_id, revision, since)
        SELECT application_id, unit_id, 9, since FROM applications_participant WHERE unit_id IS NOT NULL""",
}
WRONG_SQL = {"42601", "42703", "42P01"}  # a misspelt statement refuses nothing


@pytest.mark.parametrize("who", ["platform", "city_bureau", "society_admin", "applicant"])
def test_nobody_writes_hours_papers_or_records_by_hand(world: World, who: str) -> None:
    """As the runtime role in the scope of a platform account, a clerk, an employer and the applicant."""
    platform = world.add_person("platform")
    _set(platform.user, is_superuser=True, is_staff=True)
    case = world.approve(at_the_city(world), by="city_bureau")
    before = _recorded(case)

    for what, statement in TAMPERING.items():
        code = _tried(world, who, statement)
        assert code not in WRONG_SQL, what
        assert _recorded(case) == before, what


def _tried(world: World, who: str, statement: str) -> str:
    """The code with which the database refuses; "" when it found no row to write."""
    try:
        with world.acting(who), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError as refused:
        return str(getattr(refused.__cause__, "pgcode", ""))
    return ""


def _recorded(case: Application) -> list[Any]:
    with scope(SYSTEM):
        return [
            list(Assessment.objects.filter(application=case).order_by("pk").values()),
            list(RecognisedHours.objects.order_by("pk").values()),
            list(Certificate.objects.order_by("pk").values()),
            list(case.decisions.order_by("pk").values()),
            list(Event.objects.filter(subject_id=case.pk).order_by("pk").values()),
            list(Participant.objects.filter(application=case).order_by("pk").values()),
        ]
