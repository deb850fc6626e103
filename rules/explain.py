"""Rules and results in plain Chinese sentences, for pages, the command line and comparisons."""

from __future__ import annotations

from rules.credit import Credit
from rules.hours import HourUnit, number_text
from rules.kinds import Condition, Fact, Kind, Row
from rules.measures import AsStated, Band, Deemed, Fixed, Measure, NotComputable, RankTable, Rate
from rules.policy import Minimums, Paper, Policy, ProofWay, Slot
from rules.year import YearAssessment


def explain_credit(policy: Policy, result: Credit) -> tuple[str, ...]:
    """What was credited, the rule in short, the facts, the sum and the citation, a line each."""
    kind = policy.kind_of(result.kind)
    hours = "不能自动折算" if result.hours is None else policy.hours.text(result.hours)
    lines = [f"{kind.name}：{result.year} 年度 {hours}", f"规则：{result.says}"]
    if result.facts_used:
        lines.append("事实：" + "；".join(f"{name} {value}" for name, value in result.facts_used))
    if result.sum_text:
        lines.append(f"计算：{result.sum_text}")
    lines.append(f"依据：{result.cite}")
    return tuple(lines)


def explain_year(policy: Policy, result: YearAssessment) -> tuple[str, ...]:
    """The year in one line, then a line for each item there is something to say about."""
    minimums = policy.minimums_of(result.year)
    lines = [result.says, f"要求：{minimums_text(policy, minimums)}"]
    for remark in result.remarks:
        lines.append(f"第 {remark.place + 1} 项{'' if remark.counts else '不计入'}：{remark.says}")
    lines.append(f"依据：{result.cite}")
    return tuple(lines)


def minimums_text(policy: Policy, minimums: Minimums) -> str:
    """What a year asks for."""
    parts = [
        f"{category.name}不少于{_minimum_text(minimums, category.key)}"
        for category in policy.categories
        if category.key in minimums.by_category
    ]
    return "，".join([f"每年不少于 {policy.hours.text(minimums.total)}", *parts])


def _minimum_text(minimums: Minimums, category: str) -> str:
    figure, share = number_text(minimums.by_category[category]), minimums.shares.get(category)
    if share is None:
        return f" {figure}"
    return f"{share.text()}（至少 {figure}）" if share.learnt else f" {figure}（{share.text()}）"


def row_text(kind: Kind, row: Row) -> str:
    """One line of a rule: its years and conditions, its measure, what is added and the limit."""
    facts = {fact.key: fact for fact in kind.facts}
    parts = [condition_text(facts[each.fact], each) for each in row.when]
    if row.first_year is not None:
        parts.insert(0, f"{row.first_year} 年起")
    if row.last_year is not None:
        parts.insert(0, f"{row.last_year} 年及以前")
    text = measure_text(row.measure, kind.unit)
    text += "".join(f"，另加{measure_text(each, kind.unit)}" for each in row.adds)
    if row.cap is not None:
        text += f"，以 {kind.unit.text(row.cap)}为限"
    return f"{'，'.join(parts)}：{text}" if parts else text


def condition_text(fact: Fact, condition: Condition) -> str:
    """A condition in words."""
    if fact.type == "flag":
        return f"{fact.name}：{'是' if True in condition.among else '否'}"
    if condition.among:
        names = (choice.name for choice in fact.choices if choice.key in condition.among)
        return f"{fact.name}为{'、'.join(names)}"
    limits = []
    if condition.least is not None:
        limits.append(f"不少于 {number_text(condition.least)}")
    if condition.most is not None:
        limits.append(f"不超过 {number_text(condition.most)}")
    return f"{fact.name}{'且'.join(limits)}"


def measure_text(measure: Measure, unit: HourUnit) -> str:
    """How a measure counts."""
    match measure:
        case Fixed(hours):
            return unit.text(hours)
        case Rate():
            per = "" if measure.per == 1 else f" {number_text(measure.per)} "
            return f"每{per}{measure.unit} {unit.text(measure.hours)}"
        case RankTable():
            lines = [f"{_rank_text(step.up_to)} {unit.text(step.hours)}" for step in measure.steps]
            return "，".join(lines)
        case Deemed():
            bands = "；".join(_band_text(band) for band in measure.bands)
            return f"{bands}，视同完成 {unit.text(measure.total)}"
        case AsStated():
            return f"按证明载明的{unit.word}"
        case NotComputable(reason):
            return reason


def _rank_text(up_to: int | None) -> str:
    return "其余" if up_to is None else f"前 {up_to} 名"


def _band_text(band: Band) -> str:
    length = f"{'超过' if band.over else '满'} {band.months} 个月"
    return f"{length}的{'涉及的各年度' if band.all_years else '期满年度'}"


def way_text(policy: Policy, way: ProofWay) -> str:
    """One set of papers: 培训通知 + 课程表或日程安排 + …"""
    return " + ".join(_slot_text(policy, slot) for slot in way.slots)


def _slot_text(policy: Policy, slot: Slot) -> str:
    names = "或".join(_paper_text(policy, paper) for paper in slot.papers)
    return names if slot.count == 1 else f"{names}（至少 {slot.count} 种）"


def _paper_text(policy: Policy, paper: Paper) -> str:
    return policy.document_of(paper.document).name + ("（加盖公章）" if paper.stamped else "")
