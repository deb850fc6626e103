"""What somebody worked out in the public calculator, kept in their session until it is put into a year, or let go."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

import rules
from applications import queries
from applications.filed import facts
from applications.forms.fact_fields import FACT
from applications.forms.rows import WHOLE, Rows
from applications.presenters.sections import missing_years
from organizations.acting.actor import ActorRequest
from rules.catalogue import completes_a_year

KEPT = "calculated"
Session = MutableMapping[str, Any]


@dataclass(frozen=True)
class Calculated:
    """Activities of one year under the policy with this key: (kind, category or "", facts)."""

    policy: str
    year: int
    entries: Sequence[tuple[str, str, Mapping[str, str]]]

    def names(self, policy: rules.Policy) -> list[str]:
        return [policy.kind_of(kind).name for kind, _category, _facts in self.entries]

    def rows(self, policy: rules.Policy) -> Rows:
        """As lines of a year; their titles are still to be typed."""
        rows: Rows = {}
        for key, category, told in self.entries:
            kind = policy.kind_of(key)
            side = WHOLE if completes_a_year(kind) else kind.category or category
            rows.setdefault(side, []).append({"kind": key, **{FACT + name: told[name] for name in told}})
        return rows


def keep(session: Session, found: Calculated) -> None:
    session[KEPT] = {"policy": found.policy, "year": found.year, "entries": list(found.entries)}


def kept(session: Mapping[str, Any], policy: str = "") -> Calculated | None:
    """What is kept; `policy`: only what was worked out under this one. What no policy knows any more is left out."""
    found = session.get(KEPT)
    if (
        found is None
        or policy not in ("", found["policy"])
        or found["policy"] not in rules.available_policies()
    ):
        return None
    known = {kind.key for kind in rules.load_policy(found["policy"]).kinds}
    entries = [tuple(entry) for entry in found["entries"] if entry[0] in known]
    return Calculated(found["policy"], found["year"], entries) if entries else None


def forget(session: Session) -> None:
    session.pop(KEPT, None)


@require_safe
def which_year(request: ActorRequest) -> HttpResponse:
    """Asks into which application and year it goes; nothing is filed by coming here."""
    found = kept(request.session)
    if found is None:
        messages.info(request, "没有待带入的试算结果。请先在学时试算中算好，再点“带入申报”。")
        return redirect("applications:list")
    policy = rules.load_policy(found.policy)
    cases = [
        (case, sorted({*facts.span_of(case).years, *case.years.values_list("year", flat=True)}))
        for case in queries.mine(request.actor)
        if case.is_editable and facts.policy_of(case).key == found.policy
    ]
    context = {
        "found": found,
        "names": found.names(policy),
        "cases": [(case, [(year, year in missing_years(case)) for year in years]) for case, years in cases],
    }
    return render(request, "applications/calculated.html", context)
