"""What the policy says of filed training plans: which policy, how many hours, and by when a plan is filed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import rules
from cehours.lib import clock
from organizations.acting.errors import NotAllowed
from rules import PlanRule, Policy
from training.models import Attendee, PlanState, TrainingPlan

# Hours that people count on do not fall years later by the word of a former employer.
CORRECTED_WITHIN = timedelta(days=30)
NO_POLICY = "本系统现行政策没有规定培训计划备案，请联系人社部门。"


def policy_for(year: int) -> Policy:
    """The newest policy with filed plans that is not younger than `year`; for earlier years the oldest there is.

    Raises NotAllowed where no policy knows filed plans.
    """
    known = [policy for key in rules.available_policies() if (policy := rules.load_policy(key)).plans]
    if not known:
        raise NotAllowed(NO_POLICY)
    known.sort(key=lambda policy: (policy.year, policy.issued_on))
    return next((policy for policy in reversed(known) if policy.year <= year), known[0])


def rate(year: int) -> str:
    """How a plan's days are counted, in the policy's own sentence; "" where no policy knows filed plans."""
    try:
        policy = policy_for(year)
    except NotAllowed:
        return ""
    rows = policy.kind_of(_rule(policy).kind).rows
    return next((row.says for row in rows if any(row.measure.figures().values())), "")


def policy_of(plan: TrainingPlan) -> Policy:
    """The policy the plan was written under."""
    return rules.load_policy(plan.policy)


def credit(
    policy: Policy, *, category: str, days: Decimal, first_day: date, in_time: bool = True
) -> rules.Credit:
    """What the training earns each attendee (annex 2, part 2, item 1). Raises RuleInputError, field and sentence."""
    kind = policy.kind_of(_rule(policy).kind)
    told: dict[str, object] = {
        "filed_before": in_time,
        "listed": True,
        "days": days,
        "held_on": first_day.isoformat(),
    }
    asked = {fact.key for fact in kind.facts}
    facts = {key: value for key, value in told.items() if key in asked}
    return rules.credit(policy, kind=kind.key, year=first_day.year, facts=facts, category=category)


def credit_of(plan: TrainingPlan, days: Decimal | None = None) -> rules.Credit:
    """What a plan earns who came on all days, or for so many `days`, with the sum and the citation."""
    return credit(
        policy_of(plan),
        category=plan.category,
        days=plan.days if days is None else days,
        first_day=plan.first_day,
        in_time=filed_in_time(plan),
    )


def filed_in_time(plan: TrainingPlan) -> bool:
    """Whether the plan was filed by its first training day, where the policy asks for that (A52)."""
    if plan.filed_at is None or not _rule(policy_of(plan)).require_before:
        return True
    return clock.local(plan.filed_at).date() <= plan.first_day


def is_open(plan: TrainingPlan) -> bool:
    """Whether the plan can still be filed and its list changed: by the first training day (A52)."""
    return not _rule(policy_of(plan)).require_before or clock.today() <= plan.first_day


def can_be_corrected(plan: TrainingPlan) -> bool:
    """Whether attendance may still be recorded: for the first time, or again within CORRECTED_WITHIN."""
    return plan.held_at is None or clock.now() <= plan.held_at + CORRECTED_WITHIN


def is_by_day(plan: TrainingPlan) -> bool:
    """Whether attendance is taken day by day: of several days, and not recorded as a whole before that was possible."""
    return plan.first_day < plan.last_day and not (plan.state == PlanState.HELD and not plan.taken)


def calendar(plan: TrainingPlan) -> list[date]:
    """Every day from the first to the last."""
    return [
        plan.first_day + timedelta(days=after) for after in range((plan.last_day - plan.first_day).days + 1)
    ]


def not_taken(plan: TrainingPlan) -> list[date]:
    """The days whose attendance is still missing before hours can be counted.

    Where the training fills its calendar each day is one of it; where it does not, one day is, at the least.
    """
    days = calendar(plan)
    if plan.days > len(days) - 1:
        return [day for day in days if day not in plan.taken]
    return [] if plan.taken else [plan.last_day]


def days_for(plan: TrainingPlan, came: int) -> Decimal:
    """What so many of the taken days count: their share of the plan's days, in half days (A86; A17 rounds down).

    No taken day counts more than one: a training that was shortened counts the days on which it was held.
    """
    if not plan.taken:
        return plan.days if came else Decimal(0)
    held = min(plan.days, Decimal(len(plan.taken)))
    return held * came * 2 // len(plan.taken) / 2


def hours_for(plan: TrainingPlan, attendee: Attendee) -> Decimal:
    """The hours that somebody on the list earns: of the days on which they came, or of all where it was not by day."""
    if not is_by_day(plan):
        return Decimal((credit_of(plan).hours or 0) if attendee.attended else 0)
    days = days_for(plan, len(attendee.days))
    return Decimal(credit_of(plan, days).hours or 0) if days else Decimal(0)


def category_name(plan: TrainingPlan) -> str:
    """The plan's subject in words."""
    return policy_of(plan).category_of(plan.category).name


def _rule(policy: Policy) -> PlanRule:
    if policy.plans is None:
        raise NotAllowed(NO_POLICY)
    return policy.plans
