"""What changed between two submissions of a case, in words: a returned case is read for its changes first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import rules

Filed = Mapping[str, Any]

# The header in the words of the form (annex 3, step 6). What identifies the person cannot change here.
HEADER = {
    "name": "姓名",
    "id_kind": "证件类型",
    "gender": "性别",
    "ethnicity": "民族",
    "employer": "单位名称",
    "nature": "单位性质",
    "target_title": "拟申报职称",
    "phone": "联系电话",
    "education": "最高学历",
    "title_series": "申报大类",
    "specialty": "子专业名称",
    "region": "行政区划名称",
    "region_anchor": "行政区划依据",
    "remark": "备注",
    "span_exception": "跨度例外",
}
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


def compare(before: Filed, after: Filed, policy: rules.Policy, *, since: int) -> Comparison:
    """Compares two frozen revisions; `since` is the number of the earlier one.

    Nothing is left out: every field of header, activity and evidence that a reviewer reads is compared.
    """
    words = _Words(policy)
    old = {year["year"]: year for year in before["years"]}
    new = {year["year"]: year for year in after["years"]}
    years = {}
    for number, year in new.items():
        says = ("新增本年度",) if number not in old else tuple(_year(words, old[number], year))
        if says:
            years[number] = says
    header = list(_header(words, before["header"], after["header"]))
    if before["evidence_note"] != after["evidence_note"]:
        header.append(_changed("材料不全的说明", before["evidence_note"], after["evidence_note"]))
    return Comparison(since, tuple(header), years, tuple(year for year in old if year not in new))


class _Words:
    """Names of a policy's keys."""

    def __init__(self, policy: rules.Policy) -> None:
        self.unit = policy.hours.word
        self.categories = {category.key: category.name for category in policy.categories}
        self.forms = {form.key: form.short for form in policy.forms}
        self.kinds = {kind.key: kind.name for kind in policy.kinds}
        self.documents = {document.key: document.name for document in policy.documents}
        self.exceptions = {exception.key: exception.name for exception in policy.span.exceptions}
        self.facts = {kind.key: {fact.key: fact for fact in kind.facts} for kind in policy.kinds}

    def header(self, key: str, value: str) -> str:
        return self.exceptions.get(value, value) if key == "span_exception" else value


def _header(words: _Words, before: Filed, after: Filed) -> Iterator[str]:
    for key, label in HEADER.items():
        old, new = before.get(key, ""), after.get(key, "")
        if old != new:
            yield _changed(label, words.header(key, old), words.header(key, new))


def _year(words: _Words, before: Filed, after: Filed) -> Iterator[str]:
    for category, name in words.categories.items():
        yield from _activities(
            words,
            name,
            [each for each in before["activities"] if each["category"] == category],
            [each for each in after["activities"] if each["category"] == category],
        )
    yield from _papers(words, before["evidence"], after["evidence"])


def _activities(
    words: _Words, category: str, before: Sequence[Filed], after: Sequence[Filed]
) -> Iterator[str]:
    """Activities carry no number of their own: the same title is the same activity, then the same place."""
    pairs, gone, added = _matched(before, after, lambda each: each["title"])
    for old, new in [*pairs, *zip(gone, added, strict=False)]:
        yield from _activity(words, category, old, new)
    both = min(len(gone), len(added))
    for new in added[both:]:
        yield f"{category}新增「{new['title']}」，{new['claimed']} {words.unit}"
    for old in gone[both:]:
        yield f"{category}删去「{old['title']}」，{old['claimed']} {words.unit}"


def _activity(words: _Words, category: str, old: Filed, new: Filed) -> Iterator[str]:
    if old["title"] != new["title"]:
        yield _changed(f"{category}名称", old["title"], new["title"])
    name = f"{category}「{new['title']}」"
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
        one, other = _text(fact, old["facts"].get(key)), _text(fact, new["facts"].get(key))
        if one != other:
            yield _changed(f"{name}{fact.name if fact else key}", one, other)


def _papers(words: _Words, before: Sequence[Filed], after: Sequence[Filed]) -> Iterator[str]:
    """A file that keeps its number is the same file; of the others, one of a kind replaces one of the kind."""
    same, gone, added = _matched(before, after, lambda paper: paper["sha256"])
    for old, new in same:
        if old["kind"] != new["kind"]:
            yield _changed(f"材料「{new['filename']}」种类", _kind(words, old), _kind(words, new))
        if old["stamped"] != new["stamped"]:
            yield f"材料「{new['filename']}」改为{'已盖章' if new['stamped'] else '未盖章'}"
    replaced, gone, added = _matched(gone, added, lambda paper: paper["kind"])
    for old, new in replaced:
        yield f"更换{_kind(words, new)}：「{old['filename']}」改为「{new['filename']}」"
    for new in added:
        yield f"补充{_kind(words, new)}「{new['filename']}」"
    for old in gone:
        yield f"删去{_kind(words, old)}「{old['filename']}」"


def _matched(
    before: Iterable[Filed], after: Iterable[Filed], key: Any
) -> tuple[list[tuple[Filed, Filed]], list[Filed], list[Filed]]:
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


def _kind(words: _Words, paper: Filed) -> str:
    return words.documents.get(paper["kind"], str(paper["kind"]))


def _number(activity: Filed) -> str:
    recognised = activity.get("recognised")
    return str(recognised["number"]) if recognised else ""


def _text(fact: rules.Fact | None, value: Any) -> str:
    """A fact as it is read on the page: choices by name, lists joined."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_text(fact, each) for each in value)
    named = {choice.key: choice.name for choice in fact.choices} if fact else {}
    return "" if value is None else named.get(str(value), str(value))


def _changed(label: str, before: str, after: str) -> str:
    return f"{label}：{before or EMPTY} → {after or EMPTY}"
