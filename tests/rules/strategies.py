"""Hypothesis strategies: typed facts of a kind, whole activities, and policies nobody wrote by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from rules.kinds import Fact, Kind
from rules.measures import Deemed, Rate
from rules.policy import Policy
from rules.year import Item
from tests.rules.tables import small

DAYS = st.dates(date(2018, 1, 1), date(2026, 12, 31))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.decimals() | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def numbers(fact: Fact, places: int) -> st.SearchStrategy[Decimal]:
    least, most = fact.least or Decimal(0), fact.most if fact.most is not None else Decimal(9_999_999_999)
    return st.decimals(least, most, places=places)


def value_of(fact: Fact) -> st.SearchStrategy[object]:
    """A valid value, as typed in a form or as a program gives it."""
    match fact.type:
        case "choice":
            return st.sampled_from([choice.key for choice in fact.choices])
        case "flag":
            return st.sampled_from([True, False, "是", "no"])
        case "integer":
            return numbers(fact, 0).map(int)
        case "decimal":
            return numbers(fact, 3)
        case "hours":
            return numbers(fact, 0).map(lambda number: str(number / 2))
        case "date":
            return DAYS.map(date.isoformat)
        case "when":
            return DAYS.map(lambda day: day.isoformat()[:7]) | DAYS.map(lambda day: day.year)
        case "sessions":
            return st.lists(DAYS.map(date.isoformat), min_size=1, max_size=5, unique=True)
        case _:
            return st.text(min_size=1, max_size=20).filter(lambda text: bool(text.strip()))


@st.composite
def facts_of(draw: st.DrawFn, kind: Kind) -> dict[str, object]:
    """Facts that the kind accepts: all that may be needed, and some of the others."""
    facts = {
        fact.key: draw(value_of(fact))
        for fact in kind.facts
        if fact.required or fact.needed_when or draw(st.booleans())
    }
    for row in kind.rows:
        if isinstance(row.measure, Deemed):
            stay = sorted([str(facts[row.measure.start]), str(facts[row.measure.end])])
            facts[row.measure.start], facts[row.measure.end] = stay
        if isinstance(row.measure, Rate) and row.measure.sessions in facts and row.measure.fact in facts:
            days = facts[row.measure.sessions]
            facts[row.measure.fact] = len(days) if isinstance(days, list) else 0
    return facts


@st.composite
def activities(draw: st.DrawFn, policy: Policy) -> Item:
    """An item of a year: declared hours, or a kind with facts."""
    category = draw(st.sampled_from([each.key for each in policy.categories]))
    if draw(st.booleans()):
        return Item(category, Decimal(draw(st.integers(0, 400))) / 2)
    kind = draw(st.sampled_from(policy.kinds))
    return Item(kind.category or category, kind=kind.key, facts=draw(facts_of(kind)))


@st.composite
def measures(draw: st.DrawFn) -> dict[str, Any]:
    """A measure over the facts of `policy_values`, often one that the loader must refuse."""
    amount = st.sampled_from([0, 1, 8, Decimal("0.5"), Decimal("0.25"), 60])
    name = draw(
        st.sampled_from(
            ["fixed", "per_item", "per_day", "per_hour", "quantity", "rank", "deemed", "as_stated"]
        )
    )
    steps = draw(st.lists(st.integers(1, 5), min_size=1, max_size=3, unique=True).map(sorted))
    row: dict[str, Any] = {"measure": name}
    match name:
        case "fixed":
            row["hours"] = draw(amount)
        case "per_item" | "per_day" | "quantity":
            row |= {"fact": draw(st.sampled_from(["n", "d"])), "hours": draw(amount)}
            if name != "per_item":
                row["step"] = draw(amount)
            if name == "quantity":
                row["per"] = draw(amount)
            if name == "per_day" and draw(st.booleans()):
                row["sessions"] = "s"
        case "per_hour":
            row |= {"fact": "d", "minutes": draw(st.sampled_from([30, 45, 50, 60])), "step": draw(amount)}
        case "rank":
            row |= {"fact": "n", "beyond": "其余不计"}
            row["table"] = [{"up_to": step, "hours": draw(amount), "says": "名次"} for step in steps]
        case "deemed":
            row |= {
                "start": "a",
                "end": "b",
                "too_short": "太短",
                "split": {"main": draw(st.integers(8, 12))},
            }
            row["bands"] = [
                {
                    draw(st.sampled_from(["months", "over_months"])): step,
                    "years": draw(st.sampled_from(["completing", "all"])),
                }
                for step in steps
            ]
        case _:
            row["fact"] = "h"
    return row


@st.composite
def policy_values(draw: st.DrawFn) -> dict[str, Any]:
    """A policy file as parsed, with one kind made up at random."""
    types = {
        "c": "choice",
        "n": "integer",
        "d": "decimal",
        "h": "hours",
        "a": "date",
        "b": "date",
        "s": "sessions",
    }
    facts: list[dict[str, Any]] = [{"key": key, "name": key, "type": kind} for key, kind in types.items()]
    facts[0]["choices"] = {"x": "甲", "y": "乙", "z": "丙"}
    for fact in facts[1:]:
        need = draw(st.sampled_from(["always", "always", "x", "never"]))
        if need == "x":
            fact["needed_when"] = {"c": ["x"]}
        elif need == "never":
            fact["required"] = False
    rows = []
    for choices in draw(st.lists(st.sampled_from([["x"], ["y"], ["y", "z"], None]), min_size=1, max_size=3)):
        row = draw(measures()) | {"says": "折算"}
        if choices:
            row["when"] = {"c": choices}
        if row["measure"] in ("fixed", "quantity") and draw(st.booleans()):
            row["adds"] = [draw(measures())]
        if draw(st.integers(0, 3)) == 3:
            row["cap"] = draw(st.integers(0, 30))
        if draw(st.booleans()):
            row[draw(st.sampled_from(["from_year", "to_year"]))] = draw(st.integers(2018, 2024))
        rows.append(row)
    values = small()
    values["kinds"]["course"] |= {
        "facts": facts,
        "rows": rows,
        "category": draw(st.sampled_from(["main", "declared"])),
    }
    return values
