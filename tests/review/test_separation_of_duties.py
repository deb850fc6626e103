"""Nobody decides their own application, and nobody decides one case twice."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from applications.models import Application, Decision, Outcome
from applications.states import State
from cehours.lib import clock
from cehours.lib.refusal import Refusal
from review import services
from tests.world import World

pytestmark = pytest.mark.requirement("R035", "R036")


def test_an_employers_admin_cannot_approve_what_they_filed_themselves(world: World) -> None:
    world.add_person("employer_as_person", person_of="employer")
    case = world.submit(world.draft(by="employer_as_person"), by="employer_as_person")

    for act in (world.approve, world.return_, world.reject):
        with pytest.raises(Refusal, match="本人"):
            act(case, by="employer")

    assert world.approve(case, by="second_employer").state == State.DEPARTMENT_REVIEW


def test_a_second_account_of_the_same_natural_person_does_not_help(world: World) -> None:
    world.add_person("applicants_other_login", unit="hospital", person_of="applicant")
    case = world.application(at=State.EMPLOYER_REVIEW)

    with pytest.raises(Refusal, match="本人"):
        world.approve(case, by="applicants_other_login")


def test_even_raw_sql_cannot_decide_ones_own_application(world: World) -> None:
    world.add_person("applicants_other_login", unit="hospital", person_of="applicant")
    case = world.application(at=State.EMPLOYER_REVIEW)

    with pytest.raises(Exception, match="row-level security"), world.acting("applicants_other_login") as me:
        Decision.objects.bulk_create([_decision(case, me)])
    with (
        pytest.raises(IntegrityError, match="nobody decides their own"),
        world.acting("applicants_other_login"),
    ):
        Application.objects.filter(pk=case.pk).update(
            state=State.RETURNED, version=99, current_unit=None, step=None
        )


def test_one_person_does_not_decide_two_hops_of_a_case(world: World) -> None:
    world.add_person("employer_at_group", unit="group", person_of="employer")
    case = world.application(at=State.DEPARTMENT_REVIEW)

    with pytest.raises(Refusal, match="前一环节"):
        world.approve(case, by="employer_at_group")

    assert world.approve(case, by="department").state == State.DEPARTMENT_REVIEW


def test_a_university_needs_two_accounts(world: World) -> None:
    case = world.approve(world.submit(world.draft(unit="university")), by="university_admin")

    with pytest.raises(Refusal, match="其他账号"):
        world.approve(case, by="university_admin")

    assert world.approve(case, by="university_reviewer").state == State.BUREAU_REVIEW


def test_a_clerks_own_application_in_a_batch_is_named_and_the_rest_proceeds(world: World) -> None:
    world.add_person("bureau_as_person", person_of="bureau")
    own = _at_bureau(world, by="bureau_as_person")
    other = _at_bureau(world, by="other_applicant")

    with world.acting("bureau") as clerk:
        results = services.approve_several(
            actor=clerk, items=[(own.pk, own.version), (other.pk, other.version)]
        )

    assert [(result.case_id, result.done) for result in results] == [(own.pk, False), (other.pk, True)]
    assert "本人" in results[0].says


def test_a_step_without_its_decision_is_refused_by_the_database(world: World) -> None:
    case = world.application(at=State.EMPLOYER_REVIEW)

    with pytest.raises(IntegrityError, match="no decision on record"), world.acting("employer"):
        Application.objects.filter(pk=case.pk).update(
            state=State.DEPARTMENT_REVIEW, version=99, current_unit=world.group, step=1, hop=1
        )


@pytest.mark.requirement("R210", "R225")
@pytest.mark.parametrize("reason", ["", "  ", "不行"])
def test_a_refusal_needs_a_reason_the_applicant_can_use(world: World, reason: str) -> None:
    case = world.application(at=State.EMPLOYER_REVIEW)

    for act in (world.return_, world.reject):
        with pytest.raises(Refusal, match="原因"):
            act(case, by="employer", reason=reason)

    assert world.see("employer", case.pk).state == State.EMPLOYER_REVIEW


def _at_bureau(world: World, *, by: str) -> Application:
    case = world.submit(world.draft(by=by), by=by)
    for who in ("employer", "department", "second_department"):
        case = world.approve(case, by=who)
    return case


def _decision(case: Application, actor: object) -> Decision:
    return Decision(
        application=case,
        revision=1,
        hop=0,
        state=case.state,
        unit_id=actor.unit_id,
        user=actor.user,
        person_id=actor.person_id,
        reviewer_name="x",
        outcome=Outcome.APPROVED,
        arrived_at=clock.now(),
        decided_at=clock.now(),
    )
