"""代办, 移交, 退回 by whoever can cure it: a case leaves a desk on which nobody can decide it, with a reason."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import prefetch_related_objects

import rules
from applications import notices
from applications.filed import facts
from applications.holding import deciders
from applications.holding.deciders import Why
from applications.models import Application, Handover, HandoverKind
from applications.states import State
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotNow, Stale
from organizations.models import Unit
from organizations.models.region import RegionLevel
from review import permissions
from review import queries as review
from review.services import deciding
from review.stuck import queries

LEVELS = (RegionLevel.COUNTY, RegionLevel.CITY, RegionLevel.PROVINCE)
EXTEND = "审核期已结束，须先由省级人社部门延长审核期，再办理。"
NOT_STUCK = "该申报所在单位现在有人可以审核，不用代办或移交。"


@transaction.atomic
def stand_in(*, actor: Actor, case_id: UUID, seen: int, reason: str) -> Application:
    """代办: the actor's unit decides this step in place of the unit that cannot; the route stays as it is (A36).

    Who decides now decides no later hop of that filing: one person decides one hop, by constraint. Raises NotYours,
    Stale, NotNow, NotAllowed.
    """
    case, why = _open(actor, case_id, seen, reason)
    assert actor.unit is not None  # queries.case_to_cure asked
    if case.current_unit_id == actor.unit_id:
        raise NotAllowed("该申报就在本单位，请由本单位其他经办人办理，或移交其他单位。")
    if why in (None, Why.NO_NEXT):
        raise NotNow(NOT_STUCK)
    _must_not_be_involved(actor, case)
    handover = _handover(actor, case, HandoverKind.STAND_IN, actor.unit, reason)
    return _hand_on(actor, handover, "stood_in")


@transaction.atomic
def transfer(*, actor: Actor, case_id: UUID, seen: int, to_unit_id: UUID, reason: str) -> Application:
    """移交: another unit or bureau goes on; the route from there is frozen anew.

    To a unit the case begins at its first review, to a bureau it goes on at that bureau's step. A bureau may also
    hand on what lies on its own desk and is not its to decide. Raises NotYours, Stale, NotNow, NotAllowed.
    """
    case, why = _open(actor, case_id, seen, reason)
    if why is None and case.current_unit_id != actor.unit_id:
        raise NotNow(NOT_STUCK)
    # Of the actor's own unit; another's is hidden, and dropped when it would take effect.
    held = review.held_of(case)
    if held is not None:
        raise NotNow(permissions.held_says(held.reviewer_name, held.effective_at))
    _must_not_be_involved(actor, case)
    target = Unit.objects.select_related("region").filter(pk=to_unit_id, active=True).first()
    if target is None or target.pk == case.current_unit_id:
        raise NotAllowed("请选择另一个在用的单位或经办机构。", field="to_unit")
    if not target.memberships.filter(user__is_active=True).exclude(user__person=case.person_id).exists():
        raise NotAllowed(f"{target}没有可以审核的账号，请另选单位，或先邀请人员。", field="to_unit")
    handover = _handover(actor, case, HandoverKind.TRANSFER, target, reason)
    _freeze_anew(case, target, handover)
    return _hand_on(actor, handover, "transferred")


@transaction.atomic
def send_back(*, actor: Actor, case_id: UUID, seen: int, reason: str) -> Application:
    """退回申报人 by the unit that cures: it stands in, and returns the case in the same breath."""
    case, _ = _open(actor, case_id, seen, reason)
    assert actor.unit is not None
    if case.current_unit_id != actor.unit_id:
        _must_not_be_involved(actor, case)
        handover = _handover(actor, case, HandoverKind.STAND_IN, actor.unit, reason)
        case = _hand_on(actor, handover, "")
    return deciding.return_(actor=actor, case_id=case_id, seen=case.version, reason=reason)


def _open(actor: Actor, case_id: UUID, seen: int, reason: str) -> tuple[Application, Why | None]:
    case, why = queries.case_to_cure(actor, case_id, lock=True)
    if case.version != seen:
        raise Stale
    if why == Why.OVER:
        raise NotNow(EXTEND)
    deciding.must_give_a_reason(reason)
    return case, why


def _must_not_be_involved(actor: Actor, case: Application) -> None:
    says = permissions.why_person_may_not(
        actor.person_id, case.person_id, decided_before=deciders.have_decided(case)
    )
    if says:
        raise NotAllowed(says)


def _handover(actor: Actor, case: Application, kind: HandoverKind, to: Unit, reason: str) -> Handover:
    assert actor.user and actor.unit and actor.person_id and case.current_unit and case.step is not None
    return Handover(
        application=case,
        kind=kind,
        version=case.version + 1,
        from_unit=case.current_unit,
        to_unit=to,
        state=case.state,
        steps=list(case.steps),
        step=case.step,
        reason=reason.strip(),
        unit=actor.unit,
        user=actor.user,
        person_id=actor.person_id,
        actor_name=actor.display_name,
    )


def _freeze_anew(case: Application, target: Unit, handover: Handover) -> None:
    """The steps of the route from the target on; those that were taken stay as they are."""
    assert case.step is not None
    if not target.is_bureau:
        policy = facts.policy_of(case)
        region = case.region_id or target.region_id
        route = rules.route(policy, facts.unit_facts(target, case.session.year), region_code=region)
        if route.refusal or not route.steps or route.steps[0] != "employer":
            raise NotAllowed(f"这份申报不能按{target}的审核路线办理，请移交经办机构。", field="to_unit")
        handover.state, handover.steps, handover.step = State.EMPLOYER_REVIEW, list(route.steps), 0
        return
    level = LEVELS.index(RegionLevel(target.bureau_level))
    above = [f"bureau:{each}" for each in LEVELS[level + 1 :]]
    ahead = [step for step in case.steps[case.step :] if step in above]
    handover.state, handover.step = State.BUREAU_REVIEW, case.step
    handover.steps = [*case.steps[: case.step], f"bureau:{target.bureau_level}", *ahead]


def _hand_on(actor: Actor, handover: Handover, told: str) -> Application:
    """Writes the handover; the database moves the case as it says, and the guard compares the two."""
    handover.save(force_insert=True)
    # No transition of the table: between which states it leads is the handover's.
    moved = list(Application.objects.raw("SELECT * FROM case_is_handed_on(%s)", [handover.pk]))
    prefetch_related_objects(moved, "session", "current_unit", "standing_for")
    if told:
        notices.tell(moved[0], told, by=str(actor.unit), reason=handover.reason)
    return moved[0]
