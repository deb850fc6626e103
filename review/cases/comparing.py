"""What changed between two submissions of a case, in words: a returned case is read for its changes first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import rules
from applications.filed.header import HEADER, Frozen, Place
from applications.filed.snapshot import Filed

Row = Mapping[str, Any]  # a year, activity or paper as it was frozen
EMPTY = "（空）"


@dataclass(frozen=True)
class Comparison:
    """Sentences about what differs; a year that is absent from `years` was filed exactly as before."""

    since: int
    header: tuple[str, ...]
    years: Mapping[int, tuple[str, ...]]
    gone_years: tuple[int, ...]

    @property
    def nothing(self) -> bool:
        return not (self.header or self.years or self.gone_years)


def compare(before: Filed, after: Filed, policy: rules.Policy) -> Comparison:
    """Compares two frozen revisions.

    Nothing is left out: every field of header, activity and evidence that a reviewer reads is compared.
    """
    words = _Words(policy)
    old = {year["year"]: year for year in before.years}
    new = {year["year"]: year for year in after.years}
    years = {}
    for number, year in new.items():
        says = ("新增本年度",) if number not in old else tuple(_year(words, old[number], year))
        if says:
            years[number] = says
    header = list(_header(policy, before.header, after.header))
    if before.evidence_note != after.evidence_note:
        header.append(_changed("材料不全的说明", before.evidence_note, after.evidence_note))
    return Comparison(before.number, tuple(header), years, tuple(year for year in old if year not in new))


class _Words:
    """Names of a policy's keys."""

    def __init__(self, policy: rules.Policy) -> None:
        self.unit = policy.hours.word
        self.categories = {category.key: category.name for category in policy.categories}
        self.forms = {form.key: form.short for form in policy.forms}
        self.kinds = {kind.key: kind.name for kind in policy.kinds}
        self.documents = {document.key: document.name for document in policy.documents}
        self.facts = {kind.key: {fact.key: fact for fact in kind.facts} for kind in policy.kinds}


def _header(policy: rules.Policy, before: Frozen, after: Frozen) -> Iterator[str]:
    """A field that the earlier form did not have yet was not asked then: that is no change."""
    for field in HEADER:
        if Place.CHANGES not in field.places or field.key not in before.keys() & after.keys():
            continue
        if before[field.key] == after[field.key]:
            continue
        if field.key == "id_index":  # frozen so that it tells numbers apart, and shows none
            yield f"{field.label}已更正"
        else:
            yield _changed(field.label, field.says(before, policy), field.says(after, policy))


def _year(words: _Words, before: Row, after: Row) -> Iterator[str]:
    for category, name in words.categories.items():
        yield from _activities(
            words,
            name,
            [each for each in before["activities"] if each["category"] == category],
            [each for each in after["activities"] if each["category"] == category],
        )
    yield from _papers(words, before, after)


def _activities(words: _Words, category: str, before: Sequence[Row], after: Sequence[Row]) -> Iterator[str]:
    """Activities carry no number of their own: the same title is the same activity, then the same place."""
    pairs, gone, added = _matched(before, after, lambda each: each["title"])
    for old, new in [*pairs, *zip(gone, added, strict=False)]:
        yield from _activity(words, category, old, new)
    both = min(len(gone), len(added))
    for new in added[both:]:
        yield f"{category}新增“{new['title']}”，{new['claimed']} {words.unit}"
    for old in gone[both:]:
        yield f"{category}删去“{old['title']}”，{old['claimed']} {words.unit}"


def _activity(words: _Words, category: str, old: Row, new: Row) -> Iterator[str]:
    if old["title"] != new["title"]:
        yield _changed(f"{category}名称", old["title"], new["title"])
    name = f"{category}“{new['title']}”"
    compared: tuple[tuple[str, str, str], ...] = (
        (words.unit, old["claimed"], new["claimed"]),
        ("形式", words.forms.get(old["form"], ""), words.forms.get(new["form"], "")),
        ("活动类型", words.kinds.get(old["kind"], ""), words.kinds.get(new["kind"], "")),
        ("细则折算", old["computed"] or "", new["computed"] or ""),
        ("高于细则的理由", old["over_reason"], new["over_reason"]),
        ("认定编号", _number(old), _number(new)),
    )
    yield from (_changed(f"{name}{label}", one, other) for label, one, other in compared if one != other)
    known = words.facts.get(new["kind"], {})
    for key in dict.fromkeys([*old["facts"], *new["facts"]]):
        fact = known.get(key)
        one, other = fact_in_words(fact, old["facts"].get(key)), fact_in_words(fact, new["facts"].get(key))
        if one != other:
            yield _changed(f"{name}{fact.name if fact else key}", one, other)


def _papers(words: _Words, before: Row, after: Row) -> Iterator[str]:
    """A file that keeps its number is the same file; of the others, one of a kind replaces one of the kind."""
    ties = any("proves" in paper for paper in before["evidence"])
    old_papers, new_papers = _own(before), _own(after)
    if ties:
        old_papers, new_papers = before["evidence"], after["evidence"]
    same, gone, added = _matched(old_papers, new_papers, lambda paper: paper["sha256"])
    for old, new in same:
        if old["kind"] != new["kind"]:
            yield _changed(f"材料“{new['filename']}”种类", _kind(words, old), _kind(words, new))
        if old["stamped"] != new["stamped"]:
            yield f"材料“{new['filename']}”改为{'已盖章' if new['stamped'] else '未盖章'}"
        if ties and (one := _proved(before, old)) != (other := _proved(after, new)):
            yield _changed(f"材料“{new['filename']}”证明的活动", one, other)
    replaced, gone, added = _matched(gone, added, lambda paper: paper["kind"])
    for old, new in replaced:
        yield f"更换{_kind(words, new)}：“{old['filename']}”改为“{new['filename']}”"
    for new in added:
        yield f"补充{_kind(words, new)}“{new['filename']}”"
    for old in gone:
        yield f"删去{_kind(words, old)}“{old['filename']}”"


def _own(year: Row) -> list[Row]:
    """The papers of the year itself: at first a frozen year named no others, and not what each proves."""
    return [paper for paper in year["evidence"] if paper.get("year", year["year"]) == year["year"]]


def _proved(year: Row, paper: Row) -> str:
    return "、".join(year["activities"][place]["title"] for place in paper["proves"])


def _matched(
    before: Iterable[Row], after: Iterable[Row], key: Any
) -> tuple[list[tuple[Row, Row]], list[Row], list[Row]]:
    """Pairs with the same key, each row once; what is left of the earlier, and of the later ones."""
    gone, pairs, added = list(before), [], []
    for new in after:
        old = next((each for each in gone if key(each) == key(new)), None)
        if old is None:
            added.append(new)
        else:
            gone.remove(old)
            pairs.append((old, new))
    return pairs, gone, added


def _kind(words: _Words, paper: Row) -> str:
    return words.documents.get(paper["kind"], str(paper["kind"]))


def _number(activity: Row) -> str:
    recognised = activity.get("recognised")
    return str(recognised["number"]) if recognised else ""


def fact_in_words(fact: rules.Fact | None, value: Any) -> str:
    """A fact as it is read on the page: choices by name, lists joined."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(fact_in_words(fact, each) for each in value)
    named = {choice.key: choice.name for choice in fact.choices} if fact else {}
    return "" if value is None else named.get(str(value), str(value))


def _changed(label: str, before: str, after: str) -> str:
    return f"{label}：{before or EMPTY} → {after or EMPTY}"
