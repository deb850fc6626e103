"""The state machine: every act from every state by everybody, in the service and in the database."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django_fsm import TransitionNotAllowed

from applications import guards
from applications.models import Application, Decision, Revision
from applications.states import EDITABLE, IN_REVIEW, State
from cehours.lib.refusal import Refusal
from organizations.models import Event
from tests.world import World

ACTS = ("submit", "withdraw", "approve", "return_", "reject")
TRANSITIONS = (
    "submit_to_employer",
    "submit_to_bureau",
    "forward_to_department",
    "forward_to_bureau",
    "approve",
    "return_",
    "reject",
    "withdraw",
)
ROLES = (
    "applicant",
    "other_applicant",
    "employer",
    "department",
    "second_department",
    "bureau",
    "other_employer",
)
HOLDER = {
    State.EMPLOYER_REVIEW: "employer",
    State.DEPARTMENT_REVIEW: "department",
    State.BUREAU_REVIEW: "bureau",
}
NEXT = {
    State.EMPLOYER_REVIEW: State.DEPARTMENT_REVIEW,
    State.DEPARTMENT_REVIEW: State.DEPARTMENT_REVIEW,
    State.BUREAU_REVIEW: State.APPROVED,
}


def expected(state: State, act: str, who: str) -> State | None:
    """The table of the handbook: where `act` by `who` leads from `state`; None when it is refused."""
    if who == "applicant":
        if act == "submit" and state in EDITABLE:
            return State.EMPLOYER_REVIEW
        if act == "withdraw" and state in IN_REVIEW:
            return State.WITHDRAWN
        return None
    if HOLDER.get(state) != who:
        return None
    return {"approve": NEXT[state], "return_": State.RETURNED, "reject": State.REJECTED}.get(act)


def state_of(case: Application) -> tuple[str, int, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.kind', 'system', true)")
        cursor.execute(
            "SELECT state, version, audit_seq FROM applications_application WHERE id = %s", [case.pk]
        )
        return cursor.fetchone()


@pytest.mark.requirement("R176", "R177", "R178", "R191", "R192", "R209", "R225", "R234")
@pytest.mark.parametrize("state", list(State))
def test_every_act_by_every_role_does_what_the_table_says(world: World, state: State) -> None:
    case = world.application(at=state)

    for act in ACTS:
        for who in ROLES:
            end = expected(state, act, who)
            with transaction.atomic():
                before = state_of(case)
                try:
                    getattr(world, act)(case, by=who)
                except (Refusal, Application.DoesNotExist):
                    assert end is None, f"{act} by {who} from {state} was refused"
                    assert state_of(case) == before
                else:
                    after = state_of(case)
                    assert after[0] == end, f"{act} by {who} from {state}"
                    assert after[1] > before[1]
                    assert after[2] > before[2], "an act without an event"
                transaction.set_rollback(True)


def test_the_trigger_knows_the_same_edges_as_the_model(world: World) -> None:
    declared = {
        (str(edge.source), str(edge.target))
        for act in TRANSITIONS
        for edge in getattr(Application, act)._django_fsm.transitions.values()
    }

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a, b FROM unnest(%s::text[]) a, unnest(%s::text[]) b WHERE application_edge(a, b)",
            [State.values, State.values],
        )
        known = {tuple(row) for row in cursor.fetchall()}

    assert known == declared


@pytest.mark.parametrize("state", list(State))
def test_the_database_refuses_every_state_that_somebody_writes_around_the_services(
    world: World, state: State
) -> None:
    case = world.application(at=state)

    for who in ("applicant", "employer", "department", "bureau"):
        for target in State:
            if target == state or (who, target) == ("applicant", State.WITHDRAWN):
                continue  # withdrawing is the one act that needs no decision on record
            with (
                pytest.raises((IntegrityError, AssertionError)),
                world.acting(who) as actor,
            ):
                touched = Application.objects.filter(pk=case.pk).update(
                    state=target,
                    version=case.version + 1,
                    current_unit=actor.unit_id if target in IN_REVIEW else None,
                    step=0 if target in IN_REVIEW else None,
                )
                assert touched, "the row is not even visible"

    assert state_of(case)[0] == state


def test_a_protected_state_is_not_assigned(world: World) -> None:
    case = world.draft()

    with pytest.raises(AttributeError):
        case.state = State.APPROVED


def test_the_library_itself_refuses_an_illegal_edge(world: World) -> None:
    case = world.draft()

    with pytest.raises(TransitionNotAllowed):
        case.approve()
    assert guards.why_not(case, "approve") == ["该申报当前为“暂存”，不能进行此操作。"]


@pytest.mark.requirement("R178")
def test_a_returned_application_starts_again_at_the_employer(world: World) -> None:
    case = world.application(at=State.BUREAU_REVIEW)

    world.return_(case, by="bureau", reason="2023 年缺结业证书")
    case = world.submit(case)

    assert case.state == State.EMPLOYER_REVIEW
    assert case.current_unit == world.hospital
    with world.acting("applicant"):
        story = Event.objects.filter(subject_id=case.pk).exclude(act__in=NOISE).order_by("seq")
        assert [event.act for event in story] == [
            "started", "submitted", "forwarded", "forwarded", "forwarded", "returned", "submitted",
        ]  # fmt: skip
        assert Decision.objects.filter(application=case).count() == 4, "earlier decisions stay visible"
        assert Revision.objects.filter(application=case).count() == 2


NOISE = {"header_saved", "year_added", "evidence_added"}


@pytest.mark.requirement("R227")
def test_a_chain_of_three_levels_reaches_the_bureau(world: World) -> None:
    case = world.submit(world.draft())

    holders = []
    for who in ("employer", "department", "second_department"):
        case = world.approve(case, by=who)
        holders.append((case.state, case.current_unit.name))

    assert holders == [
        (State.DEPARTMENT_REVIEW, "省级医疗集团"),
        (State.DEPARTMENT_REVIEW, "省卫健主管委"),
        (State.BUREAU_REVIEW, "湘南省人社厅"),
    ]


def test_two_reviewers_at_once_the_second_is_told_and_nothing_is_overwritten(world: World) -> None:
    case = world.application(at=State.EMPLOYER_REVIEW)
    seen = case.version
    world.return_(case, by="employer", reason="请补充签到表", seen=seen)

    with pytest.raises(Refusal) as refused:
        world.reject(case, by="second_employer", reason="材料与申报不符", seen=seen)

    assert "其他人处理过" in refused.value.says or "没有找到" in refused.value.says
    assert state_of(case)[0] == State.RETURNED


def test_what_is_filed_does_not_change_while_it_is_reviewed(world: World) -> None:
    case = world.application(at=State.EMPLOYER_REVIEW)

    for who in ("applicant", "employer"):
        with pytest.raises(IntegrityError, match="what is filed"), world.acting(who):
            Application.objects.filter(pk=case.pk).update(specialty="别的专业")


@pytest.mark.requirement("R191")
def test_the_rows_below_a_submitted_application_are_out_of_reach(world: World) -> None:
    case = world.application(at=State.EMPLOYER_REVIEW)

    with world.acting("applicant"):
        assert case.activities.update(claimed=1000) == 0
        assert case.evidence.all().delete()[0] == 0


def test_a_revision_is_frozen_and_its_hash_is_that_of_its_content(world: World) -> None:
    import hashlib

    case = world.application(at=State.EMPLOYER_REVIEW)

    with world.acting("applicant"):
        revision = Revision.objects.get(application=case, number=1)
        assert revision.sha256 == hashlib.sha256(revision.content.encode()).hexdigest()
        assert "430102" not in revision.content, "an identity number lies in the open"
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            Revision.objects.filter(pk=revision.pk).update(content="{}")
