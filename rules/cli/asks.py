"""The questions a program may ask, each from a JSON object to a JSON object. All raise RuleInputError."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from rules.credit import credit
from rules.errors import RuleInputError
from rules.evidence import Doc, evidence_gap
from rules.hours import Number, number_text
from rules.policy import Policy
from rules.routes import UnitFacts, route
from rules.span import span
from rules.year import Item, assess_year

Json = dict[str, object]
# A person's year has some twenty entries; a list beyond this is no question, and would keep the others waiting.
MOST_ENTRIES = 100


@dataclass(frozen=True, slots=True)
class Ask:
    """A question: what it is for, the names it understands, and how it is answered."""

    help: str
    names: frozenset[str]
    answer: Callable[[Policy, Json], Json]

    def check_names(self, given: Json) -> None:
        """Refuse names nobody reads: a misspelt one must not change the answer unnoticed."""
        _check_names(given, self.names | {"id"})


def _check_names(given: Json, names: frozenset[str]) -> None:
    for name in given:
        if name not in names:
            raise RuleInputError(name[:40], f"没有“{name[:40]}”这一项；可用的有 {'、'.join(sorted(names))}。")


def _needed(given: Json, name: str) -> object:
    if given.get(name) is None:
        raise RuleInputError(name, f"缺少“{name}”。")
    return given[name]


def _text(given: Json, name: str) -> str:
    value = _needed(given, name)
    if not isinstance(value, str):
        raise RuleInputError(name, f"“{name}”应为文字。")
    return value


def _optional_text(given: Json, name: str) -> str | None:
    return None if given.get(name) is None else _text(given, name)


def _flag(given: Json, name: str) -> bool:
    value = given.get(name, False)
    if not isinstance(value, bool):
        raise RuleInputError(name, f"“{name}”应为 true 或 false。")
    return value


def _year(given: Json) -> int | str:
    value = _needed(given, "year")
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise RuleInputError("year", "年度应为四位年份，例如 2024。")
    return value


def _list(name: str, value: object) -> list[object]:
    if not isinstance(value, list):
        raise RuleInputError(name, f"“{name}”应为列表。")
    if len(value) > MOST_ENTRIES:
        raise RuleInputError(name, f"“{name}”最多列 {MOST_ENTRIES} 项，请分成几行。")
    return value


def _facts(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise RuleInputError("facts", "“facts”应为一个对象。")
    return value


def _hours(value: Decimal | None) -> str | None:
    return None if value is None else number_text(value)


def _credit(policy: Policy, given: Json) -> Json:
    result = credit(
        policy,
        kind=_text(given, "kind"),
        year=_year(given),
        facts=_facts(given.get("facts", {})),
        category=_optional_text(given, "category"),
    )
    return {
        "hours": _hours(result.hours),
        "unit": policy.hours.word,
        "category": result.category,
        "cite": result.cite,
        "says": result.says,
        "basis": result.basis,
        "facts": [{"name": name, "value": value} for name, value in result.facts_used],
        "sum": result.sum_text,
        "deemed": {key: number_text(hours) for key, hours in result.deemed.items()},
        "remarks": list(result.remarks),
    }


def _assess_year(policy: Policy, given: Json) -> Json:
    items = _list("items", _needed(given, "items"))
    result = assess_year(policy, _year(given), [_item(each) for each in items])
    return {
        "year": result.year,
        "met": result.met,
        "totals": {key: number_text(hours) for key, hours in result.totals.items()},
        "entered": {key: number_text(hours) for key, hours in result.entered.items()},
        "total": number_text(result.total),
        "unit": policy.hours.word,
        "gaps": [
            {"category": gap.category, "missing": number_text(gap.missing), "says": gap.says}
            for gap in result.gaps
        ],
        "deemed": result.deemed,
        "says": result.says,
        "remarks": [
            {"item": each.place, "counts": each.counts, "says": each.says} for each in result.remarks
        ],
        "cite": result.cite,
    }


ITEM_NAMES = frozenset({"category", "hours", "kind", "facts", "basis", "title"})


def _item(given: object) -> Item:
    if not isinstance(given, dict):
        raise RuleInputError("items", "“items”的每一项应为对象。")
    _check_names(given, ITEM_NAMES)
    hours = given.get("hours")
    if hours is not None and (isinstance(hours, bool) or not isinstance(hours, Decimal | int | str)):
        raise RuleInputError("hours", "“hours”应为数字。")
    number: Number | None = hours
    return Item(
        category=_optional_text(given, "category"),
        hours=number,
        kind=_optional_text(given, "kind"),
        facts=None if given.get("facts") is None else _facts(given["facts"]),
        basis=_optional_text(given, "basis") or "declared",
        title=_optional_text(given, "title") or "",
    )


def _evidence(policy: Policy, given: Json) -> Json:
    papers = _list("documents", given.get("documents", []))
    result = evidence_gap(
        policy,
        form=_optional_text(given, "form"),
        kind=_optional_text(given, "kind"),
        documents=[_paper(each) for each in papers],
        year=None if given.get("year") is None else _year(given),
        prior_span=_prior_span(given.get("prior_span")),
    )
    ways = [
        {
            "name": way.name,
            "missing": list(way.missing),
            "papers": [list(p) for p in way.papers],
            "says": way.says,
        }
        for way in result.ways
    ]
    return {"sufficient": result.sufficient, "ways": ways, "says": result.says, "cite": result.cite}


def _paper(given: object) -> Doc:
    if not isinstance(given, dict):
        raise RuleInputError("documents", '“documents”的每一项应为对象，例如 {"kind": "notice"}。')
    _check_names(given, frozenset({"kind", "stamped"}))
    return Doc(_text(given, "kind"), _flag(given, "stamped"))


def _prior_span(given: object) -> tuple[int, int] | None:
    if given is None:
        return None
    if not isinstance(given, list) or len(given) != 2 or not all(type(each) is int for each in given):
        raise RuleInputError("prior_span", "“prior_span”应为起止年度，例如 [2019, 2023]。")
    return given[0], given[1]


def _span(policy: Policy, given: Json) -> Json:
    result = span(
        policy,
        target_title=_text(given, "target_title"),
        education=_text(given, "education"),
        facts={"exception": _optional_text(given, "exception")},
    )
    return {
        "years": list(result.years),
        "required": result.required,
        "min_years": result.min_years,
        "exception": result.exception.key if result.exception else None,
        "reviewer_confirms": result.reviewer_confirms,
        "exceptions": [{"key": each.key, "name": each.name} for each in result.exceptions],
        "says": result.says,
        "cite": result.cite,
    }


UNIT_NAMES = frozenset({"affiliation", "nature", "top_level", "has_superior", "region_code", "entrusted"})


def _route(policy: Policy, given: Json) -> Json:
    result = route(policy, _unit(given.get("unit")), region_code=_text(given, "region_code"))
    return {
        "key": result.key,
        "name": result.name,
        "steps": list(result.steps),
        "regions": list(result.regions),
        "final_label": result.final_label,
        "departments": result.departments,
        "refusal": result.refusal,
        "says": result.says,
        "cite": result.cite,
    }


def _unit(given: object) -> UnitFacts | None:
    if given is None:
        return None
    if not isinstance(given, dict):
        raise RuleInputError("unit", "“unit”应为对象；没有单位的不填。")
    _check_names(given, UNIT_NAMES)
    return UnitFacts(
        affiliation=_text(given, "affiliation"),
        nature=_text(given, "nature"),
        top_level=_flag(given, "top_level"),
        has_superior=_flag(given, "has_superior"),
        region_code=_optional_text(given, "region_code") or "",
        entrusted=_flag(given, "entrusted"),
    )


ASKS: Mapping[str, Ask] = {
    "credit": Ask("一项活动折算多少学时", frozenset({"kind", "year", "facts", "category"}), _credit),
    "assess-year": Ask("一个年度是否达到要求", frozenset({"year", "items"}), _assess_year),
    "evidence": Ask(
        "材料是否齐全，还缺什么",
        frozenset({"form", "kind", "documents", "year", "prior_span"}),
        _evidence,
    ),
    "span": Ask("须申报哪些年度", frozenset({"target_title", "education", "exception"}), _span),
    "route": Ask("由谁依次审核", frozenset({"unit", "region_code"}), _route),
}
