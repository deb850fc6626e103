"""Rules in the words of the public pages: what a row gives, what a kind is worth, which papers prove it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import product

from rules import Kind, Policy, row_text
from rules.catalogue import figure
from rules.kinds import Row
from rules.measures import ZERO, AsStated, Deemed, NotComputable, RankTable
from rules.policy import Proof, ProofWay, Slot

LETTERS = "ABCDEFGH"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a rule as a table prints it; `steps` are its lines by rank: (sentence, hours)."""

    says: str
    condition: str
    figure: str
    steps: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PaperWords:
    name: str
    hint: str
    stamped: bool


@dataclass(frozen=True, slots=True)
class SlotWords:
    """One thing to hand in: any of these papers, at least `count` of them."""

    papers: tuple[PaperWords, ...]
    count: int


@dataclass(frozen=True, slots=True)
class WayWords:
    """One complete set of papers; a letter where there is a choice of sets."""

    letter: str
    name: str
    slots: tuple[SlotWords, ...]


@dataclass(frozen=True, slots=True)
class ProofWords:
    """What proves an activity; `kinds` names those it is meant for, empty for all of the form."""

    says: str
    cite: str
    kinds: tuple[str, ...]
    ways: tuple[WayWords, ...]


def lines(kind: Kind, year: int) -> tuple[Line, ...]:
    """The rows of a rule; last, what holds when none of them fits (judged by the rows of `year`)."""
    found = [_line(kind, row) for row in kind.rows]
    if not _always_fits(kind, year):
        found.append(Line("其他情形", kind.otherwise.rstrip("。"), kind.unit.text(ZERO), ()))
    return tuple(found)


def brief(kind: Kind) -> Iterable[str]:
    """The rows of a rule as sentences with their figures, as annex 2 lists them; what earns nothing is left out."""
    for line in (_line(kind, row) for row in kind.rows):
        if line.steps:
            yield from (f"{says} {hours}" for says, hours in line.steps if hours != kind.unit.text(ZERO))
        elif line.figure != kind.unit.text(ZERO):
            yield line.says.rstrip("。")


def _always_fits(kind: Kind, year: int) -> bool:
    """Whether some row fits whatever one chooses; rows that ask for a number may always be missed."""
    asked = {condition.fact for row in kind.rows for condition in row.when if condition.among}
    facts = [fact for fact in kind.facts if fact.key in asked]
    values: list[tuple[str | bool, ...]] = [
        tuple(choice.key for choice in fact.choices) or (True, False) for fact in facts
    ]
    keys = [fact.key for fact in facts]
    return all(
        any(row.fits(dict(zip(keys, chosen, strict=True)), year) for row in kind.rows)
        for chosen in product(*values)
    )


def _line(kind: Kind, row: Row) -> Line:
    whole = row_text(kind, row)
    figures = row_text(kind, replace(row, when=(), first_year=None, last_year=None))
    condition = whole.removesuffix(figures).removesuffix("：")
    match row.measure:
        case RankTable(steps=steps, beyond=beyond):
            ranks = [
                (_without(step.says, kind.unit.text(step.hours)), kind.unit.text(step.hours))
                for step in steps
            ]
            if beyond:
                ranks.append((beyond, kind.unit.text(ZERO)))
            return Line(row.says, condition, "", tuple(ranks))
        case Deemed() | AsStated() | NotComputable():
            return Line(row.says, condition, figure(row.measure, kind.unit), ())
        case _:
            return Line(row.says, condition, figures, ())


def _without(says: str, hours: str) -> str:
    """A step's sentence without its figure, which stands in the next column."""
    return says.rstrip("。").removesuffix(hours).rstrip()


def year_words(kind: Kind) -> str:
    """For which year it counts, in one sentence; empty where the rule names none."""
    return f"按{kind.year_word}当年计算，其他年度不计" if kind.year_fact else ""


def proof_of(policy: Policy, kind: Kind) -> ProofWords:
    """The papers for one kind of activity."""
    return proof_words(policy, policy.proof_of(kind))


def proof_words(policy: Policy, proof: Proof) -> ProofWords:
    letters = LETTERS if len(proof.ways) > 1 else ""
    return ProofWords(
        says=proof.says,
        cite=proof.cite,
        kinds=tuple(policy.kind_of(key).name for key in proof.kinds),
        ways=tuple(_way(policy, way, letters[place : place + 1]) for place, way in enumerate(proof.ways)),
    )


def _way(policy: Policy, way: ProofWay, letter: str) -> WayWords:
    return WayWords(letter, way.name, tuple(_slots(policy, way.slots)))


def _slots(policy: Policy, slots: Iterable[Slot]) -> Iterable[SlotWords]:
    for slot in slots:
        papers = []
        for paper in slot.papers:
            document = policy.document_of(paper.document)
            # The seal is said once: by the flag, not by the hint of the paper as well.
            hint = "" if paper.stamped and "章" in document.hint else document.hint
            papers.append(PaperWords(document.name, hint, paper.stamped))
        yield SlotWords(tuple(papers), slot.count)
