"""Reads of training plans. Each starts from the actor: the unit's own, and those filed with it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from cehours.lib import names
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotYours
from organizations.models import Event, Membership, Unit
from organizations.models.name_key import NameKey
from organizations.models.region import RegionLevel
from organizations.registry import lookup as registry
from organizations.registry.kept import LOCAL_AFFILIATIONS
from training.models import Attendee, PlanState, TrainingPlan

MOST_KNOWN = 200
NO_PLAN = "没有找到该培训计划，或者它不在您的办理范围内。"
NO_SUPERVISOR = "没有找到可以备案的上级主管单位或人社部门，请联系当地人社部门维护本单位的隶属关系。"


def own_plans(actor: Actor) -> QuerySet[TrainingPlan]:
    """The plans of the unit whose hat the actor wears; a bureau has none."""
    if actor.unit_id is None or actor.is_bureau:
        return TrainingPlan.objects.none()
    return TrainingPlan.objects.filter(unit_id=actor.unit_id)


def filed_plans(actor: Actor) -> QuerySet[TrainingPlan]:
    """What subordinates have filed with the actor's unit."""
    if actor.unit_id is None:
        return TrainingPlan.objects.none()
    plans = TrainingPlan.objects.filter(supervisor_id=actor.unit_id)
    return plans.exclude(state=PlanState.DRAFT)


def with_counts(plans: QuerySet[TrainingPlan]) -> QuerySet[TrainingPlan]:
    """Plans with `listed` and `present`, the numbers of their lists."""
    return plans.select_related("unit", "supervisor").annotate(
        listed=Count("attendees"), present=Count("attendees", filter=Q(attendees__attended=True))
    )


def years_of(plans: QuerySet[TrainingPlan]) -> list[int]:
    """The years in which there are plans, newest first."""
    return list(plans.order_by("-year").values_list("year", flat=True).distinct())


def visible_plan(actor: Actor, pk: UUID) -> TrainingPlan:
    """One plan of the actor's unit, or filed with it. Raises NotYours."""
    return _one((own_plans(actor) | filed_plans(actor)).select_related("unit", "supervisor"), pk)


def own_plan(actor: Actor, pk: UUID, *, lock: bool = False) -> TrainingPlan:
    """One plan of the actor's unit. Raises NotYours."""
    return _one(_locked(own_plans(actor), lock=lock), pk)


def filed_plan(actor: Actor, pk: UUID, *, lock: bool = False) -> TrainingPlan:
    """One plan that was filed with the actor's unit. Raises NotYours."""
    return _one(_locked(filed_plans(actor), lock=lock), pk)


def may_write(actor: Actor) -> Unit:
    """The unit for which the actor writes plans. Raises NotYours without a hat, and for bureaus."""
    if actor.unit is None or actor.is_bureau:
        raise NotYours(NO_PLAN)
    return actor.unit


def receives(actor: Actor) -> bool:
    """Whether plans can be filed with the actor's unit: it has subordinates, is a bureau, or got some already."""
    if actor.unit is None:
        return False
    return (
        actor.is_bureau
        or Unit.objects.filter(parent_id=actor.unit_id, active=True).exists()
        or filed_plans(actor).exists()
    )


def supervisor_of(unit: Unit) -> Unit:
    """Where a unit files its plans (R053): the superior unit, for 一级单位 and 无隶属 units the bureau.

    市州 and 无隶属 units belong to their city's bureau, the others to the province's. Raises NotAllowed.
    """
    if unit.has_superior_step and unit.parent is not None and unit.parent.active:
        return unit.parent
    levels = [RegionLevel.CITY] if unit.affiliation in LOCAL_AFFILIATIONS else []
    for level in [*levels, RegionLevel.PROVINCE]:
        bureau = registry.bureau_for(unit.region, level)
        if bureau is not None and bureau.pk != unit.pk:
            return bureau
    raise NotAllowed(NO_SUPERVISOR)


@dataclass(frozen=True)
class Known:
    """Somebody the unit knows already. `key`: p and an attendee's key, or m and a membership's."""

    key: str
    name: str
    note: str


def known_people(plan: TrainingPlan, text: str = "") -> list[Known]:
    """People of the unit of `plan`, which `own_plan` gave, who may be put on its list.

    They are the unit's members and whoever was on an earlier list, at most `MOST_KNOWN`, the first by name; `text`
    is part of a name.
    """
    wanted, unit = names.key(text.replace("\0", "")), plan.unit
    members = Membership.objects.filter(unit=unit, user__is_active=True)
    members = members.exclude(user__person=None).exclude(user__display_name="")
    members = members.alias(name_key=NameKey("user__display_name"))
    listed = plan.attendees.values("id_index")
    earlier = Attendee.objects.filter(plan__unit=unit).exclude(id_index__in=listed)
    earlier = earlier.alias(name_key=NameKey("name")).filter(name_key__contains=wanted)
    newest = earlier.order_by("id_index", "-added_at").distinct("id_index")
    by_name = Attendee.objects.filter(pk__in=newest.values("pk")).order_by("name", "pk")
    members = members.filter(name_key__contains=wanted).order_by("user__display_name", "pk")
    found = [
        Known(f"m{row.pk}", str(row.user), "本单位经办人员")
        for row in members.select_related("user")[:MOST_KNOWN]
    ]
    found += [Known(f"p{row.pk}", row.name, row.id_masked) for row in by_name[:MOST_KNOWN]]
    return sorted(found, key=lambda each: (each.name, each.key))[:MOST_KNOWN]


def trail(plan: TrainingPlan) -> list[Event]:
    """Everything that was done to a plan that one of these queries gave, newest first."""
    events = Event.objects.filter(subject=TrainingPlan.SUBJECT, subject_id=plan.pk)
    return list(events.select_related("unit", "user").order_by("-seq"))


def _locked(plans: QuerySet[TrainingPlan], *, lock: bool) -> QuerySet[TrainingPlan]:
    if lock:
        return plans.select_for_update(of=("self",))
    return plans.select_related("unit", "supervisor")


def _one(plans: QuerySet[TrainingPlan], pk: UUID) -> TrainingPlan:
    plan = plans.filter(pk=pk).first()
    if plan is None:
        raise NotYours(NO_PLAN)
    return plan
