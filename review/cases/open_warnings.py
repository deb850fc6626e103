"""What still speaks against an approval: it may be passed over, with a sentence that the next hop reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from applications.filed.snapshot import Filed
from cehours.lib import visible
from organizations.acting.errors import NotAllowed
from review.cases.assessing import YearMark

SHORTEST_REASON = 5
ASKED = "审核通过须在意见中写明理由（不少于 {least} 个字），后面的审核单位会看到：{what}。"


def is_a_reason(text: str) -> bool:
    """Whether a text says enough to be of use to whoever reads it."""
    return len(visible.shown(text)) >= SHORTEST_REASON


def of(filed: Filed, marks: Mapping[int, YearMark]) -> list[str]:
    """Missing papers, hours claimed above the rules (A67), and years this reviewer marks 不规范; each in words."""
    return list(_open(filed, marks))


def _open(filed: Filed, marks: Mapping[int, YearMark]) -> Iterator[str]:
    for row in filed.years:
        year: int = row["year"]
        titles = dict.fromkeys(gap["title"] for gap in row["gaps"])
        if titles:
            yield f"{year} 年{'、'.join(f'“{title}”' for title in titles)}材料不全"
        for says in row["over_claimed"]:
            yield f"{year} 年 {says}"
        if year in marks and not marks[year].in_order:
            yield f"{year} 年标为不规范"


def must_be_explained(filed: Filed, marks: Mapping[int, YearMark], opinion: str) -> None:
    """Raises NotAllowed when an approval passes over open warnings without a word."""
    found = of(filed, marks)
    if found and not is_a_reason(opinion):
        raise NotAllowed(ASKED.format(least=SHORTEST_REASON, what="；".join(found)), field="opinion")
