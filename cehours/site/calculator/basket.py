"""What somebody has put into their year, as it travels in the address: nothing is stored anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import rules
from rules import Kind, Policy
from rules.catalogue import completes_a_year

MOST_ITEMS = 20  # as many lines as a side of a year row takes (A25)
MOST_CHARACTERS = 2500  # of all items together; servers and phones cut addresses off not far beyond 4,000


@dataclass(frozen=True, slots=True)
class Entry:
    """One activity: its kind, the category it is declared under ("": the rule decides), facts as typed."""

    kind: str
    category: str
    facts: tuple[tuple[str, str], ...]

    def packed(self) -> str:
        """kind~category~fact~value~… ; readable in an address, and hardly longer than what was typed."""
        parts = [self.kind, self.category, *(part for pair in self.facts for part in pair)]
        return "~".join(part.replace("%", "%25").replace("~", "%7E") for part in parts)


def unpacked(text: str) -> Entry | None:
    """The entry in an address, or None where somebody has bent it."""
    kind, *rest = (part.replace("%7E", "~").replace("%25", "%") for part in text.split("~"))
    if len(rest) % 2 == 0:
        return None
    return Entry(kind, rest[0], tuple(zip(rest[1::2], rest[2::2], strict=True)))


def asks_category(kind: Kind) -> bool:
    """Whether the person has to say which subject it counts for; a deemed year counts for all of them."""
    return kind.category is None and not completes_a_year(kind)


def credit_of(policy: Policy, entry: Entry, year: int) -> rules.Credit:
    """What an entry earns in `year`. Raises RuleInputError, also where the category is still to be chosen."""
    kind = policy.kind_of(entry.kind)
    if asks_category(kind) and not entry.category:
        raise rules.RuleInputError("category", "请选择计入的科目类别。")
    return rules.credit(
        policy, kind=entry.kind, year=year, facts=dict(entry.facts), category=entry.category or None
    )


def readable(policy: Policy, texts: Iterable[str], year: int) -> tuple[Entry, ...]:
    """The entries that this policy understands, in order."""
    found = []
    for text in list(texts)[:MOST_ITEMS]:
        entry = unpacked(text)
        if entry is None:
            continue
        try:
            credit_of(policy, entry, year)
        except rules.RuleInputError:
            continue
        found.append(entry)
    return tuple(found)


def fits(entries: Iterable[Entry]) -> bool:
    """Whether an address can carry them all."""
    packed = [entry.packed() for entry in entries]
    return len(packed) <= MOST_ITEMS and sum(map(len, packed)) <= MOST_CHARACTERS


def item_of(entry: Entry) -> rules.Item:
    """The entry as an item of a year, to be computed by the rules."""
    facts: Mapping[str, object] = dict(entry.facts)
    return rules.Item(entry.category or None, kind=entry.kind, facts=facts, basis="computed")
