"""Every point of one kind of activity in words: what it asks for, how it counts, what tells it from others."""

from __future__ import annotations

from collections.abc import Iterator

from rules.explain import condition_text, row_text
from rules.hours import number_text
from rules.kinds import Fact, Kind, Row
from rules.measures import AsStated, Deemed, Measure, RankTable, Rate
from rules.policy import Policy

TYPE_NAMES = {
    "choice": "选一项",
    "flag": "是或否",
    "integer": "整数",
    "decimal": "数字",
    "hours": "学时",
    "date": "日期",
    "when": "日期（可只到月或年）",
    "sessions": "逐日日期",
    "text": "文字",
}


def kind_points(policy: Policy, kind: Kind) -> Iterator[tuple[str, str, str]]:
    """(place, label, words) for every point of the kind."""
    place, name = f"kinds.{kind.key}", f"活动种类·{_called(policy, kind)}"
    category = "按申报" if kind.category is None else policy.category_of(kind.category).name
    form = policy.form_of(kind.form)
    says = kind.says.rstrip("。")
    yield place, name, f"{form.short}（{form.key}），计入{category}，{says}（{kind.cite}）"
    if kind.also:
        yield f"{place}.also", f"{name}·平常的叫法", "、".join(kind.also)
    if kind.year_fact:
        yield f"{place}.year", f"{name}·年度", f"{kind.year_word}当年（{kind.year_fact}）"
    for fact in kind.facts:
        yield f"{place}.facts.{fact.key}", f"{name}·填写项·{fact.name}", _fact(kind, fact)
    for number, row in enumerate(kind.rows, start=1):
        label = f"{name}·折算第 {number} 档"
        yield f"{place}.rows.{number}", label, row_text(kind, row)
        yield f"{place}.rows.{number}.says", f"{label}·说明", _row(policy, kind, row)
    if kind.identity:
        told = ("与".join(_fact_name(kind, key) for key in keys) for keys in kind.identity)
        yield f"{place}.identity", f"{name}·同一成果凭", "，或 ".join(told)
    yield f"{place}.otherwise", f"{name}·其余情形", kind.otherwise


def _called(policy: Policy, kind: Kind) -> str:
    """Its name, with its key where another kind has the same name."""
    same = [each for each in policy.kinds if each.name == kind.name]
    return kind.name if len(same) == 1 else f"{kind.name}（{kind.key}）"


def _row(policy: Policy, kind: Kind, row: Row) -> str:
    details = (words for each in (row.measure, *row.adds) for words in _details(policy, kind, each))
    return "，".join([row.says.rstrip("。"), *details])


def _details(policy: Policy, kind: Kind, measure: Measure) -> list[str]:
    """What a short text of the measure leaves out."""
    match measure:
        case Rate():
            by_day = [f"可按“{_fact_name(kind, measure.sessions)}”分年"] if measure.sessions else []
            step = f"以 {number_text(measure.step)} {measure.unit}为单位计"
            return [f"按“{_fact_name(kind, measure.fact)}”{step}", *by_day]
        case RankTable():
            beyond = [f"其后：{measure.beyond.rstrip('。')}"] if measure.beyond else []
            steps = (step.says.rstrip("。") for step in measure.steps)
            return [f"按“{_fact_name(kind, measure.fact)}”", *steps, *beyond]
        case Deemed():
            split = "、".join(
                f"{policy.category_of(key).name} {number_text(n)}" for key, n in measure.split.items()
            )
            stay = f"从“{_fact_name(kind, measure.start)}”至“{_fact_name(kind, measure.end)}”"
            return [stay, split, f"不足的：{measure.too_short.rstrip('。')}"]
        case AsStated():
            return [f"按“{_fact_name(kind, measure.fact)}”"]
        case _:
            return []


def _fact_name(kind: Kind, key: str) -> str:
    """The name of a fact, with its key where two facts share the name."""
    names = [fact.name for fact in kind.facts]
    found = next((fact.name for fact in kind.facts if fact.key == key), "名称")
    return found if names.count(found) <= 1 else f"{found}（{key}）"


def _fact(kind: Kind, fact: Fact) -> str:
    facts = {each.key: each for each in kind.facts}
    needed = "且".join(condition_text(facts[each.fact], each) for each in fact.needed_when)
    must = "必填" if fact.required else f"{needed}时必填" if needed else "选填"
    words = [f"{TYPE_NAMES[fact.type]}（{fact.key}）", must]
    if fact.least is not None:
        words.append(f"不小于 {number_text(fact.least)}")
    if fact.most is not None:
        words.append(f"不大于 {number_text(fact.most)}")
    if fact.choices:
        words.append("选项：" + "、".join(f"{choice.name}（{choice.key}）" for choice in fact.choices))
    return "，".join([*words, *(each.rstrip("。") for each in (fact.unit, fact.hint) if each)])
