"""The lines of a year as they are typed, before anything is checked: added, chosen, carried over, taken out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import rules
from applications.filed import carried
from applications.forms.fact_fields import FACT
from applications.models import Activity
from applications.services.years import MOST_ACTIVITIES
from rules.catalogue import is_for_all

Line = dict[str, Any]
Rows = dict[str, list[Line]]
WHOLE = "whole"  # the side of what completes a year (三援), beside the categories of the policy
CARRIED = "carried"  # "2023:60": the year a line was carried over from, and the hours it brought


def side_keys(policy: rules.Policy) -> tuple[str, ...]:
    return (WHOLE, *(category.key for category in policy.categories))


def is_blank(line: Mapping[str, Any]) -> bool:
    return not any(str(value or "").strip() for value in line.values())


def row_of(activity: Activity) -> Line:
    """A saved activity as initial values of the form; hours that are the rules' own are left to the rules."""
    hours = rules.number_text(Decimal(activity.claimed))
    source = carried.year_of(activity)
    return {
        "title": activity.title,
        "hours": "" if activity.kind and activity.claimed == activity.computed else hours,
        "form": activity.form,
        "kind": activity.kind,
        "over_reason": activity.over_reason,
        **({CARRIED: f"{source}:{hours}"} if source else {}),
        **{FACT + key: value for key, value in activity.facts.items()},
    }


def rows_of(policy: rules.Policy, activities: Iterable[Activity]) -> Rows:
    rows: Rows = {}
    for activity in activities:
        rows.setdefault(_side(policy, activity.kind, activity.category), []).append(row_of(activity))
    return rows


def rows_carried(policy: rules.Policy, year: int, activities: Iterable[Activity]) -> Rows:
    """照去年带入: the plain lines of `year` for another one, marked."""
    rows = rows_of(policy, carried.lines(policy, activities))
    for line in (line for lines in rows.values() for line in lines):
        line[CARRIED] = f"{year}:{line['hours']}"
    return rows


def rows_typed(policy: rules.Policy, data: Mapping[str, Any]) -> Rows:
    """The lines as typed; one of a kind that completes a year stands apart, wherever it was typed."""
    rows: Rows = {key: [] for key in side_keys(policy)}
    for key in rows:
        for place in range(count_in(data, key)):
            prefix = f"{key}-{place}-"
            line = {name.removeprefix(prefix): data[name] for name in data if name.startswith(prefix)}
            rows[_side(policy, str(line.get("kind", "")), key)].append(line)
    return rows


def acted(policy: rules.Policy, rows: Rows, act: str, *, into: str = "") -> Rows:
    """The lines after a button without saving. What it does not know changes nothing.

    `act`: add:SIDE, drop:LINE, fill:LINE:HOURS, plain:LINE (without its kind), pick:SIDE:KIND, where LINE is
    public-0. `into`: the line a kind is picked for; without, it is a new one.
    """
    verb, _, what = act.partition(":")
    match verb:
        case "add" if what in rows and len(rows[what]) < MOST_ACTIVITIES:
            rows[what].append({})
        case "drop" if (found := _place(rows, what)) is not None:
            rows[found[0]].pop(found[1])
        case "fill":
            what, _, hours = what.partition(":")
            if (found := _place(rows, what)) is not None:
                rows[found[0]][found[1]]["hours"] = hours
        case "plain" if (found := _place(rows, what)) is not None and found[0] != WHOLE:
            rows[found[0]][found[1]] = _without_kind(policy, rows[found[0]][found[1]])
        case "pick":
            side, _, kind = what.partition(":")
            _pick(policy, rows, side, kind, into)
    return rows


def _without_kind(policy: rules.Policy, line: Line) -> Line:
    form = next((kind.form for kind in policy.kinds if kind.key == line.get("kind")), "")
    return {"title": line.get("title", ""), "hours": line.get("hours", ""), "form": form}


def _pick(policy: rules.Policy, rows: Rows, side: str, kind: str, into: str) -> None:
    known = next((each for each in policy.kinds if each.key == kind), None)
    if known is None or side not in rows:
        return
    lines = rows[_side(policy, kind, side)]
    chosen = _place(rows, into)
    blank = next((place for place, each in enumerate(lines) if is_blank(each)), None)
    if chosen is not None and rows[chosen[0]] is lines:
        lines[chosen[1]] = _with_kind(lines[chosen[1]], kind)
    elif blank is not None or len(lines) < MOST_ACTIVITIES:
        line = rows[chosen[0]].pop(chosen[1]) if chosen is not None else {}
        place = len(lines) if blank is None else blank
        lines[place : place + 1] = [_with_kind(line, kind)]


def _with_kind(line: Line, kind: str) -> Line:
    """The hours are the rules' to say, unless somebody typed other ones: those carried over were not typed."""
    was_carried = CARRIED in line and line[CARRIED].partition(":")[2] == line.get("hours", "")
    kept = {name: value for name, value in line.items() if name != CARRIED}
    return {**kept, "kind": kind, **({"hours": ""} if was_carried else {})}


def put_in(rows: Rows, more: Rows) -> Rows:
    """`rows` with `more` behind what was typed; blank lines make room."""
    typed = {key: [line for line in lines if not is_blank(line)] for key, lines in rows.items()}
    joined = {
        key: [*typed.get(key, []), *more.get(key, [])][:MOST_ACTIVITIES]
        for key in dict.fromkeys((*rows, *more))
    }
    return {key: lines or rows.get(key, [])[:1] for key, lines in joined.items()}


def without_covered(rows: Rows, covered: Iterable[str]) -> Rows:
    """Leaves out blank lines of the categories that ticked records fill already."""
    filled = set(covered)
    return {
        key: [line for line in lines if key not in filled or not is_blank(line)]
        for key, lines in rows.items()
    }


def count_in(data: Mapping[str, Any], side: str) -> int:
    """How many lines of a side were sent; a page shows one of each category, and none that completes the year."""
    usual = 0 if side == WHOLE else 1
    typed = str(data.get(f"{side}-count", usual))
    return min(int(typed), MOST_ACTIVITIES) if re.fullmatch(r"[0-9]{1,3}", typed) else usual


def _side(policy: rules.Policy, kind: str, category: str) -> str:
    return WHOLE if is_for_all(policy, kind) else category


def _place(rows: Rows, prefix: str) -> tuple[str, int] | None:
    """public-0 as (public, 0), if there is such a line."""
    side, _, typed = prefix.rpartition("-")
    place = int(typed) if re.fullmatch(r"[0-9]{1,2}", typed) else -1
    return (side, place) if 0 <= place < len(rows.get(side, [])) else None
