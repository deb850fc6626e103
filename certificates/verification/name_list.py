"""批量核验 by a list: one question to the database, and answers that are text in every cell."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cehours.lib import clock, lists, visible
from cehours.lib.half_width import half_width
from cehours.lib.lists import Column
from cehours.lib.refusal import Refusal
from cehours.lib.workbooks import write_table
from certificates import queries
from certificates.models import CertificateState
from certificates.queries import Verified

MOST_ROWS = 5000
LONGEST = 60  # characters that are compared and given back
COLUMNS = ("登记证书编号", "姓名")
_ASKED = (
    Column(
        "number",
        (
            COLUMNS[0],
            "学时登记证书编号",
            "继续教育登记证书编号",
            "证书编号",
            "认定单编号",
            "学时认定单编号",
            "证书号",
            "登记编号",
            "编号",
        ),
    ),
    Column("name", (COLUMNS[1], "申报人姓名", "持证人姓名", "人员姓名", "申报人", "名字")),
)
WIDTHS = (18, 14, 12, 14, 28, 14, 14, 48)
RESULTS = ("核验结果", "年度", "出具单位", "出具日期", "失效日期", "说明")
UNKNOWN = "未查到"
UNKNOWN_SAYS = "编号与姓名不相符，或者没有这份认定单，请对照原件核对。"


@dataclass(frozen=True)
class Result:
    """One row's answer in words. Unknown numbers and wrong names look the same."""

    state: str
    years: str = ""
    issuer: str = ""
    issued_on: str = ""
    ended_on: str = ""
    says: str = UNKNOWN_SAYS


def verify(pairs: Sequence[tuple[str, str]]) -> list[Result]:
    """The answers to (number, name) pairs, in their order."""
    cleaned = [(_plain(number), name.strip()) for number, name in pairs]
    return [_result(found) for found in queries.verify_all(cleaned)]


def _plain(number: str) -> str:
    return "".join(visible.shown(half_width(number)).split())


def _result(found: Verified | None) -> Result:
    if found is None:
        return Result(UNKNOWN)
    sheet = found.sheet
    says = ""
    if found.state == CertificateState.SUPERSEDED:
        says = f"已由编号 {found.successor} 的认定单替代。"
    elif found.state == CertificateState.REVOKED:
        says = found.ended_reason
    first, last = sheet.from_year, sheet.to_year
    return Result(
        state=str(CertificateState(found.state).label),
        years=str(first) if first == last else f"{first}—{last}",
        issuer=sheet.issuer,
        issued_on=sheet.issued_on.isoformat(),
        ended_on=clock.local(found.ended_at).date().isoformat() if found.ended_at else "",
        says=says,
    )


def read(content: bytes) -> list[tuple[str, str]]:
    """The (number, name) rows of an uploaded list, blank ones left out. Raises Refusal."""
    rows = lists.read(content, _ASKED, most_rows=MOST_ROWS).rows
    if not rows:
        raise Refusal("表格中没有要核验的行，请填写后上传。")
    return [(row.cells["number"][:LONGEST], row.cells["name"][:LONGEST]) for row in rows]


def template() -> bytes:
    """The workbook to fill in."""
    return _written([])


def written(pairs: Sequence[tuple[str, str]], results: Iterable[Result]) -> bytes:
    """The answers as a workbook, beside what was asked."""
    rows = [
        (*pair, row.state, row.years, row.issuer, row.issued_on, row.ended_on, row.says)
        for pair, row in zip(pairs, results, strict=True)
    ]
    return _written(rows, (*COLUMNS, *RESULTS))


def _written(rows: Sequence[Sequence[str]], headings: Sequence[str] = COLUMNS) -> bytes:
    out = io.BytesIO()
    write_table(
        out, title="认定单核验", headings=headings, rows=rows, widths=WIDTHS[: len(headings)], to_fill_in=True
    )
    return out.getvalue()
