"""What a row of tests/vectors says of a policy, as one assertion each: for the tests, and for bent policies."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

import rules
from tests.rules.vectors import VECTORS, facts_in

Row = dict[str, str]
ACTIVITY = re.compile(
    r"(?:(?P<category>\w+):)?(?P<kind>\w+)(?:\[(?P<title>[^\]]*)\])?\((?P<facts>[^)]*)\)|(?P<plain>\w+)=(?P<hours>[\d.]+)"
)


def refused(key: str, ask: Callable[[], object], says: str | None = None) -> None:
    """`ask` must refuse, naming the key and saying so."""
    with pytest.raises(rules.RuleInputError, match=says) as refusal:
        ask()
    assert refusal.value.key == key


def credit_holds(policy: rules.Policy, row: Row) -> None:
    def ask() -> rules.Credit:
        facts, category = facts_in(row["facts"]), row["category"] or None
        return rules.credit(policy, kind=row["kind"], year=row["year"], facts=facts, category=category)

    if row["hours"] == "error":
        refused(row["gives"], ask, row["says"] or None)
        return
    result = ask()
    assert result.hours == (None if row["hours"] == "none" else Decimal(row["hours"]))
    assert ("deemed" if result.deemed else result.category or "declared") == row["gives"]
    assert row["says"] in result.says + result.sum_text


def papers_in(text: str) -> list[rules.Doc]:
    """`notice receipt+stamp` as papers at hand."""
    return [rules.Doc(each.removesuffix("+stamp"), each.endswith("+stamp")) for each in text.split()]


def evidence_holds(policy: rules.Policy, row: Row) -> None:
    first, last = (int(year) for year in row["prior_span"].split()) if row["prior_span"] else (0, 0)

    def ask() -> rules.EvidenceResult:
        return rules.evidence_gap(
            policy,
            form=row["form"],
            kind=row["kind"] or None,
            documents=papers_in(row["documents"]),
            year=row["year"] or None,
            prior_span=(first, last) if first else None,
        )

    if row["sufficient"] == "error":
        refused(row["missing"], ask)
        return
    result = ask()
    assert result.sufficient is (row["sufficient"] == "yes")
    nearest = result.ways[0].missing if result.ways else ()
    assert nearest == (tuple(row["missing"].split("|")) if row["missing"] else ())


def items_in(text: str) -> list[rules.Item]:
    """`public=30; paper[题名](serial=cn;author=first)`: declared hours, and activities (with title) to compute."""
    items = []
    for part in ACTIVITY.finditer(text):
        if part["plain"]:
            items.append(rules.Item(part["plain"], part["hours"]))
        else:
            facts, title = facts_in(part["facts"]), part["title"] or ""
            items.append(rules.Item(part["category"], kind=part["kind"], facts=facts, title=title))
    return items


def year_holds(policy: rules.Policy, row: Row) -> None:
    def ask() -> rules.YearAssessment:
        return rules.assess_year(policy, row["year"], items_in(row["items"]))

    if row["met"] == "error":
        refused(row["gaps"], ask)
        return
    result = ask()
    assert result.met is (row["met"] == "yes")
    assert list(result.totals.values()) == [Decimal(hours) for hours in row["totals"].split()]
    assert result.total == Decimal(row["total"])
    assert [gap.says for gap in result.gaps] == [says for says in row["gaps"].split("|") if says]


def span_holds(policy: rules.Policy, row: Row) -> None:
    def ask() -> rules.Span:
        chosen = {"exception": row["exception"]} if row["exception"] else None
        return rules.span(policy, target_title=row["target_title"], education=row["education"], facts=chosen)

    if row["years"] == "error":
        refused(row["applied"], ask)
        return
    result = ask()
    assert f"{result.years[0]}-{result.years[-1]}" == row["years"]
    assert (result.required, result.min_years) == (row["required"] == "yes", int(row["min_years"]))
    assert (result.exception.key if result.exception else "") == row["applied"]
    assert result.reviewer_confirms is (result.exception is not None)


def unit_in(row: Row) -> rules.UnitFacts | None:
    if not row["affiliation"]:
        return None
    words = row["unit"].split()
    return rules.UnitFacts(
        row["affiliation"],
        row["nature"],
        top_level="top" in words,
        has_superior="superior" in words,
        region_code=next((word.removeprefix("at=") for word in words if word.startswith("at=")), ""),
        entrusted="entrusted" in words,
    )


def route_holds(policy: rules.Policy, row: Row) -> None:
    def ask() -> rules.Route:
        return rules.route(policy, unit_in(row), region_code=row["region_code"])

    if row["steps"].startswith("error:"):
        refused(row["steps"].removeprefix("error:"), ask)
        return
    result = ask()
    assert (result.key, result.final_label) == (row["key"], row["final_label"])
    if row["steps"].startswith("refused:"):
        assert result.steps == ()
        assert row["steps"].removeprefix("refused:") in (result.refusal or "")
    else:
        assert list(result.steps) == row["steps"].split()
        assert result.refusal is None


HOLDS: dict[str, Callable[[rules.Policy, Row], None]] = {
    "credit": credit_holds,
    "evidence": evidence_holds,
    "years": year_holds,
    "spans": span_holds,
    "routes": route_holds,
}


@cache
def rows(name: str) -> tuple[Row, ...]:
    with (VECTORS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def broken_vectors(policy: rules.Policy, first: str = "") -> Iterator[str]:
    """The ids of the rows that do not hold any more; those that name `first` are tried before the others."""
    tried = [(name, row) for name in HOLDS for row in rows(name) if row["policy"] == policy.key]
    for name, row in sorted(tried, key=lambda each: first not in each[1].values()):
        if not _holds(HOLDS[name], policy, row):
            yield row["id"]


def _holds(check: Callable[[rules.Policy, Row], None], policy: rules.Policy, row: Row) -> bool:
    try:
        check(policy, row)
    except (AssertionError, pytest.fail.Exception, rules.RuleInputError):
        return False
    return True


def facts_hold(module: Any, policy: rules.Policy, fixture: str) -> str:
    """The first test of `module` that asks for the policy (`fixture`) alone and does not hold; "" when all do."""
    for name, test in vars(module).items():
        if name.startswith("test_") and test.__code__.co_varnames[: test.__code__.co_argcount] == (fixture,):
            try:
                test(policy)
            except (
                AssertionError,
                pytest.fail.Exception,
                rules.RuleInputError,
                AttributeError,
                StopIteration,
            ):
                return name
    return ""
