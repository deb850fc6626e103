"""Hours on record (training.RecognisedHours) as an application takes them over instead of having them typed.

Notice 三(一) to 三(四), R173: fetched by the system, ticked by the person, confirmed with 确认选择; locked.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import F, Q

import rules
from applications.models import Activity, Application, Basis, YearEntry
from applications.states import State
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from training import queries as training
from training.models import RecognisedHours, Source

BASIS = {
    Source.PLATFORM: Basis.PLATFORM,
    Source.BASE: Basis.PLATFORM,
    Source.PLAN: Basis.PLAN,
    Source.CERTIFICATE: Basis.CERTIFICATE,
}


def offered(actor: Actor, policy: rules.Policy, year: int) -> list[RecognisedHours]:
    """What may be ticked for a year: the actor's valid rows of that year which the policy takes over."""
    return usable(policy, training.on_record(actor).filter(year=year))


def usable(policy: rules.Policy, rows: Iterable[RecognisedHours]) -> list[RecognisedHours]:
    """Those rows whose source and category the policy knows; of several certificates the one that says most."""
    categories = {category.key for category in policy.categories}
    return [
        row for row in training.not_twice(rows) if row.category in categories and policy.form_for(row.source)
    ]


def held(actor: Actor) -> frozenset[UUID]:
    """The actor's rows that an approved application took over: a certificate of the year holds them already."""
    if actor.person_id is None:
        return frozenset()
    taken = Activity.objects.filter(application__state=State.APPROVED, application__person_id=actor.person_id)
    rows = taken.exclude(recognised=None).exclude(recognised__source=Source.CERTIFICATE)
    return frozenset(rows.order_by().values_list("recognised_id", flat=True))


def activity_of(
    policy: rules.Policy, case: Application, entry: YearEntry, row: RecognisedHours, *, position: int = 0
) -> Activity:
    """A row of the record as a locked activity; source and number stay readable without the record."""
    form = policy.form_for(row.source)
    assert form is not None  # `usable` left only such rows
    return Activity(
        application=case,
        year_entry=entry,
        position=position,
        category=row.category,
        form=form.key,
        title=title_of(row),
        basis=BASIS[Source(row.source)],
        claimed=row.hours,
        cite=form.cite[:60],
        says=f"{row.get_source_display()}记录，编号 {row.number}",
        recognised=row,
    )


def title_of(row: RecognisedHours) -> str:
    return row.title or f"{row.year} 年{row.get_source_display()}学时"


def no_longer(activity: Activity) -> str:
    """Why an activity that was taken over does not stand any more, and what to do; empty while it does.

    Reads `activity.recognised`: prefetch it where several are asked.
    """
    if activity.recognised_id is None:
        return ""
    row = activity.recognised
    if row is None or not row.valid:
        return (
            f"「{activity.title}」的学时记录已被撤销（{activity.says}），请移除这条记录，改为填写其他学时。"
        )
    if row.hours != activity.claimed:
        now = rules.number_text(row.hours)
        return f"「{activity.title}」的学时记录已改为 {now} 学时，请打开本年度重新保存。"
    return ""


def fallen(cases: Iterable[UUID]) -> dict[UUID, str]:
    """Case in review → why it cannot be approved: it rests on a record that was withdrawn or changed meanwhile.

    Whoever asks: a record is seen by its person alone.
    """
    with scope(Actor.system("applications.records")):
        resting = Activity.objects.filter(application__in=list(cases), recognised__isnull=False)
        broken = resting.filter(Q(recognised__valid=False) | ~Q(recognised__hours=F("claimed")))
        return {
            case: f"「{title[:60]}」的学时记录已被撤销或已变动，不能审核通过，请退回申报人修改。"
            for case, title in broken.order_by("year_entry__year", "pk").values_list(
                "application_id", "title"
            )
        }
