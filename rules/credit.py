"""What one activity earns in one year, with the row that gave it, its citation and the sum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from rules.dates import When, read_year
from rules.errors import RuleInputError
from rules.facts import fact_text, read_facts
from rules.hours import number_text
from rules.kinds import Kind, Row
from rules.measures import ZERO, AsStated, FactValue, Outcome, Rate
from rules.policy import Policy


@dataclass(frozen=True, slots=True)
class Credit:
    """Hours one activity earns (None: the notice gives no figure, or the stated one is missing).

    `category` None: as declared. `deemed`: the whole year counts as completed with this split.
    `basis`: computed, stated, deemed or none. `facts_used`: (name, value) in words.
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


def credit(
    policy: Policy, *, kind: str, year: int | str, facts: Mapping[str, object], category: str | None = None
) -> Credit:
    """Hours the activity earns in `year` under annex 2, part 2 of the policy.

    `category`: the subject it is declared under, where the rule leaves that open; a contradicting one is
    refused. Another year than the rule's own earns 0 and says so.
    Raises RuleInputError for facts that are missing, malformed or unknown.
    """
    rule = policy.kind_of(kind)
    asked = read_year("year", "年度", year)
    typed = read_facts(rule, facts, policy.step)
    chosen = _category(policy, rule, category)
    row = next((row for row in rule.rows if row.fits(typed, asked)), None)
    outcome = _other_year(rule, row, typed, asked)
    if outcome is None:
        outcome = _outcome(rule, row, typed, asked)
    else:
        row = None
    return Credit(
        kind=rule.key,
        year=asked,
        hours=outcome.hours,
        category=None if outcome.deemed else chosen,
        basis=_basis(row, outcome),
        cite=f"{policy.document} {rule.cite}",
        says=_says(rule, row, outcome),
        facts_used=tuple((f.name, fact_text(f, typed[f.key])) for f in rule.facts if f.key in typed),
        sum_text=outcome.sum_text,
        deemed=outcome.deemed,
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
    return Outcome(ZERO, "0 学时", f"按{word}当年计算，{word}在 {moment.year} 年，不计入 {year} 年度。")


def _outcome(rule: Kind, row: Row | None, facts: Mapping[str, FactValue], year: int) -> Outcome:
    if row is None:
        return Outcome(ZERO, "0 学时", rule.otherwise)
    outcome = row.measure.outcome(facts, year)
    for measure in row.adds:
        if all(name in facts for name in measure.needs()):
            outcome = _sum(outcome, measure.outcome(facts, year))
    if row.cap is not None and outcome.hours is not None and outcome.hours > row.cap:
        limit = number_text(row.cap)
        return Outcome(row.cap, f"{outcome.sum_text}，以 {limit} 学时为限 = {limit} 学时", outcome.note)
    return outcome


def _by_day(row: Row | None, facts: Mapping[str, FactValue]) -> bool:
    return row is not None and isinstance(row.measure, Rate) and row.measure.by_day(facts)


def _sum(first: Outcome, second: Outcome) -> Outcome:
    # The loader lets only figures and rates be added up, and these always have hours.
    total = (first.hours or ZERO) + (second.hours or ZERO)
    text = f"{first.sum_text}；{second.sum_text}；共 {number_text(total)} 学时"
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
