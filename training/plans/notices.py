"""What the other side is told about a plan, and attendees about their hours."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from django.urls import reverse

import rules
from cehours.lib import clock
from organizations.messaging import notices
from organizations.messaging.notices import Words
from organizations.messaging.work import Work, wanting
from organizations.models import Membership, Unit
from training.models import TrainingPlan


def filed(plan: TrainingPlan) -> None:
    """Tells the supervising unit at once of what begins before its staff read the next 工作提要.

    All others stand in that digest: a unit that files its year's plans does not ring twelve times.
    """
    assert plan.supervisor is not None  # as the act made sure
    if plan.first_day > clock.next_workday():
        return
    words = Words(
        "plan_filed",
        f"{plan.unit}报备了培训计划",
        f"{plan.unit}报备了“{plan.topic}”，请在开班前办理备案或者退回。",
        reverse("training:plan", args=[plan.pk]),
    )
    _tell(plan, wanting(_people_of(plan.supervisor), plan.supervisor.pk, Work.PLANS), words)


def accepted(plan: TrainingPlan) -> None:
    """Tells the unit that filed it."""
    words = Words(
        "plan_accepted",
        "培训计划已备案",
        f"{plan.supervisor}已备案“{plan.topic}”，备案编号 {plan.number}。培训结束后请登记出勤。",
        reverse("training:plan", args=[plan.pk]),
    )
    _tell_unit(plan.unit, plan, words)


def returned(plan: TrainingPlan) -> None:
    """Tells the unit that filed it, with the reason."""
    reason = plan.reason.rstrip("。；;.")
    words = Words(
        "plan_returned",
        "培训计划被退回，请修改后重新报备",
        f"{plan.supervisor}退回了“{plan.topic}”。原因：{reason}。",
        reverse("training:plan", args=[plan.pk]),
    )
    _tell_unit(plan.unit, plan, words)


def credited(plan: TrainingPlan, people: Iterable[tuple[UUID, Decimal]]) -> None:
    """Tells those whose hours stand on record now, and how many."""
    text = rules.load_policy(plan.policy).hours.text
    told: dict[Decimal, list[UUID]] = {}
    for person, hours in people:
        told.setdefault(hours, []).append(person)
    for hours, persons in told.items():
        words = Words(
            "plan_credited",
            "培训学时已登记",
            f"您参加的“{plan.topic}”已登记 {text(hours)}，计入 {plan.year} 年。"
            "申报填写该年度时勾选即可，不用再传材料。",
            reverse("certificates:ledger"),
        )
        _tell(plan, persons, words)


def withdrawn(plan: TrainingPlan, people: Iterable[UUID | None]) -> None:
    """Tells those whose hours were taken back."""
    words = Words(
        "plan_withdrawn",
        "培训学时已撤回",
        f"{plan.unit}更正了“{plan.topic}”的出勤，您在 {plan.year} 年的这项学时已撤回。"
        f"申报中已勾选的不再有效；有异议的，请联系{plan.unit}。",
        reverse("certificates:ledger"),
    )
    _tell(plan, [person for person in people if person is not None], words)


def _tell_unit(unit: Unit, plan: TrainingPlan, words: Words) -> None:
    _tell(plan, _people_of(unit), words)


def _people_of(unit: Unit) -> set[UUID]:
    members = Membership.objects.filter(unit=unit, user__is_active=True).exclude(user__person=None)
    return set(members.values_list("user__person_id", flat=True))


def _tell(plan: TrainingPlan, people: Iterable[UUID], words: Words) -> None:
    told = [(person, plan.pk, words) for person in people]
    if told:
        notices.tell_many(TrainingPlan.SUBJECT, told)
