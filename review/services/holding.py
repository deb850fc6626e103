"""A decision takes effect a while after it was made (A75): until then nothing has left, and it can be taken back.

Effect and "done" commit together in the transaction of an outbox row with a time not before, so a dead worker delays
it and loses nothing. Locks in one order: the case, then the held decision.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse

from applications.models import Application
from applications.states import State
from cehours.lib import clock
from cehours.lib.refusal import Refusal
from organizations import audit, outbox
from organizations.acting.actor import Actor
from organizations.acting.errors import NotNow, NotYours
from organizations.acting.scope import scope
from organizations.messaging import notices
from review import queries
from review.batches.verdicts import Order
from review.cases.assessing import YearMark
from review.models import BatchAct, HeldDecision, HeldState
from review.services import deciding

TAKE_EFFECT = "review.take_effect"
TOO_LATE = "该决定{state}，不能再撤回。"
MISSING = "没有找到您的这项决定。"
RIGHT_LOST = "您已不能代表该单位审核。"
WITHDRAWN = "申报人已撤销该申报。"
CANNOT = "系统办理时出现问题，请重新打开该申报办理；仍不能办理的，请联系系统管理员。"
Marks = Mapping[int, YearMark]


def delay() -> timedelta:
    """How long a decision waits before it takes effect; none: it takes effect at once."""
    return timedelta(seconds=settings.DECISION_DELAY_SECONDS)


class _Rehearsed(Exception):
    """Ends the rehearsal, so that nothing of it stays."""


@transaction.atomic
def hold(
    *,
    actor: Actor,
    case_id: UUID,
    seen: int,
    order: Order,
    marks: Marks | None = None,
    lasts: timedelta | None = None,
) -> HeldDecision:
    """Keeps a decision until it takes effect, after `delay()` or `lasts`. What the act would refuse, it refuses now.

    Raises what the acts of `deciding` raise.
    """
    # Locked before the rehearsal, whose own lock ends with it: a colleague's decision could be made in between.
    case = queries.case_for(actor, case_id, lock=True)
    _rehearse(actor, case_id, seen, order, marks or {})
    stale = HeldDecision.objects.filter(application_id=case_id, state=HeldState.WAITING)
    for each in stale:  # of a version that is gone: the act itself would have been refused otherwise
        _drop(each, WITHDRAWN)
    now = clock.now()
    assert actor.user_id and actor.unit_id  # the rehearsal asked
    held = HeldDecision(
        application=case,
        seen=seen,
        unit_id=actor.unit_id,
        user_id=actor.user_id,
        reviewer_name=actor.display_name,
        act=order.act,
        opinion=order.opinion.strip(),
        next_unit_id=order.next_unit_id if order.act == BatchAct.APPROVE else None,
        marks=_frozen(marks or {}),
        decided_at=now,
        effective_at=now + (delay() if lasts is None else lasts),
    )
    held.save(force_insert=True)
    audit.record(actor, "decision_held", case, held=held.pk, decides=held.act)
    outbox.ring(TAKE_EFFECT, held.pk, not_before=held.effective_at)
    return held


@transaction.atomic
def take_back(*, actor: Actor, held_id: UUID) -> HeldDecision:
    """撤回: the same person, before it took effect; nothing had happened, and the case is decided anew.

    Raises NotYours, NotNow.
    """
    held = _mine(actor, held_id)
    _end(actor, held, HeldState.TAKEN_BACK, "本人撤回。")
    return held


@transaction.atomic
def at_once(*, actor: Actor, held_id: UUID) -> HeldDecision:
    """立即生效, by the person who decided. Raises NotYours, NotNow; the end says whether it could be done."""
    held = _mine(actor, held_id)
    _carry_out(held)
    return held


def take_effect(key: str) -> None:
    """The work of the outbox row. Raises NotYet when its bell came too early."""
    held = _locked(UUID(key))
    if held.state != HeldState.WAITING:
        return
    if held.effective_at > clock.now():
        raise outbox.NotYet("not due yet")
    _carry_out(held)


def give_up(key: str) -> None:
    """After the last try: the case stays on the desk, and its reviewer learns it."""
    held = _locked(UUID(key))
    if held.state == HeldState.WAITING:
        _drop(held, CANNOT)


def _rehearse(actor: Actor, case_id: UUID, seen: int, order: Order, marks: Marks) -> None:
    """The act itself, rolled back: so every guard is asked as it will be asked, and written once."""
    with suppress(_Rehearsed), transaction.atomic():
        _act(actor, case_id, seen, order, marks, held=None)
        raise _Rehearsed


def _act(
    actor: Actor, case_id: UUID, seen: int, order: Order, marks: Marks, held: HeldDecision | None
) -> Application:
    more: dict[str, Any] = {"actor": actor, "case_id": case_id, "seen": seen, "marks": marks, "held": held}
    if order.act == BatchAct.APPROVE:
        return deciding.approve(**more, opinion=order.opinion, next_unit_id=order.next_unit_id)
    act = deciding.return_ if order.act == BatchAct.RETURN else deciding.reject
    return act(**more, reason=order.opinion)


def _mine(actor: Actor, held_id: UUID) -> HeldDecision:
    """The person's own, locked, if it still waits. Raises NotYours, NotNow."""
    if not queries.held_by(actor).filter(pk=held_id).exists():
        raise NotYours(MISSING)
    held = _locked(held_id)
    if held.state != HeldState.WAITING:
        raise NotNow(TOO_LATE.format(state=held.get_state_display()))
    return held


def _locked(held_id: UUID) -> HeldDecision:
    """The case's row first, then the decision's."""
    case_id = HeldDecision.objects.values_list("application_id", flat=True).get(pk=held_id)
    Application.objects.select_for_update(of=("self",)).filter(pk=case_id).first()
    return HeldDecision.objects.select_for_update(of=("self",)).get(pk=held_id)


def _carry_out(held: HeldDecision) -> None:
    """The decision as its reviewer, whose rights are read again, with every guard; dropped when one refuses."""
    actor = queries.wearing(held.user_id, held.unit_id)
    if actor is None:
        _drop(held, RIGHT_LOST)
        return
    order = Order(BatchAct(held.act), held.opinion, held.next_unit_id)
    try:
        with scope(actor):
            _act(actor, held.application_id, held.seen, order, _thawed(held.marks), held)
    except Refusal as refusal:
        case = Application.objects.get(pk=held.application_id)
        _drop(held, WITHDRAWN if case.state == State.WITHDRAWN else refusal.says)
    else:
        _end(actor, held, HeldState.DONE, "")


def _drop(held: HeldDecision, says: str) -> None:
    """The decision cannot take effect: its reviewer is told, and gets back what was typed."""
    held.state, held.ended_at, held.ended_says = HeldState.DROPPED, clock.now(), says[:300]
    with connection.cursor() as cursor:  # also where the case has left the unit's hands
        cursor.execute(
            "SELECT held_decision_is_dropped(%s, %s, %s)", [held.pk, held.ended_says, held.ended_at]
        )
        dropped = cursor.fetchone()[0]
    person = held.user.person_id
    if person is None or not dropped:
        return
    case = held.application
    remarks = [f"{year} 年：{mark.remark}" for year, mark in _thawed(held.marks).items() if mark.remark]
    typed = "；".join([held.opinion, *remarks] if held.opinion else remarks)
    notices.tell(
        person_id=person,
        subject=Application.SUBJECT,
        subject_id=case.pk,
        words=notices.Words(
            kind="decision_dropped",
            title="您的一项审核决定没有生效",
            body=(
                f"您对{case.name}的申报作出的“{held.get_act_display()}”没有生效：{says}"
                f"{f'您填写的意见：{typed}' if typed else ''}"
            ),
            link=reverse("review:case", args=[case.pk]),
        ),
    )


def _end(actor: Actor, held: HeldDecision, state: HeldState, says: str) -> None:
    held.state, held.ended_at, held.ended_says = state, clock.now(), says[:300]
    held.save(update_fields=["state", "ended_at", "ended_says"])
    audit.record(actor, f"decision_{state.value}", held.application, held=held.pk)


def _frozen(marks: Marks) -> dict[str, Any]:
    return {
        str(year): {
            "in_order": mark.in_order,
            "remark": mark.remark,
            "recognised": {key: str(value) for key, value in mark.recognised.items()},
        }
        for year, mark in marks.items()
    }


def _thawed(marks: Mapping[str, Any]) -> dict[int, YearMark]:
    return {
        int(year): YearMark(
            mark["in_order"],
            mark["remark"],
            {key: Decimal(value) for key, value in mark["recognised"].items()},
        )
        for year, mark in marks.items()
    }
