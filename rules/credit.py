"""What one activity earns in one year, with the row that gave it, its citation and the sum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from rules.dates import When, read_year
from rules.errors import RuleInputError
from rules.facts import fact_text, read_facts
from rules.hours import HourUnit
from rules.kinds import Kind, Row
from rules.measures import ZERO, AsStated, FactValue, Outcome, Rate
from rules.policy import Policy


@dataclass(frozen=True, slots=True)
class Credit:
    """Hours one activity earns (None: the notice gives no figure, or the stated one is missing).

    `category` None: as declared. `deemed`: the whole year counts as completed with this split.
    `basis`: computed, stated, deemed or none. `facts_used`: (name, value) in words. `remarks`: what was typed
    and does not enter the sum, a sentence each; `says` ends with them.
    """

    kind: str
    year: int
    hours: Decimal | None
    category: str | None
    basis: str
    cite: str
    says: str
    facts_used: tuple[tuple[str, str], ...]
    sum_text: str
    deemed: Mapping[str, Decimal] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


def credit(
    policy: Policy, *, kind: str, year: int | str, facts: Mapping[str, object], category: str | None = None
) -> Credit:
    """Hours the activity earns in `year` under annex 2, part 2 of the policy.

    `category`: the subject it is declared under, where the rule leaves that open; a contradicting one is
    refused. Another year than the rule's own earns 0 and says so.
    Raises RuleInputError for facts that are missing, malformed or unknown, PolicyError for a draft.
    """
    policy.must_be_in_force()
    rule = policy.kind_of(kind)
    asked = read_year("year", "年度", year)
    typed = read_facts(rule, facts)
    chosen = _category(policy, rule, category)
    row = next((row for row in rule.rows if row.fits(typed, asked)), None)
    outcome = _other_year(rule, row, typed, asked)
    remarks: tuple[str, ...] = ()
    if outcome is None:
        outcome = _outcome(rule, row, typed, asked)
        remarks = (*_unused(rule, row, typed), *_other_end(rule, row, typed))
    else:
        row = None
    return Credit(
        kind=rule.key,
        year=asked,
        hours=outcome.hours,
        category=None if outcome.deemed else chosen,
        basis=_basis(row, outcome),
        cite=f"{policy.document} {rule.cite}",
        says=_says(rule, row, outcome) + "".join(remarks),
        facts_used=tuple((f.name, fact_text(f, typed[f.key])) for f in rule.facts if f.key in typed),
        sum_text=outcome.sum_text,
        deemed=outcome.deemed,
        remarks=remarks,
    )


def _category(policy: Policy, rule: Kind, declared: str | None) -> str | None:
    if declared is None:
        return rule.category
    wanted = policy.category_of(declared)
    if rule.category is not None and rule.category != declared:
        own = policy.category_of(rule.category).name
        raise RuleInputError("category", f"“{rule.name}”只能计入{own}，不能计入{wanted.name}。")
    return declared


def _other_year(rule: Kind, row: Row | None, facts: Mapping[str, FactValue], year: int) -> Outcome | None:
    """Nothing, with the reason, if the rule's own year (结题、出版、授权 …) is not the year asked for."""
    moment = facts.get(rule.year_fact) if rule.year_fact is not None else None
    if not isinstance(moment, When | date) or moment.year == year or _by_day(row, facts):
        return None
    word = rule.year_word
    return Outcome(
        ZERO, rule.unit.text(ZERO), f"按{word}当年计算，{word}在 {moment.year} 年，不计入 {year} 年度。"
    )


def _outcome(rule: Kind, row: Row | None, facts: Mapping[str, FactValue], year: int) -> Outcome:
    unit = rule.unit
    if row is None:
        return Outcome(ZERO, unit.text(ZERO), rule.otherwise)
    outcome = row.measure.outcome(facts, year, unit)
    for measure in row.adds:
        if all(name in facts for name in measure.needs()):
            outcome = _sum(outcome, measure.outcome(facts, year, unit), unit)
    if row.cap is not None and outcome.hours is not None and outcome.hours > row.cap:
        limit = unit.text(row.cap)
        return Outcome(row.cap, f"{outcome.sum_text}，以 {limit}为限 = {limit}", outcome.note)
    return outcome


def _unused(rule: Kind, row: Row | None, facts: Mapping[str, FactValue]) -> tuple[str, ...]:
    """A sentence for each figure that other lines of the rule count, that was typed, and that this one ignores.

    What everybody must fill in, what tells the year and what only tells one achievement from another is
    no surprise and stays unsaid.
    """
    if row is None:
        return ()
    counted = {name for each in rule.rows for name in each.uses()}
    idle = counted - row.uses() - {rule.year_fact}
    return tuple(
        f"“{fact.name}”填写的 {fact_text(fact, facts[fact.key])}没有计入，这种情形不按它折算；"
        "另有这样的活动，请另列一项。"
        for fact in rule.facts
        if fact.key in idle and not fact.required and facts.get(fact.key)
    )


def _other_end(rule: Kind, row: Row | None, facts: Mapping[str, FactValue]) -> tuple[str, ...]:
    """A sentence where the days listed one by one end at another time than the date given."""
    fact = next((each for each in rule.facts if each.key == rule.year_fact), None)
    moment = facts.get(fact.key) if fact is not None else None
    days = (
        facts.get(row.measure.sessions or "") if row is not None and isinstance(row.measure, Rate) else None
    )
    if fact is None or not isinstance(days, tuple) or not isinstance(moment, When | date):
        return ()
    last = max(session.day for session in days)
    told = (moment.year, moment.month or last.month, moment.day or last.day)
    if told == (last.year, last.month, last.day):
        return ()
    return (
        f"逐日日期到 {last.isoformat()} 为止，与“{fact.name}”{fact_text(fact, moment)}不一致，请核对；"
        f"{rule.unit.word}按逐日日期分到各年度。",
    )


def _by_day(row: Row | None, facts: Mapping[str, FactValue]) -> bool:
    return row is not None and isinstance(row.measure, Rate) and row.measure.by_day(facts)


def _sum(first: Outcome, second: Outcome, unit: HourUnit) -> Outcome:
    # The loader lets only figures and rates be added up, and these always have hours.
    total = (first.hours or ZERO) + (second.hours or ZERO)
    text = f"{first.sum_text}；{second.sum_text}；共 {unit.text(total)}"
    return Outcome(total, text, first.note + second.note)


def _basis(row: Row | None, outcome: Outcome) -> str:
    if outcome.hours is None:
        return "none"
    if outcome.deemed:
        return "deemed"
    return "stated" if row is not None and isinstance(row.measure, AsStated) else "computed"


def _says(rule: Kind, row: Row | None, outcome: Outcome) -> str:
    sentence = row.says if row is not None else rule.says
    return f"{sentence.rstrip('。')}。{outcome.note}"
