"""Who is on a plan's list, who came, and the hours that follow (notice 三(一), R051, R053)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from cehours.lib import clock, names
from cehours.lib.idnumbers import validate
from cehours.lib.masking import mask_id
from organizations import audit
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotNow, NotYours, Stale
from organizations.models import Membership, Person
from organizations.registry import identity
from training.models import Attendee, PlanState, TrainingPlan
from training.plans import notices, queries, roster
from training.plans import rules as plan_rules
from training.services.plans import STALE

MOST_PEOPLE = 500
LIST_CLOSED = "培训已经开始，名单不能再增减；写错的可在计划页更正，没有到场的，请在登记出勤时去掉。"
NOT_OVER = "培训结束以后才能登记出勤，请在结束当天或以后办理。"
BY_DAY = "这项培训有几天，请按天登记出勤，再记入学时。"
NOT_ACCEPTED = "该计划还没有备案，不能登记出勤。"
CREDITED = "这位人员的学时已经记入台账，姓名和证件号码不用更正。"
ONE_STAYS = "姓名和证件号码不能同时更改：写错的可以更正，不能换成另一个人。"
TWICE = "该证件号码已在名单上，请核对。"
CORRECTED_TOO_LATE = "登记出勤已满 30 天，不能再更正；确有错误的，请联系备案单位。"


@dataclass(frozen=True)
class Added:
    """How many came onto the list, and how many were there already."""

    added: int
    already: int


@transaction.atomic
def add_people(*, actor: Actor, plan_id: UUID, pasted: str, known: Collection[str] = ()) -> Added:
    """加入名单: pasted lines of name and number, and keys of `plan_queries.known_people`; all of it or nothing.

    Raises BadLines naming lines, NotYours, NotNow, NotAllowed.
    """
    plan = _open_list(actor, plan_id)
    wanted = [_attendee(plan, named) for named in roster.read(pasted)]
    wanted += _from_earlier_lists(plan, known) + _from_members(plan, known)
    if not wanted:
        raise NotAllowed("请粘贴名单，或者勾选要加入的人员。")
    before = {bytes(index) for index in plan.attendees.values_list("id_index", flat=True)}
    new = {bytes(each.id_index): each for each in wanted if bytes(each.id_index) not in before}
    if len(before) + len(new) > MOST_PEOPLE:
        raise NotAllowed(f"一个计划最多 {MOST_PEOPLE} 人，请分期报备。")
    Attendee.objects.bulk_create(new.values())
    if new:
        audit.record(actor, "people_listed", plan, added=len(new), listed=len(before) + len(new))
    return Added(len(new), len(wanted) - len(new))


@transaction.atomic
def remove_person(*, actor: Actor, plan_id: UUID, attendee_id: UUID) -> Attendee:
    """移出名单. Raises NotYours, NotNow."""
    plan = _open_list(actor, plan_id)
    attendee = plan.attendees.filter(pk=attendee_id).first()
    if attendee is None:
        raise NotYours(queries.NO_PLAN)
    plan.attendees.filter(pk=attendee_id).delete()
    audit.record(actor, "person_unlisted", plan, listed=plan.attendees.count())
    return attendee


@transaction.atomic
def correct_person(
    *, actor: Actor, plan_id: UUID, attendee_id: UUID, name: str, id_kind: str, id_number: str
) -> Attendee:
    """更正: the name or the number of somebody without hours, who is credited at once if they came.

    One of the two stays, and an empty `id_number` leaves the number. It is possible as long as attendance can be
    corrected. Raises NotYours, NotNow, NotAllowed and BadIdNumber.
    """
    plan = queries.own_plan(actor, plan_id, lock=True)
    if not plan_rules.can_be_corrected(plan):
        raise NotNow(CORRECTED_TOO_LATE)
    attendee = plan.attendees.filter(pk=attendee_id).first()
    if attendee is None:
        raise NotYours(queries.NO_PLAN)
    if attendee.credited_at is not None:
        raise NotNow(CREDITED)
    same_name = names.same(name, attendee.name)
    attendee.name = names.tidy(name)
    if id_number.strip():
        written = _attendee(plan, roster.Named(attendee.name, id_kind, validate(id_kind, id_number)))
        if not same_name and written.id_index != bytes(attendee.id_index):
            raise NotAllowed(ONE_STAYS, field="name")
        attendee.id_kind, attendee.id_index = written.id_kind, written.id_index
        attendee.id_masked = written.id_masked
    if plan.attendees.exclude(pk=attendee_id).filter(id_index=attendee.id_index).exists():
        raise NotAllowed(TWICE, field="id_number")
    audit.record(actor, "person_corrected", plan)
    with connection.cursor() as cursor:  # a unit itself changes no row of a plan that is not accepted yet
        cursor.execute(
            "SELECT attendee_is_corrected(%s, %s, %s, %s, %s)",
            [attendee.pk, attendee.name, attendee.id_kind, bytes(attendee.id_index), attendee.id_masked],
        )
    credit(plan)
    return Attendee.objects.get(pk=attendee_id)


@transaction.atomic
def record_attendance(*, actor: Actor, plan_id: UUID, seen: int, present: Collection[UUID]) -> TrainingPlan:
    """登记出勤 of one day's training: `present` came, everybody else on the list did not; hours go on record at once.

    Asked again within 30 days it corrects: who did not come after all loses the hours, and is told. Raises
    NotYours, Stale, NotNow, NotAllowed for a key that is not on the list.
    """
    plan = to_record(actor, plan_id, seen)
    if clock.today() < plan.last_day:
        raise NotNow(NOT_OVER)
    if plan_rules.is_by_day(plan):
        raise NotNow(BY_DAY)
    on_the_list(plan, present)
    settle(actor, plan, present)
    return plan


def to_record(actor: Actor, plan_id: UUID, seen: int) -> TrainingPlan:
    """The accepted plan, locked, whose attendance may be recorded or corrected. Raises NotYours, Stale, NotNow."""
    plan = queries.own_plan(actor, plan_id, lock=True)
    if plan.audit_seq != seen:
        raise Stale(STALE)
    if not plan.was_accepted:
        raise NotNow(NOT_ACCEPTED)
    if not plan_rules.can_be_corrected(plan):
        raise NotNow(CORRECTED_TOO_LATE)
    if not plan.attendees.exists():
        raise NotNow("名单上没有人员，不能登记出勤。")
    return plan


def on_the_list(plan: TrainingPlan, present: Collection[UUID]) -> set[UUID]:
    """Everybody on the list. Raises NotAllowed for somebody who is not."""
    listed = set(plan.attendees.values_list("pk", flat=True))
    if not set(present) <= listed:
        raise NotAllowed("所选人员不在名单上，请刷新页面后重新登记。")
    return listed


def settle(actor: Actor, plan: TrainingPlan, came: Collection[UUID]) -> None:
    """Hours follow from who came: entered, changed where they are others now, and taken back from everybody else.

    From now on the training counts as held.
    """
    if plan.state != PlanState.HELD:
        plan.state, plan.held_at = PlanState.HELD, clock.now()
        plan.save(update_fields=["state", "held_at"])
    credited = list(plan.attendees.exclude(credited_at=None))
    plan.attendees.filter(pk__in=came).update(attended=True)
    absent = plan.attendees.exclude(pk__in=came)
    gone = [each.person_id for each in credited if each.person_id and each.pk not in came]
    numbers = {"present": len(came), "absent": absent.update(attended=False, credited_at=None, hours=None)}
    audit.record(actor, "attendance_recorded", plan, **numbers)
    others = [each.pk for each in credited if each.pk in came and _earns_another(plan, each)]
    plan.attendees.filter(pk__in=others).update(credited_at=None, hours=None)
    if gone:
        with connection.cursor() as cursor:
            cursor.execute("SELECT plan_hours_fall(%s, %s)", [plan.pk, plan.number])
        notices.withdrawn(plan, gone)
    credit(plan)


def _earns_another(plan: TrainingPlan, attendee: Attendee) -> bool:
    """Whether the days on which somebody came count other hours now than stand on record."""
    return attendee.hours is not None and attendee.hours != plan_rules.hours_for(plan, attendee)


def credit(plan: TrainingPlan) -> int:
    """Enters the hours of those who came and are registered under the same name and number; returns how many.

    The caller holds the plan's lock. The database finds them and enters what the rule gives now for the plan as it
    was filed, nothing more, whatever stands on its row: nobody enters hours for others.
    """
    waiting = list(plan.attendees.filter(attended=True, credited_at=None))
    if not waiting:
        return 0
    earned = [plan_rules.hours_for(plan, each) for each in waiting]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT whose, earned FROM plan_hours_are_credited(%s, %s, %s::uuid[], %s::numeric[], %s)",
            [plan.pk, plan.number, [each.pk for each in waiting], earned, clock.now()],
        )
        people = cursor.fetchall()
    notices.credited(plan, [(person, hours) for person, hours in people if hours])
    return len(people)


def credit_late() -> int:
    """Credits whoever registered after the attendance was recorded; run by the hour, as a task of ours."""
    registered = Person.objects.values("id_index")
    waiting = Attendee.objects.filter(attended=True, credited_at=None, id_index__in=registered)
    plans = waiting.order_by("plan_id").values_list("plan_id", flat=True).distinct()
    total = 0
    for pk in list(plans):
        with transaction.atomic():
            plan = TrainingPlan.objects.select_for_update(of=("self",)).get(pk=pk)
            total += credit(plan)
    return total


def _open_list(actor: Actor, plan_id: UUID) -> TrainingPlan:
    plan = queries.own_plan(actor, plan_id, lock=True)
    if plan.state == PlanState.HELD or not plan_rules.is_open(plan):
        raise NotNow(LIST_CLOSED)
    return plan


def _attendee(plan: TrainingPlan, named: roster.Named) -> Attendee:
    return Attendee(
        plan=plan,
        name=names.tidy(named.name),
        id_kind=named.id_kind,
        id_index=identity.index_of(named.id_kind, named.id_number),
        id_masked=mask_id(named.id_number),
    )


def _from_earlier_lists(plan: TrainingPlan, known: Collection[str]) -> list[Attendee]:
    keys = [key[1:] for key in known if key.startswith("p")]
    earlier = Attendee.objects.filter(plan__unit=plan.unit, pk__in=keys)
    return [
        Attendee(
            plan=plan,
            name=each.name,
            id_kind=each.id_kind,
            id_index=bytes(each.id_index),
            id_masked=each.id_masked,
        )
        for each in earlier
    ]


def _from_members(plan: TrainingPlan, known: Collection[str]) -> list[Attendee]:
    """Members of the unit by their registered name and number, which their colleagues may not read."""
    keys = [key[1:] for key in known if key.startswith("m")]
    members = Membership.objects.filter(unit=plan.unit, pk__in=keys)
    chosen = list(members.values_list("pk", flat=True))
    return [
        _attendee(plan, roster.Named(each.name, each.id_kind, identity.number_of(each)))
        for each in Person.objects.raw("SELECT * FROM members_registered(%s::bigint[]) ORDER BY id", [chosen])
        if identity.opens(each)
    ]
