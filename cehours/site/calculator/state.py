"""Everything the calculator knows, read from an address and written back into one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode

import rules
from cehours.site import policies
from cehours.site.calculator import basket
from cehours.site.calculator.basket import Entry
from rules import Kind, Policy

FACT = "f-"


@dataclass(frozen=True, slots=True)
class State:
    """The policy, the year, the entries of that year and the activity being worked out.

    `category`: the subject chosen, which also narrows the list of kinds. `lost`: entries of the address that
    this policy does not understand.
    """

    policy: Policy
    year: int
    entries: tuple[Entry, ...] = ()
    kind: Kind | None = None
    category: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    search: str = ""
    lost: int = 0

    def url(self, anchor: str = "", **changes: Any) -> str:
        """The address of this state, with some of it changed."""
        state = replace(self, **changes)
        pairs = [("policy", state.policy.key), ("year", str(state.year))]
        pairs += [("item", entry.packed()) for entry in state.entries]
        if state.category:
            pairs.append(("category", state.category))
        if state.kind:
            pairs.append(("kind", state.kind.key))
            pairs += [(FACT + key, value) for key, value in state.facts]
        return f"{reverse('site:calculator')}?{urlencode(pairs)}{anchor and '#' + anchor}"

    def entry(self) -> Entry:
        """The activity being worked out, as the year would take it."""
        assert self.kind is not None
        category = self.category if basket.asks_category(self.kind) else ""
        return Entry(self.kind.key, category, self.facts)


def years(policy: Policy) -> tuple[int, ...]:
    """The years one can reckon with: those an application covers and the year after, newest first."""
    found = []
    for year in {*policy.span.years, policy.year}:
        try:
            policy.minimums_of(year)
        except rules.RuleInputError:
            continue
        found.append(year)
    return tuple(sorted(found, reverse=True))


def read(query: QueryDict) -> State:
    """The state an address describes; what it leaves open or gets wrong falls back. Raises Http404."""
    key = query.get("policy", "")
    policy = policies.policy_or_404(key) if key else policies.current()
    offered = years(policy)
    usual = policy.span.years[-1] if policy.span.years[-1] in offered else offered[0]
    year = next((year for year in offered if query.get("year") == str(year)), usual)
    packed = query.getlist("item")
    entries = basket.readable(policy, packed, year)
    kind = next((kind for kind in policy.kinds if kind.key == query.get("kind")), None)
    categories = {category.key for category in policy.categories}
    category = query.get("category", "")
    return State(
        policy=policy,
        year=year,
        entries=entries,
        kind=kind,
        category=category if category in categories else "",
        facts=_facts(kind, query) if kind else (),
        search=query.get("q", "").strip()[:40],
        lost=len(packed) - len(entries),
    )


def _facts(kind: Kind, query: QueryDict) -> tuple[tuple[str, str], ...]:
    typed = ((fact.key, query.get(FACT + fact.key, "").strip()) for fact in kind.facts)
    return tuple((key, value) for key, value in typed if value)
