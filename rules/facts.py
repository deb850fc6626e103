"""From what somebody typed to typed facts, refusing with a sentence that says what to do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from rules.dates import Session, When, read_date, read_sessions, read_when
from rules.errors import RuleInputError
from rules.hours import LONGEST, HourUnit, folded, number_text, read_hours, read_number
from rules.kinds import Fact, Kind
from rules.measures import Deemed, FactValue, Rate

YES = ("true", "yes", "on", "1", "是")
NO = ("false", "no", "off", "0", "否")
LONGEST_NAME = 200


def read_facts(kind: Kind, raw: object) -> dict[str, FactValue]:
    """The facts of an activity, in the kind's order; blank ones count as not given.

    Raises RuleInputError for a fact that is unknown, malformed, out of range or missing though needed.
    """
    if not isinstance(raw, Mapping):
        raise RuleInputError("facts", "请按“名称：内容”逐项填写活动情况。")
    unknown = [str(key) for key in raw if key not in {fact.key for fact in kind.facts}]
    if unknown:
        raise RuleInputError(unknown[0][:40], f"“{kind.name}”没有“{unknown[0][:40]}”这一项。")
    facts: dict[str, FactValue] = {}
    for fact in kind.facts:
        value = raw.get(fact.key)
        if value is None or (isinstance(value, str | list | tuple) and not value) or _blank(value):
            if fact.required or (fact.needed_when and all(each.holds(facts) for each in fact.needed_when)):
                raise RuleInputError(
                    fact.key, f"请{'选择' if fact.type in ('choice', 'flag') else '填写'}“{fact.name}”。"
                )
            continue
        facts[fact.key] = read_fact(fact, value, kind.unit)
    _check_stays(kind, facts)
    _check_days(kind, facts)
    return facts


def _check_stays(kind: Kind, facts: Mapping[str, FactValue]) -> None:
    """A stay cannot end before it begins."""
    names = {fact.key: fact.name for fact in kind.facts}
    for row in kind.rows:
        if isinstance(row.measure, Deemed):
            start, end = facts.get(row.measure.start), facts.get(row.measure.end)
            if isinstance(start, date) and isinstance(end, date) and end < start:
                later, earlier = names[row.measure.end], names[row.measure.start]
                raise RuleInputError(row.measure.end, f"“{later}”不能早于“{earlier}”。")


def _blank(value: object) -> bool:
    return isinstance(value, str) and not value.strip()


def _check_days(kind: Kind, facts: Mapping[str, FactValue]) -> None:
    """Days listed one by one must be as many as the days stated."""
    for row in kind.rows:
        if isinstance(row.measure, Rate) and row.measure.sessions is not None:
            days, stated = facts.get(row.measure.sessions), facts.get(row.measure.fact)
            if not isinstance(days, tuple) or stated is None:
                continue
            listed = sum((session.length for session in days), Decimal(0))
            if listed != Decimal(str(stated)):
                unit = row.measure.unit
                typed, found = number_text(Decimal(str(stated))), number_text(listed)
                says = f"逐日日期共 {found} {unit}，与填写的 {typed} {unit}不一致，请核对。"
                raise RuleInputError(row.measure.sessions, says)


def read_fact(fact: Fact, value: object, unit: HourUnit) -> FactValue:
    """One typed value. Raises RuleInputError."""
    match fact.type:
        case "choice":
            return _choice(fact, value)
        case "flag":
            return _flag(fact, value)
        case "date":
            return read_date(fact.key, fact.name, value)
        case "when":
            return read_when(fact.key, fact.name, value)
        case "sessions":
            return read_sessions(fact.key, fact.name, value)
        case "text":
            return _text(fact, value)
        case "hours":
            return _within(fact, read_hours(fact.key, fact.name, value, unit))
        case "integer":
            number = _within(fact, read_number(fact.key, fact.name, value, example="3", units=(fact.unit,)))
            if number % 1:
                raise RuleInputError(fact.key, f"“{fact.name}”应为整数。")
            return int(number)
        case _:
            return _within(fact, read_number(fact.key, fact.name, value, units=(fact.unit,)))


def _choice(fact: Fact, value: object) -> str:
    if isinstance(value, str) and len(value) <= LONGEST_NAME:
        # 有国内统一刊号(CN) is the same choice, whatever brackets the keyboard gave.
        for choice in fact.choices:
            if folded(value) in (folded(choice.key), folded(choice.name)):
                return choice.key
    names = "、".join(choice.name for choice in fact.choices)
    raise RuleInputError(fact.key, f"“{fact.name}”请从以下选项中选择：{names}。")


def _flag(fact: Fact, value: object) -> bool:
    if isinstance(value, bool):
        return value
    text = folded(str(value)).lower() if _is_short(value) else ""
    if text in YES or text in NO:
        return text in YES
    raise RuleInputError(fact.key, f"“{fact.name}”请选择“是”或“否”。")


def _is_short(value: object) -> bool:
    return (isinstance(value, str) and len(value) <= LONGEST) or (type(value) is int and 0 <= value <= 1)


def _text(fact: Fact, value: object) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_NAME:
        raise RuleInputError(fact.key, f"“{fact.name}”应为不超过 {LONGEST_NAME} 字的文字。")
    return value.strip()


def _within(fact: Fact, number: Decimal) -> Decimal:
    if fact.least is not None and number < fact.least:
        raise RuleInputError(fact.key, f"“{fact.name}”不能小于 {number_text(fact.least)}。")
    if fact.most is not None and number > fact.most:
        raise RuleInputError(fact.key, f"“{fact.name}”不能大于 {number_text(fact.most)}。")
    return number


def fact_text(fact: Fact, value: FactValue) -> str:
    """A typed value in words, as explanations print it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, tuple):
        return "、".join(_session_text(session) for session in value)
    if isinstance(value, date):
        return str(When(value.year, value.month, value.day))
    if isinstance(value, Decimal | int):
        return f"{number_text(Decimal(value))} {fact.unit}".strip()
    if fact.type == "choice":
        return next((choice.name for choice in fact.choices if choice.key == value), str(value))
    return str(value)


def _session_text(session: Session) -> str:
    return f"{session.day.isoformat()}{'' if session.length == 1 else '半天'}"
