"""A list of people, pasted or as a file: name and identity number of each, whatever else its lines hold."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from cehours.lib import lists
from cehours.lib.half_width import half_width
from cehours.lib.idnumbers import IdKind, validate
from cehours.lib.lists import BadLines, Column, Row
from cehours.lib.refusal import Refusal

MOST_LINES = 500
LONGEST_NAME = 60
KINDS = {kind.label: kind for kind in IdKind} | {
    "身份证": IdKind.RESIDENT,
    "二代身份证": IdKind.RESIDENT,
    "居住证": IdKind.RESIDENCE,
    "港澳通行证": IdKind.HK_MACAO,
    "回乡证": IdKind.HK_MACAO,
    "台胞证": IdKind.TAIWAN,
    "永久居留身份证": IdKind.PERMANENT,
}
COLUMNS = (
    Column("name", ("姓名", "人员姓名", "学员姓名", "参训人员姓名", "参训人员", "学员", "名字")),
    Column(
        "number",
        (
            "证件号码",
            "证件号",
            "身份证号码",
            "身份证号",
            "居民身份证号码",
            "公民身份号码",
            "身份证件号码",
            "身份证",
        ),
    ),
    Column("kind", ("证件类型", "证件种类", "证件名称"), required=False),
)
EXPECTED = "应为“姓名 证件号码”，中间用空格或逗号隔开。"
ROUNDED = "末三位为 000，像是 Excel 把号码当成数字改掉的：请把该列设为“文本”格式，再重新输入完整号码。"
_GAPS = re.compile(r"[\s,，、;；|:：]+")
_HANZI = "\u2e80-\U0003ffff"
_BETWEEN_HANZI = re.compile(rf"(?<=[{_HANZI}])\s+(?=[{_HANZI}])")
_SERIAL = re.compile(r"^[(（]?[0-9]{1,4}[)）.．、\s]\s*(?=\D)")
_NUMBER = re.compile(r"(?=(?:[^0-9]*[0-9]){5})[A-Za-z0-9()]{6,20}")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
# What stands beside a name in such lists and is none.
_ASIDE = re.compile(
    r"男|女|.{1,6}族|.{2,}(医院|公司|集团|学校|大学|学院|中学|小学|幼儿园|研究院|研究所|设计院|中心|协会|工厂|总厂|"
    r"银行|支行|分局|管理局|委员会|办公室|事务所|卫生院|服务站|工作站|分院|总队|支队|科室|门诊部|事业部|工程部)"
)
_TWO_SYLLABLES = re.compile(
    "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|宇文|长孙|司徒|司空|夏侯|端木|南宫|独孤|轩辕|钟离|闻人|澹台"
)


@dataclass(frozen=True)
class Named:
    """One person of the list; the number is valid and as it is stored."""

    name: str
    id_kind: str
    id_number: str

    @property
    def kind_label(self) -> str:
        return IdKind(self.id_kind).label


def read(text: str) -> list[Named]:
    """Everybody on a pasted list, once each. Raises BadLines naming every line that cannot be read, Refusal.

    Where no row names the columns, a line is 姓名, then the kind of document where it is no 居民身份证, then the
    number; a serial number, 男/女 and units beside the name are left out.
    """
    table = lists.read_text(text, COLUMNS, most_rows=MOST_LINES)
    if table is not None:
        return _people(table.rows)
    lines = [(place, line) for place, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if lines and _is_heading(lines[0][1]):
        lines = lines[1:]
    if len(lines) > MOST_LINES:
        raise BadLines([(lines[MOST_LINES][0], f"一次最多 {MOST_LINES} 人，请分几次加入。")])
    return _people(lines)


def read_file(content: bytes) -> list[Named]:
    """Everybody on an uploaded list (.xlsx or CSV with a header row), once each. Raises BadLines, Refusal."""
    return _people(lists.read(content, COLUMNS, most_rows=MOST_LINES).rows)


def written(people: Iterable[Named]) -> str:
    """The list as it is pasted: what `read` reads as the same people."""
    return "\n".join(f"{each.name}\t{each.kind_label}\t{each.id_number}" for each in people)


def digest(people: Iterable[Named]) -> str:
    """Stands for exactly these people, in this order: what was looked at is what is added."""
    return hashlib.sha256(written(people).encode()).hexdigest()


def _people(lines: Iterable[Row | tuple[int, str]]) -> list[Named]:
    people: dict[tuple[str, str], Named] = {}
    faults = []
    for each in lines:
        place = each.place if isinstance(each, Row) else each[0]
        try:
            named = _row(each) if isinstance(each, Row) else _line(each[1])
        except Refusal as refusal:
            faults.append((place, refusal.says))
            continue
        first = people.setdefault((named.id_kind, named.id_number), named)
        if first.name != named.name:
            faults.append((place, f"证件号码与“{first.name}”的相同，姓名却是“{named.name}”，请核对。"))
    if faults:
        raise BadLines(faults)
    return list(people.values())


def _row(row: Row) -> Named:
    kind = row.cells["kind"]
    if kind and kind not in KINDS:
        raise Refusal(f"证件类型“{kind}”不在可选范围内，应为{'、'.join(each.label for each in IdKind)}之一。")
    if not row.cells["number"]:
        raise Refusal("缺少证件号码，请补上。")
    id_kind = KINDS.get(kind, IdKind.RESIDENT)
    return Named(_name(row.cells["name"]), id_kind.value, _valid(id_kind, row.cells["number"]))


def _line(line: str) -> Named:
    """One line without headings; cells stay whole where tabs divide them, as a spreadsheet pastes them."""
    cells = [lists.tidy(cell) for cell in (line.split("\t") if "\t" in line else _GAPS.split(line))]
    cells = [cell for cell in cells if cell]
    for cell in cells:
        if says := lists.damage(cell):
            raise Refusal(says)
    numbers = [number for cell in cells if _NUMBER.fullmatch(number := _compact(cell))]
    kinds = [KINDS[cell] for cell in cells if cell in KINDS]
    if not numbers or len(cells) < 2:
        raise Refusal(EXPECTED)
    kind = kinds[0] if kinds else IdKind.RESIDENT
    words = [
        _SERIAL.sub("", cell)
        for cell in cells
        if cell not in KINDS and not _NUMBER.fullmatch(_compact(cell)) and any(map(str.isalpha, cell))
    ]
    name = _name(_only_name(words, whole="\t" in line))
    return Named(name, kind.value, _only_number(kind, numbers))


def _only_number(kind: IdKind, numbers: list[str]) -> str:
    """The identity number among the numbers of a line, telephone numbers aside."""
    numbers = [number for number in numbers if not _MOBILE.fullmatch(number)] or numbers
    valid = set()
    for number in numbers:
        try:
            valid.add(_valid(kind, number))
        except Refusal:
            if len(numbers) == 1:
                raise
    if not valid:
        return _valid(kind, max(numbers, key=len))
    if len(valid) > 1:
        raise Refusal("这一行有两个证件号码，请分成两行。")
    return valid.pop()


def _valid(kind: IdKind, number: str) -> str:
    try:
        return validate(kind, number)
    except Refusal as refusal:
        if re.fullmatch(r"[0-9]{15}000", number):  # a spreadsheet's numbers hold 15 digits
            raise Refusal(f"{refusal.says}{ROUNDED}") from refusal
        raise


def _only_name(words: list[str], *, whole: bool) -> str:
    """The name among the words of a line; `whole`: each word was a cell of its own."""
    words = [word for word in words if not _ASIDE.fullmatch(word)] or words
    if not whole and len(words) > 1:
        joined = "".join(words)
        if not re.search(rf"[{_HANZI}]", joined):
            return " ".join(words)
        if len(joined) <= 4 and (min(map(len, words)) == 1 or _TWO_SYLLABLES.fullmatch(words[0])):
            return joined
    if len(words) > 1:
        raise Refusal(
            f"看不出哪一个是姓名（{'、'.join(words)}），请只保留姓名和证件号码，或带上写着“姓名”“证件号码”的列名粘贴。"
        )
    return words[0] if words else ""


def _name(cell: str) -> str:
    name = _BETWEEN_HANZI.sub("", _SERIAL.sub("", cell)).strip()
    if not name:
        raise Refusal("缺少姓名，请写成“姓名 证件号码”。")
    if len(name) > LONGEST_NAME:
        raise Refusal(f"姓名最多 {LONGEST_NAME} 个字，请核对。")
    return name


def _is_heading(line: str) -> bool:
    return COLUMNS[0].words[0] in _GAPS.split(line) and not any(map(str.isdigit, line))


def _compact(cell: str) -> str:
    return "".join(half_width(cell).split())
