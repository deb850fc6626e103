"""One activity worked out, and the year put together, in the words the page shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import rules
from cehours.site import wording
from cehours.site.calculator import basket
from cehours.site.calculator.basket import Entry
from cehours.site.calculator.facts import Reading
from cehours.site.calculator.state import FACT, State, years
from rules import Credit, YearAssessment, number_text
from rules.dates import When


@dataclass(frozen=True, slots=True)
class Result:
    """What the activity earns. `figure` is the number in large type, "" where there is none to give.

    `entry` leaves out answers to questions that are not asked any more.
    `tone`: done, look (nothing earned) or wait (cannot be computed). `other_year`: where it would count.
    """

    entry: Entry
    credit: Credit
    figure: str
    tone: str
    category: str
    proof: wording.ProofWords | None
    after: str
    other_year: int | None
    other_url: str
    sum_text: str
    rule_anchor: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """A result, or what is still missing (names) or wrong (sentences by field)."""

    result: Result | None
    missing: tuple[str, ...]
    wrong: dict[str, str]


@dataclass(frozen=True, slots=True)
class Meter:
    label: str
    short: str
    value: Decimal
    minimum: Decimal
    gap: Decimal
    find_url: str


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the year; `says` tells why it does not count, or what else there is to know."""

    name: str
    category: str
    facts: str
    figure: str
    counts: bool
    says: str
    edit_url: str
    drop_url: str


@dataclass(frozen=True, slots=True)
class Year:
    assessment: YearAssessment
    verdict: str
    meters: tuple[Meter, ...]
    lines: tuple[Line, ...]


def work_out(state: State, reading: Reading, typing: str = "") -> Outcome:
    """The hours of the activity; no number at all while anything is missing or wrong.

    `typing`: the field under the cursor; what is wrong there is only unfinished.
    """
    kind = state.kind
    assert kind is not None
    names = {FACT + fact.key: fact.name for fact in kind.facts} | {"category": "计入科目"}
    unfinished = {typing} & reading.wrong.keys()
    missing = tuple(name for key, name in names.items() if key in reading.missing or key in unfinished)
    if missing or reading.wrong:
        wrong = {key: says for key, says in reading.wrong.items() if key not in unfinished}
        return Outcome(None, missing, wrong)
    shown = {fact.key for fact in reading.shown}
    entry = Entry(
        kind.key, state.entry().category, tuple((key, value) for key, value in state.facts if key in shown)
    )
    try:
        credit = basket.credit_of(state.policy, entry, state.year)
        return Outcome(_result(state, reading, entry, credit), (), {})
    except rules.RuleInputError as refusal:
        name = FACT + refusal.key if refusal.key in shown else refusal.key
        return Outcome(None, (), {name: refusal.says})


def _result(state: State, reading: Reading, entry: Entry, credit: Credit) -> Result:
    kind = state.policy.kind_of(entry.kind)
    other = _other_year(state, reading, credit)
    after = ""
    if credit.hours:
        items = [basket.item_of(each) for each in (*state.entries, entry)]
        after = rules.assess_year(state.policy, state.year, items).says
    return Result(
        entry=entry,
        credit=credit,
        figure=_figure(credit),
        tone="wait" if credit.hours is None else "done" if credit.hours else "look",
        category=state.policy.category_of(credit.category).name if credit.category else "",
        proof=wording.proof_of(state.policy, kind) if credit.hours != 0 or other else None,
        after=after,
        other_year=other,
        other_url=state.url("activity", year=other) if other else "",
        sum_text="" if credit.sum_text == f"{_figure(credit)} {kind.unit.word}" else credit.sum_text,
        rule_anchor=f"kind-{kind.key}",
    )


def _figure(credit: Credit) -> str:
    return "" if credit.hours is None else number_text(credit.hours)


def _other_year(state: State, reading: Reading, credit: Credit) -> int | None:
    """The year in which it counts, where only the year stands in the way and that year is offered."""
    assert state.kind is not None
    moment = reading.typed.get(state.kind.year_fact or "")
    if credit.hours != 0 or not isinstance(moment, When | date) or moment.year == state.year:
        return None
    return moment.year if moment.year in years(state.policy) else None


def put_together(state: State) -> Year:
    """The year with every entry, what is short and what does not count."""
    policy = state.policy
    assessment = rules.assess_year(policy, state.year, [basket.item_of(each) for each in state.entries])
    remarks = {remark.place: remark for remark in assessment.remarks}
    lines = tuple(_line(state, place, entry, remarks.get(place)) for place, entry in enumerate(state.entries))
    gaps = {gap.category: gap.missing for gap in assessment.gaps}
    meters = [
        Meter(
            category.name,
            category.short,
            assessment.totals[category.key],
            assessment.minimums.get(category.key, Decimal(0)),
            gaps.get(category.key, Decimal(0)),
            state.url("activity", kind=None, facts=(), category=category.key),
        )
        for category in policy.categories
    ]
    total = Meter("合计", "合计", assessment.total, assessment.minimum_total, gaps.get(None, Decimal(0)), "")
    return Year(assessment, _verdict(policy, assessment), (*meters, total), lines)


def _verdict(policy: rules.Policy, assessment: YearAssessment) -> str:
    if assessment.deemed:
        verdict = f"{assessment.year} 年度视同完成"
        if sum(assessment.totals.values()) == assessment.total:
            return verdict
        # The meters by subject then come to more than the year's own, which wants a word.
        word, total = policy.hours.word, policy.hours.text(assessment.total)
        return f"{verdict}；视同{word}与其他{word}不累加，合计按较大者计 {total}"
    if assessment.met:
        return f"{assessment.year} 年度已达到要求"
    return f"{assessment.year} 年度还没有达到要求"


def _line(state: State, place: int, entry: Entry, remark: rules.Remark | None) -> Line:
    kind = state.policy.kind_of(entry.kind)
    credit = basket.credit_of(state.policy, entry, state.year)
    others = state.entries[:place] + state.entries[place + 1 :]
    category = credit.category and state.policy.category_of(credit.category).name
    counts = remark is None or remark.counts
    return Line(
        name=kind.name,
        category="" if not counts else category or ("视同完成" if credit.deemed else ""),
        facts="，".join(f"{name} {value}" for name, value in credit.facts_used),
        figure=_figure(credit) if counts else "",
        counts=counts,
        says="" if remark is None else remark.says,
        edit_url=state.url("activity", entries=others, kind=kind, category=entry.category, facts=entry.facts),
        drop_url=state.url("year", entries=others),
    )
