"""Reading `when = { level = ["provincial"], passed = true, rank = { max = 3 } }`."""

from __future__ import annotations

from collections.abc import Mapping

from rules.kinds import Condition, Fact
from rules.schema.table import Table

NUMERIC = ("integer", "decimal", "hours")


def read_conditions(table: Table, key: str, facts: Mapping[str, Fact]) -> tuple[Condition, ...]:
    """Conditions over `facts`, each checked against the fact's type and choices."""
    if not table.has(key):
        return ()
    when = table.table(key)
    return tuple(_condition(when, name, facts) for name in when.names())


def _condition(when: Table, name: str, facts: Mapping[str, Fact]) -> Condition:
    fact = facts.get(name)
    if fact is None:
        raise when.fail(name, "填写项（facts）里没有这一项")
    if fact.type == "flag":
        return Condition(name, frozenset({when.flag(name, default=False)}))
    if fact.type == "choice":
        wanted = when.texts(name)
        unknown = set(wanted) - {choice.key for choice in fact.choices}
        if unknown or not wanted:
            raise when.fail(name, f"这一项没有这样的选项：{'、'.join(sorted(unknown)) or '清单是空的'}")
        return Condition(name, frozenset(wanted))
    if fact.type not in NUMERIC:
        raise when.fail(name, f"{fact.type} 类型的填写项不能作条件")
    return _between(when, name)


def _between(when: Table, name: str) -> Condition:
    limits = when.table(name)
    least = limits.number("min") if limits.has("min") else None
    most = limits.number("max") if limits.has("max") else None
    limits.close()
    if least is None and most is None:
        raise when.fail(name, "要写 min 或 max")
    return Condition(name, least=least, most=most)


def implied(needed: tuple[Condition, ...], given: tuple[Condition, ...]) -> bool:
    """Whether `given` conditions can only hold where the `needed` ones hold too."""
    return all(any(_narrower(each, need) for each in given) for need in needed)


def _narrower(given: Condition, need: Condition) -> bool:
    if given.fact != need.fact:
        return False
    if need.among:
        return bool(given.among) and given.among <= need.among
    low = need.least is None or (given.least is not None and given.least >= need.least)
    high = need.most is None or (given.most is not None and given.most <= need.most)
    return not given.among and low and high
