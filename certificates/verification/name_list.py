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
WIDTH = 18
RESULTS = ("核验结果", "年度", "出具单位", "出具日期", "失效日期", "说明")
# What the paper that the body holds says besides, to compare with what was handed in; and whether it is enough.
OF_THE_PAPER = ("认定单上的专业", "认定单上的级别", "认定单上的学历")
COVERED = "所需年度"
UNKNOWN = "未查到"
UNKNOWN_SAYS = "编号与姓名不相符，或者没有这份认定单，请对照原件核对。"
WIDTHS = dict(zip((*RESULTS, *OF_THE_PAPER, COVERED), (12, 14, 28, 14, 14, 48, 18, 18, 14, 24), strict=True))
NOT_ASKED = "未核验"
NOT_ASKED_SAYS = "这一行缺少{}，请补上后再核验。"


@dataclass(frozen=True)
class Result:
    """One row's answer in words. Unknown numbers and wrong names look the same.

    `specialty`, `title` and `education` are what the paper says; `span` the years it covers, None where it is unknown.
    """

    state: str
    years: str = ""
    issuer: str = ""
    issued_on: str = ""
    ended_on: str = ""
    says: str = UNKNOWN_SAYS
    specialty: str = ""
    title: str = ""
    education: str = ""
    span: range | None = None

    def to_program(self) -> dict[str, str]:
        """What the interface answers (docs/verification-api.md)."""
        return {
            name: getattr(self, name)
            for name in ("state", "years", "issuer", "issued_on", "ended_on", "says")
        }

    def covers(self, wanted: range) -> str:
        """Whether the paper can be used for all of the years `wanted`, and which it lacks."""
        if self.span is None or not wanted:
            return ""
        if self.state != CertificateState.READY.label:
            return f"不能使用（{self.state}）"
        lacking = [str(year) for year in wanted if year not in self.span]
        return f"缺 {'、'.join(lacking)} 年" if lacking else "已覆盖"


def verify(pairs: Sequence[tuple[str, str]]) -> list[Result]:
    """The answers to (number, name) pairs, in their order."""
    cleaned = [(_plain(number), name.strip()) for number, name in pairs]
    return [
        _blank(pair) or _result(found)
        for pair, found in zip(cleaned, queries.verify_all(cleaned), strict=True)
    ]


def _blank(pair: tuple[str, str]) -> Result | None:
    """What is said of a row that asks nothing, because half of the question is missing."""
    missing = [word for word, text in zip(COLUMNS, pair, strict=True) if not text]
    return Result(NOT_ASKED, says=NOT_ASKED_SAYS.format("、".join(missing))) if missing else None


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
        specialty=sheet.specialty,
        title=sheet.target_title,
        education=sheet.education,
        span=range(first, last + 1),
    )


def read_table(content: bytes) -> lists.Table:
    """An uploaded list, blank rows left out, with all its columns. Raises Refusal."""
    table = lists.read(content, _ASKED, most_rows=MOST_ROWS)
    if not table.rows:
        raise Refusal("表格中没有要核验的行，请填写后上传。")
    return table


def read(content: bytes) -> list[tuple[str, str]]:
    """What an uploaded list asks. Raises Refusal."""
    return pairs(read_table(content))


def pairs(table: lists.Table) -> list[tuple[str, str]]:
    """What a list asks: (number, name) of each row."""
    return [(row.cells["number"][:LONGEST], row.cells["name"][:LONGEST]) for row in table.rows]


def template() -> bytes:
    """The workbook to fill in."""
    return _written([], COLUMNS, [WIDTH] * len(COLUMNS))


def written(table: lists.Table, results: Iterable[Result], wanted: range = range(0)) -> bytes:
    """The list as it was brought, all columns kept, with the answers beside it.

    `wanted`: the years that are needed; where there are none, nothing is said of them. Answers of an earlier time, in
    a list that is brought again, make way for the new ones.
    """
    ours = (*RESULTS, *OF_THE_PAPER, *((COVERED,) if wanted else ()))
    broad = max(len(table.head), *(len(row.line) for row in table.rows))
    head = [*table.head, *[""] * (broad - len(table.head))]
    kept = [at for at, word in enumerate(head) if word.strip() not in (*RESULTS, *OF_THE_PAPER, COVERED)]
    rows = []
    for row, result in zip(table.rows, results, strict=True):
        said = (result.state, result.years, result.issuer, result.issued_on, result.ended_on, result.says)
        paper = (result.specialty, result.title, result.education)
        own = [row.line[at] if at < len(row.line) else "" for at in kept]
        rows.append((*own, *said, *paper, *((result.covers(wanted),) if wanted else ())))
    widths = [*(WIDTH for _ in kept), *(WIDTHS[word] for word in ours)]
    return _written(rows, [*(head[at] for at in kept), *ours], widths)


def _written(rows: Sequence[Sequence[str]], headings: Sequence[str], widths: Sequence[int]) -> bytes:
    out = io.BytesIO()
    write_table(out, title="认定单核验", headings=headings, rows=rows, widths=widths, to_fill_in=True)
    return out.getvalue()
