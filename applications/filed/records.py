"""Hours on record (training.RecognisedHours) as an application takes them over instead of having them typed.

Notice 三(一) to 三(四), R173: fetched by the system, ticked by the person, confirmed with 确认选择; locked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import connection

import rules
from applications.models import Activity, Application, Basis, YearEntry
from applications.states import State
from organizations.acting.actor import Actor
from organizations.models import Nature
from training import queries as training
from training.feeds import queries as feeds
from training.feeds.queries import Fetching
from training.models import RecognisedHours, Source

BASIS = {
    Source.PLATFORM: Basis.PLATFORM,
    Source.BASE: Basis.PLATFORM,
    Source.PLAN: Basis.PLAN,
    Source.CERTIFICATE: Basis.CERTIFICATE,
}


CHOOSE_UNIT = "这些学时按单位登记的性质认定，请先在“基本信息”中选择单位。"


def offered(actor: Actor, policy: rules.Policy, case: Application, year: int) -> list[RecognisedHours]:
    """What may be ticked for a year: the actor's valid rows of that year which the policy takes over for them."""
    return [row for row in _of_year(actor, policy, year) if not not_for(case, row.source)]


def withheld(
    actor: Actor, policy: rules.Policy, case: Application, year: int
) -> list[tuple[RecognisedHours, str]]:
    """The actor's other rows of the year, each with why it does not count for them and what they can do."""
    rows = ((row, not_for(case, row.source)) for row in _of_year(actor, policy, year))
    return [(row, says) for row, says in rows if says]


def _of_year(actor: Actor, policy: rules.Policy, year: int) -> list[RecognisedHours]:
    return usable(policy, training.on_record(actor).filter(year=year))


def not_for(case: Application, source: str) -> str:
    """Why hours of this source do not count for whoever filed the case; "" where they do (notice 三(三), A81).

    The nature that the registry holds of the employer decides, not the one typed (A73).
    """
    unit = case.employer
    says = rules.load_policy(case.session.policy).not_for(source, unit.nature if unit else None)
    return CHOOSE_UNIT if says and unit is None and case.nature != Nature.FREELANCE else says


def fetching(actor: Actor, case: Application, year: int) -> Fetching | None:
    """How asking the platform for a year's records stands; None where its hours do not count or nobody asked."""
    return None if not_for(case, Source.PLATFORM) else feeds.fetching(actor, year)


def unfit_sources(actor: Actor) -> dict[str, str]:
    """Source → why its hours do not count for the actor, judged by the unit of their newest application."""
    if not actor.is_applicant or actor.person_id is None:
        return {}
    cases = Application.objects.filter(person_id=actor.person_id).select_related("employer", "session")
    newest = cases.order_by("-created_at").first()
    if newest is None:
        return {}
    told = {str(source): not_for(newest, source) for source in Source.values}
    return {source: says for source, says in told.items() if says}


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


def no_longer(activity: Activity, case: Application) -> str:
    """Why an activity that was taken over does not stand (any more) in `case`, and what to do; empty while it does.

    Reads `activity.recognised`: prefetch it where several are asked.
    """
    if activity.recognised_id is None:
        return ""
    row = activity.recognised
    if row is None or not row.valid:
        return f"“{activity.title}”的学时记录已被撤销（{activity.says}），请移除这条记录，改为填写其他学时。"
    if row.hours != activity.claimed:
        now = rules.number_text(row.hours)
        return f"“{activity.title}”的学时记录已改为 {now}，请打开本年度重新保存。"
    if says := not_for(case, row.source):
        return f"“{activity.title}”不能直接认定，请移除这条记录。{says}"
    return ""


def fallen(cases: Iterable[UUID], *, hold: bool = False) -> dict[UUID, str]:
    """Case in review → why it cannot be approved: it rests on a record that was withdrawn or changed meanwhile.

    Asked of the database: a record is seen by its person alone. `hold` is for whoever approves: the records stay as
    they are until the transaction ends, so that none falls between this answer and the approval.
    """
    ask = "hours_behind_held" if hold else "hours_behind"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT application_id, title, source, stands FROM {ask}(%s)", [list(cases)])  # noqa: S608
        rows = cursor.fetchall()
    told = {
        case: f"“{title[:60]}”的学时记录已被撤销或已变动，不能审核通过，请退回申报人修改。"
        for case, title, _, stands in rows
        if not stands
    }
    return {
        **_not_theirs({case: title for case, title, source, _ in rows if source == Source.PLATFORM}),
        **told,
    }


def _not_theirs(platform: Mapping[UUID, str]) -> dict[UUID, str]:
    """Case → the record it rests on that is not for people of its employer, by the registry as it is now.

    `platform`: title of such a record by case.
    """
    if not platform:
        return {}
    cases = Application.objects.select_related("employer", "session").filter(pk__in=platform)
    return {
        case.pk: f"“{platform[case.pk][:60]}”只限事业单位人员直接认定，单位登记的性质不是事业单位，"
        "不能审核通过，请退回申报人修改。"
        for case in cases
        if not_for(case, Source.PLATFORM)
    }
