"""批量核验 by Excel: a bounded reader, one question to the database, and answers that are text in every cell."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cehours.lib import clock, visible
from cehours.lib.fence import Broken, Fence
from cehours.lib.half_width import half_width
from cehours.lib.refusal import Refusal
from cehours.lib.workbooks import write_table
from certificates import queries
from certificates.models import CertificateState
from certificates.queries import Verified

MOST_ROWS = 5000
MOST_BYTES = 5 * 1024 * 1024
MOST_INFLATED = 20 * 1024 * 1024
HIGHEST_RATIO = 100
COLUMNS = ("登记证书编号", "姓名")
WIDTHS = (18, 14, 12, 14, 28, 14, 14, 48)
RESULTS = ("核验结果", "年度", "出具单位", "出具日期", "失效日期", "说明")
UNKNOWN = "未查到"
UNKNOWN_SAYS = "编号与姓名不相符，或者没有这份认定单，请对照原件核对。"
NOT_XLSX = "不是可以读取的 Excel 文件（.xlsx），请使用下载的模板填写后上传。"
TOO_LARGE = f"文件过大，请只保留两列，每次不超过 {MOST_ROWS} 行。"
READER = Fence("certificates.verification.list_parsing", cpu=10, wall=15, parallel=1)


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
    """The (number, name) rows of an uploaded workbook, blank ones left out. Raises Refusal."""
    _refuse_bombs(content)
    try:
        _, found = READER.run("rows", content, rows=MOST_ROWS + 2, columns=len(COLUMNS))
    except Broken as error:  # a parser may stumble over foreign bytes in any way
        raise Refusal(NOT_XLSX) from error
    rows: list[list[str]] = json.loads(found)
    if not rows or tuple(rows[0]) != COLUMNS:
        raise Refusal(f"第一行应为“{COLUMNS[0]}”“{COLUMNS[1]}”两列，请使用下载的模板填写。")
    pairs = [(row[0], row[1] if len(row) > 1 else "") for row in rows[1:] if row]
    pairs = [pair for pair in pairs if any(pair)]
    if not pairs:
        raise Refusal("表格中没有要核验的行，请填写后上传。")
    if len(rows) > MOST_ROWS + 1:
        raise Refusal(f"每次最多核验 {MOST_ROWS} 行，请分成几个文件上传。")
    return pairs


def _refuse_bombs(content: bytes) -> None:
    if len(content) > MOST_BYTES:
        raise Refusal(TOO_LARGE)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise Refusal(NOT_XLSX) from error
    inflated = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts) or 1
    if len(parts) > 200 or inflated > MOST_INFLATED or inflated / packed > HIGHEST_RATIO:
        raise Refusal(TOO_LARGE)


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
