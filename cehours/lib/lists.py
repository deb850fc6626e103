"""Lists that clerks bring: a workbook, a CSV file or pasted cells, read by the words of its header row.

The caller declares its columns; they are found in any order, with others between, below titles and notes. What is no
line of the list (empty rows, sums, a header repeated on each page) is left out. Workbooks are parsed behind the fence.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cehours.lib import list_kinds
from cehours.lib.fence import Broken, Fence
from cehours.lib.refusal import Refusal

LOOKED_AT = 10  # rows in which the header is looked for, empty ones aside
MOST_COLUMNS = 60
SEPARATORS = "\t,;，|"
MOST_BYTES = 5 * 1024 * 1024
MOST_INFLATED = 20 * 1024 * 1024
HIGHEST_RATIO = 100
MOST_FAULTS_SAID = 10
READER = Fence("cehours.lib.list_parsing", cpu=10, wall=15, parallel=1)

TOO_LARGE = "文件过大。请把名单中有内容的部分复制到一个新的 Excel 文件里，再上传。"
EMPTY = "名单中没有内容，请填写后再上传。"
BY_HABIT = (
    "“{cell}”是 Excel 的科学计数法，后面几位数字已经丢失。"
    "请把该列的单元格格式设为“文本”，重新输入完整号码（不能只改格式）。"
)

Cells = Sequence[str]
Rows = Sequence[tuple[int, Cells]]


@dataclass(frozen=True)
class Column:
    """A column of a list. `words`: what its heading may be, the one that people are told first."""

    key: str
    words: tuple[str, ...]
    required: bool = True


@dataclass(frozen=True)
class Row:
    """One line of a list: `place` is its row in the file from 1, `cells` holds a text for every column's key.

    `ragged`: the line has more or fewer cells than the header, as a comma too many makes in a CSV file. `line` is the
    whole line as it stands in the file, also what nobody declared.
    """

    place: int
    cells: Mapping[str, str]
    ragged: bool = False
    line: Cells = ()


@dataclass(frozen=True)
class Table:
    """A list as it was read; `headings` are the file's own words by key, `sheet` is a workbook's sheet or "".

    `head` is the header row as it stands in the file, the lower one where it takes two.
    """

    headings: Mapping[str, str]
    rows: tuple[Row, ...]
    sheet: str = ""
    head: Cells = ()


class BadLines(Refusal):
    """The list is not taken; `faults`: (row in the file, sentence) for everything that is wrong with it."""

    def __init__(self, faults: Iterable[tuple[int, str]]) -> None:
        self.faults = tuple(faults)
        said = "；".join(f"第 {place} 行：{says}" for place, says in self.faults[:MOST_FAULTS_SAID])
        more = len(self.faults) - MOST_FAULTS_SAID
        super().__init__(f"{said}；另有 {more} 行有误。" if more > 0 else said)


def read(content: bytes, columns: Sequence[Column], *, most_rows: int, most_bytes: int = MOST_BYTES) -> Table:
    """The list in an uploaded file. Raises Refusal, BadLines where single rows are damaged."""
    if len(content) > most_bytes:
        raise Refusal(TOO_LARGE)
    if list_kinds.is_workbook(content):
        return _chosen(_sheets(content, most_rows), columns, most_rows)
    return _of_text(list_kinds.decoded(content), columns, most_rows)


def read_text(text: str, columns: Sequence[Column], *, most_rows: int) -> Table | None:
    """The list in pasted cells; None where no row names the columns. Raises Refusal, BadLines."""
    try:
        return _of_text(text, columns, most_rows)
    except NoHeader:
        return None


def tidy(cell: str) -> str:
    """A cell without what spreadsheets put around it: blanks, the apostrophe of a text, ="…", a text's ".0"."""
    text = cell.strip().strip("\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff").strip()
    if match := re.fullmatch(r'="(.*)"', text):
        text = match[1].strip()
    text = re.sub(r"^['’‘`＇](?=[0-9A-Za-z])", "", text)
    return re.sub(r"^([0-9]{6,})\.0+$", r"\1", text)


def damage(cell: str) -> str:
    """What is to be said of a number that a spreadsheet has shortened; "" of every other text."""
    return BY_HABIT.format(cell=cell) if re.fullmatch(r"[0-9](\.[0-9]+)?[Ee]\+[0-9]{2,3}", cell) else ""


class NoHeader(Refusal):
    """No row of the list names all columns."""


def _sheets(content: bytes, most_rows: int) -> list[tuple[str, Rows]]:
    _refuse_bombs(content)
    most = (
        2 * most_rows + LOOKED_AT
    )  # rows in which something stands, though perhaps nothing that is asked for
    try:
        _, found = READER.run("sheets", content, rows=most, columns=MOST_COLUMNS)
    except Broken as error:  # a parser may stumble over foreign bytes in any way
        raise Refusal(list_kinds.NOT_READ) from error
    sheets: list[tuple[str, Rows]] = json.loads(found)
    if any(len(rows) >= most for _, rows in sheets):
        raise Refusal(_too_many(most_rows))
    return sheets


def _refuse_bombs(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
    inflated = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts) or 1
    if len(parts) > 200 or inflated > MOST_INFLATED or inflated / packed > HIGHEST_RATIO:
        raise Refusal(TOO_LARGE)


def _chosen(sheets: list[tuple[str, Rows]], columns: Sequence[Column], most_rows: int) -> Table:
    """The list of the sheet that was open, else of the only other one that holds one."""
    tables, missing = [], []
    for number, (name, rows) in enumerate(sheets):
        try:
            table = _table(rows, columns, most_rows, name)
        except NoHeader as refusal:
            missing.append(refusal)
            continue
        if table.rows and number == 0:
            return table
        tables.append(table)
    filled = [table for table in tables if table.rows]
    if len(filled) > 1:
        names = "、".join(f"“{table.sheet}”" for table in filled)
        raise Refusal(f"工作表{names}中都有名单，请打开要用的那一张，保存后再上传。")
    if filled:
        return filled[0]
    raise Refusal(EMPTY) if tables or not missing else missing[0]


def _of_text(text: str, columns: Sequence[Column], most_rows: int) -> Table:
    """By the first separator that makes the words of the header come out."""
    missing = []
    for separator in [each for each in SEPARATORS if each in text] or SEPARATORS[:1]:
        try:
            return _table(_split(text, separator), columns, most_rows, "", of_text=True)
        except NoHeader as refusal:
            missing.append(refusal)
    raise min(missing, key=lambda refusal: len(refusal.says))  # the one that misses the fewest columns


def _split(text: str, separator: str) -> Rows:
    lines = io.StringIO(text, newline="")
    if text.count('"') % 2:  # a quote that nothing closes would swallow all lines after it
        reader = csv.reader(lines, delimiter=separator, quoting=csv.QUOTE_NONE)
    else:
        reader = csv.reader(lines, delimiter=separator)
    try:
        rows = [(reader.line_num, cells) for cells in reader]
    except csv.Error as error:
        raise Refusal("文件的内容不是表格，请另存为“Excel 工作簿（.xlsx）”再上传。") from error
    return [(place, cells) for place, cells in rows if any(cell.strip() for cell in cells)]


def _table(
    rows: Rows, columns: Sequence[Column], most_rows: int, sheet: str, *, of_text: bool = False
) -> Table:
    first, found = _header(rows, columns)
    head = rows[first - 1][1]
    named = {key: head[at].strip() if at < len(head) else "" for key, at in found.items()}
    taken: list[Row] = []
    faults: list[tuple[int, str]] = []
    for place, cells in rows[first:]:
        texts = {key: tidy(cells[at]) if at < len(cells) else "" for key, at in found.items()}
        repeated = all(_word(text) == _word(named[key]) for key, text in texts.items())
        if not any(texts.values()) or repeated or _is_sum(cells, texts, columns):
            continue
        faults += [(place, says) for text in texts.values() if (says := damage(text))]
        blank = {column.key: "" for column in columns if column.key not in found}
        ragged = of_text and len(cells) != len(head)
        taken.append(Row(place, {**texts, **blank}, ragged, tuple(cells)))
        if len(taken) > most_rows:
            raise Refusal(_too_many(most_rows))
    if faults:
        raise BadLines(faults)
    headings = {each.key: named.get(each.key) or each.words[0] for each in columns}
    return Table(headings, tuple(taken), sheet, tuple(head))


def _too_many(most_rows: int) -> str:
    return f"名单超过 {most_rows} 行，请分成几份，每份不超过 {most_rows} 行。"


def _header(rows: Rows, columns: Sequence[Column]) -> tuple[int, dict[str, int]]:
    """Where the list's first line is among `rows`, and the place of each column found. Raises NoHeader."""
    best: set[str] = set()
    needed = {column.key for column in columns if column.required}
    looked_at = [cells for _, cells in rows[: LOOKED_AT + 1]]
    for number, cells in enumerate(looked_at[:LOOKED_AT]):
        for height, labels in enumerate(_labels(cells, looked_at[number + 1 : number + 2]), start=1):
            found = _columns_in(labels, columns)
            if needed <= found.keys():
                return number + height, {key: _only(key, places, columns) for key, places in found.items()}
            best = max(best, needed & found.keys(), key=len)
    absent = [column.words[0] for column in columns if column.key in needed - best]
    raise NoHeader(
        f"前 {LOOKED_AT} 行中没有找到列名{'、'.join(f'“{word}”' for word in absent)}，"
        "请在名单上方写一行列名："
        f"{'、'.join(column.words[0] for column in columns if column.required)}。"
    )


def _labels(cells: Cells, below: list[Cells]) -> Iterable[list[set[str]]]:
    """What each column may be called: by a row alone; by it and the next, where a heading takes two rows."""
    yield [{_word(cell)} for cell in cells]
    for lower in below:
        both, over = [], ""
        for at in range(max(len(cells), len(lower))):
            upper = _word(cells[at]) if at < len(cells) else ""
            over = upper or over  # a merged cell stands in its first column only
            under = _word(lower[at]) if at < len(lower) else ""
            both.append({upper, under, over + under})
        if any(_word(cell) for cell in cells):
            yield both


def _columns_in(labels: list[set[str]], columns: Sequence[Column]) -> dict[str, list[int]]:
    """The places at which each column may stand: those with the first of its words that occurs at all."""
    found = {}
    for column in columns:
        for word in map(_word, column.words):
            places = [at for at, label in enumerate(labels) if word in label]
            if places:
                found[column.key] = places
                break
    return found


def _only(key: str, places: list[int], columns: Sequence[Column]) -> int:
    if len(places) > 1:
        word = next(column.words[0] for column in columns if column.key == key)
        raise Refusal(
            f"有 {len(places)} 列都叫“{word}”，分不清用哪一列，请只留一列，或把并排的名单接成一列。"
        )
    return places[0]


def _word(cell: str) -> str:
    """A heading as it is compared: without blanks, line breaks, stars and what stands in brackets."""
    text = re.sub(r"\(.*?\)|\[.*?\]", "", unicodedata.normalize("NFKC", cell).lower())
    return "".join(each for each in text if each.isalnum() or each == "_")


_SUM = re.compile(r"(合计|总计|小计|共计)[:： ]?.*|共 ?[0-9]+ ?[人行条份名]")
_NOTE = re.compile(r"(注|备注|说明|填表|制表|审核|经办|负责|联系|单位|日期).*")


def _is_sum(cells: Cells, texts: Mapping[str, str], columns: Sequence[Column]) -> bool:
    """Whether a row is no line of the list but a sum or a note below it."""
    first = next(cell.strip() for cell in cells if cell.strip())
    if _SUM.fullmatch(first):
        return True
    held = [texts[column.key] for column in columns if column.required and texts[column.key]]
    return held in ([], [first]) and _NOTE.fullmatch(first) is not None
