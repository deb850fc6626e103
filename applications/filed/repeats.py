"""One achievement counts in one year only (policy decision A24): where else the person has claimed it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import Q

import rules
from applications.models import Activity, Application, YearEntry
from applications.states import State


def repeated(case: Application, entries: Iterable[YearEntry]) -> Mapping[int, tuple[str, ...]]:
    """Year → sentences about its activities that are claimed a second time.

    Compared with everything the person has filed or is filing here, but for rejected applications and other
    drafts; the same year again in a later application is normal. Needs the applicant's scope.
    """
    here = [(entry.year, activity) for entry in entries for activity in entry.activities.all()]
    if not any(activity.achievement for _, activity in here):
        return {}
    claims = list(_claims(case))
    found: dict[int, tuple[str, ...]] = {}
    for year, activity in here:
        for claim in claims:
            if claim.pk != activity.pk and rules.is_same_achievement(claim.achievement, activity.achievement):
                same_case = claim.application_id == case.pk
                if same_case or claim.year_entry.year != year:
                    found[year] = (*found.get(year, ()), _says(activity, claim, same_case=same_case))
                    break
    return found


def _claims(case: Application) -> Iterable[Activity]:
    lost = Q(application__state__in=[State.DRAFT, State.REJECTED]) | Q(application__revoked_at__isnull=False)
    unfiled = lost & ~Q(application=case)
    return (
        Activity.objects.filter(application__person_id=case.person_id)
        .exclude(achievement="")
        .exclude(unfiled)
        .select_related("year_entry", "application__session")
        .order_by("year_entry__year", "pk")
    )


def _says(activity: Activity, claim: Activity, *, same_case: bool) -> str:
    where = "本次申报" if same_case else f"“{claim.application.session}”"
    return f"“{activity.title}”已在{where}的 {claim.year_entry.year} 年申报，同一成果只能计入一个年度"
