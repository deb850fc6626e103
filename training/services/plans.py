"""Training plans: an employer writes and files them, its supervising unit accepts or returns (R051 to R054)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection, transaction

import rules
from cehours.lib import clock
from organizations import audit, digests
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotNow, Stale
from organizations.models import Unit
from training.models import PlanState, TrainingPlan
from training.plans import notices, numbers, queries
from training.plans import rules as plan_rules

STALE = "该计划刚刚有变动，您的操作没有执行。请核对最新内容后再操作。"
NOT_EDITABLE = "该计划已经报备，不能再修改；需要修改的，请联系备案单位退回。"
NOT_FILED = "该计划不在待备案状态，请刷新页面查看最新情况。"
TOO_LATE = "培训已经开始，不能再报备。请修改培训日期；已经举办的培训，由参训人员在申报时按一般培训提供材料。"
SAME_PERSON = "报备人本人不能办理备案，请由本单位另一位经办人办理。"
NO_PERSON = "您的账号还没有登记身份信息，不能办理，请先在“我的资料”中补全。"
NO_REASON = "请填写退回原因，报备单位需要知道怎样修改。"
ALL = ("topic", "category", "purpose", "first_day", "last_day", "days", "place", "lecturers")


@dataclass(frozen=True)
class PlanInput:
    """What an employer writes about a training; the hours follow from it."""

    topic: str
    category: str
    purpose: str
    first_day: date
    last_day: date
    days: Decimal
    place: str
    lecturers: str


@transaction.atomic
def write_plan(*, actor: Actor, data: PlanInput) -> TrainingPlan:
    """新增计划: a draft of the actor's unit. Raises NotYours for who writes none, NotAllowed naming the field."""
    plan = TrainingPlan(unit=queries.may_write(actor))
    _fill(plan, data)
    plan.save(force_insert=True)
    audit.record(actor, "plan_written", plan, year=plan.year, hours=plan.hours)
    return plan


@transaction.atomic
def write_plans(*, actor: Actor, plans: Iterable[PlanInput]) -> list[TrainingPlan]:
    """批量新增: all of them as drafts, or none. Raises as `write_plan` does."""
    return [write_plan(actor=actor, data=data) for data in plans]


@transaction.atomic
def change_plan(*, actor: Actor, plan_id: UUID, seen: int, data: PlanInput) -> TrainingPlan:
    """修改计划, as a draft or after 退回. `seen` is the length of the trail when the form was opened.

    Raises NotYours, Stale, NotNow, NotAllowed naming the field.
    """
    plan = _editable(actor, plan_id, seen)
    before = {name: getattr(plan, name) for name in ALL}
    _fill(plan, data)
    plan.save(update_fields=[*ALL, "year", "hours", "policy"])
    changed = sorted(name for name in ALL if getattr(plan, name) != before[name])
    if changed:
        audit.record(actor, "plan_changed", plan, fields=changed)
    return plan


@transaction.atomic
def discard_plan(*, actor: Actor, plan_id: UUID) -> None:
    """删除: a draft that was never filed, with its list. Raises NotYours, NotNow."""
    plan = queries.own_plan(actor, plan_id, lock=True)
    if plan.state != PlanState.DRAFT:
        raise NotNow("只有没有报备过的草稿可以删除。")
    audit.record(actor, "deleted", plan, removed=digests.one("training_trainingplan", plan.pk))
    plan.delete()


@transaction.atomic
def file_plan(*, actor: Actor, plan_id: UUID, seen: int) -> TrainingPlan:
    """报备: sends the plan to the supervising unit, by the first training day where the policy asks for it.

    Raises NotYours, Stale, NotNow, NotAllowed.
    """
    plan = _editable(actor, plan_id, seen)
    if actor.person_id is None:
        raise NotAllowed(NO_PERSON)
    if not plan_rules.is_open(plan):
        raise NotNow(TOO_LATE)
    plan.supervisor = queries.supervisor_of(plan.unit)
    plan.state, plan.filed_at, plan.filed_by_id = PlanState.FILED, clock.now(), actor.person_id
    plan.save(update_fields=["state", "filed_at", "filed_by", "supervisor"])
    audit.record(actor, "plan_filed", plan, to=plan.supervisor_id)
    notices.filed(plan)
    return plan


@transaction.atomic
def accept_plan(*, actor: Actor, plan_id: UUID, seen: int) -> TrainingPlan:
    """备案, by somebody else than who filed it. Raises NotYours, Stale, NotNow, NotAllowed."""
    plan = _decidable(actor, plan_id, seen)
    if plan.filed_by_id == actor.person_id:
        raise NotAllowed(SAME_PERSON)
    plan.filing_number = numbers.next_number(plan)
    _decide(actor, plan, PlanState.ACCEPTED, "")
    audit.record(actor, "plan_accepted", plan, number=plan.number)
    notices.accepted(plan)
    return plan


@transaction.atomic
def return_plan(*, actor: Actor, plan_id: UUID, seen: int, reason: str) -> TrainingPlan:
    """退回修改, with the reason. Raises NotYours, Stale, NotNow, NotAllowed naming the field."""
    plan = _decidable(actor, plan_id, seen)
    if not reason.strip():
        raise NotAllowed(NO_REASON, field="reason")
    _decide(actor, plan, PlanState.RETURNED, reason.strip())
    audit.record(actor, "plan_returned", plan)
    notices.returned(plan)
    return plan


def follow_merger(closed: Unit, successor: Unit) -> int:
    """The plans of a merged unit, and those that lie with it, go on with its successor; returns how many.

    Called inside the act that merges. Raises NotAllowed where a plan would have no superior unit any more.
    """
    try:
        above: UUID | None = queries.supervisor_of(successor).pk
    except NotAllowed:
        above = None
    with connection.cursor() as cursor:
        cursor.execute("SELECT plans_follow_merger(%s, %s, %s)", [closed.pk, successor.pk, above])
        moved: int | None = cursor.fetchone()[0]
    if moved is None:
        raise NotAllowed(queries.NO_SUPERVISOR)
    return moved


def _editable(actor: Actor, plan_id: UUID, seen: int) -> TrainingPlan:
    plan = queries.own_plan(actor, plan_id, lock=True)
    if plan.audit_seq != seen:
        raise Stale(STALE)
    if not plan.is_editable:
        raise NotNow(NOT_EDITABLE)
    return plan


def _decidable(actor: Actor, plan_id: UUID, seen: int) -> TrainingPlan:
    plan = queries.filed_plan(actor, plan_id, lock=True)
    if plan.audit_seq != seen:
        raise Stale(STALE)
    if plan.state != PlanState.FILED:
        raise NotNow(NOT_FILED)
    if actor.person_id is None:
        raise NotAllowed(NO_PERSON)
    return plan


def _decide(actor: Actor, plan: TrainingPlan, state: PlanState, reason: str) -> None:
    plan.state, plan.reason = state, reason
    plan.decided_at, plan.decided_by_id = clock.now(), actor.person_id
    plan.save(update_fields=["state", "reason", "decided_at", "decided_by", "filing_number"])


def _fill(plan: TrainingPlan, data: PlanInput) -> None:
    """Puts what was written on the plan; year, policy and hours follow (R051: hours are never typed)."""
    policy, credit = check(data)
    for name in ALL:
        value = getattr(data, name)
        setattr(plan, name, value.strip() if isinstance(value, str) else value)
    plan.year, plan.policy, plan.hours = data.first_day.year, policy.key, credit.hours or 0


def check(data: PlanInput) -> tuple[rules.Policy, rules.Credit]:
    """The policy a training falls under, and what it earns. Raises NotAllowed naming the field."""
    _must_be_one_training(data)
    policy = plan_rules.policy_for(data.first_day.year)
    try:
        credit = plan_rules.credit(policy, category=data.category, days=data.days, first_day=data.first_day)
    except rules.RuleInputError as refusal:
        raise NotAllowed(refusal.says, field=refusal.key) from None
    if not credit.hours:
        raise NotAllowed("按这个天数折算不出学时，请核对培训天数（半天填 0.5）。", field="days")
    return policy, credit


def _must_be_one_training(data: PlanInput) -> None:
    if data.last_day < data.first_day:
        raise NotAllowed("结束日期不能早于开始日期，请核对。", field="last_day")
    if data.first_day.year != data.last_day.year:
        raise NotAllowed("学时只计入培训当年，跨年的培训请按年度分成两个计划。", field="last_day")
    if data.days * 2 % 1 or data.days <= 0:
        raise NotAllowed("培训天数以半天为单位，请填写 0.5 的整数倍。", field="days")
    calendar = (data.last_day - data.first_day).days + 1
    if data.days > calendar:
        raise NotAllowed(
            f"从开始到结束共 {calendar} 天，培训天数不能超过 {calendar} 天，请核对。", field="days"
        )
