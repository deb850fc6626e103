"""Lists as clerks write them: read by the words of their header, or refused by their name with what to click."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, time
from typing import Any

import openpyxl
import pytest

from cehours.lib import lists
from cehours.lib.lists import BadLines, Column, Table
from cehours.lib.refusal import Refusal

COLUMNS = (
    Column("name", ("姓名", "申报人姓名")),
    Column("number", ("证件号码", "身份证号", "号码")),
    Column("kind", ("证件类型",), required=False),
)
PEOPLE = [("柏一禾", "430105199104053018"), ("柏二", "430105199104053026")]
HEAD = ("姓名", "证件号码")


def book(*rows: Sequence[Any], prepare: Callable[[openpyxl.Workbook], None] | None = None) -> bytes:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(list(row))
    if prepare:
        prepare(made)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def table(content: bytes, most_rows: int = 100) -> Table:
    return lists.read(content, COLUMNS, most_rows=most_rows)


def people(content: bytes) -> list[tuple[str, str]]:
    return [(row.cells["name"], row.cells["number"]) for row in table(content).rows]


def merged_title(made: openpyxl.Workbook) -> None:
    made.active.merge_cells("A1:C1")


LAYOUTS = {
    "the header alone": [HEAD, *PEOPLE],
    "a title and a note above": [("参训人员名单",), (), ("填表单位：某医院", "", "2026年3月"), HEAD, *PEOPLE],
    "columns turned round with others between": [
        ("序号", "身份证号", "科室", "姓 名"),
        *[(place, number, "内科", name) for place, (name, number) in enumerate(PEOPLE, 1)],
    ],
    "line breaks, stars, brackets, full width": [("＊姓\n名", "证件\n号码（18 位）："), *PEOPLE],
    "two header rows, merged": [
        ("姓名", "证件", "", "单位"),
        ("", "类型", "号码", "名称"),
        *[(name, "居民身份证", number, "某医院") for name, number in PEOPLE],
    ],
    "a heading of groups above": [("人员信息", "", "其他"), (*HEAD, "备注"), *[(*each, "") for each in PEOPLE]],
    "a sum and signatures below": [HEAD, *PEOPLE, ("合计", "2 人"), (), ("制表人：某某",), ("备注：无",)],
    "the header again on each page": [HEAD, PEOPLE[0], HEAD, PEOPLE[1]],
    "serial numbers filled in beforehand": [
        ("序号", *HEAD), (1, *PEOPLE[0]), (2, *PEOPLE[1]), (3, "", ""), (4, "", ""),
    ],
    "apostrophes and blanks": [HEAD, *[(f" {name}\u3000", f"'{number} ") for name, number in PEOPLE]],
}  # fmt: skip


@pytest.mark.parametrize("rows", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_a_list_is_read_whatever_stands_around_it(rows: list[Sequence[Any]]) -> None:
    assert people(book(*rows)) == PEOPLE


def test_the_words_of_the_file_and_the_place_of_a_line_are_known() -> None:
    read = table(book(("名单",), (), ("身份证号", "姓名"), ("1", "甲"), (), ("2", "乙")))

    assert read.headings["number"] == "身份证号"
    assert [row.place for row in read.rows] == [4, 6]


def test_numbers_and_days_come_as_people_see_them() -> None:
    rows = [(2026000001.0, date(2026, 3, 1)), ("2026000001.0", time(9, 30))]
    read = table(book(("号码", "姓名"), *rows))

    assert [tuple(row.cells.values())[:2] for row in read.rows] == [
        ("2026-03-01", "2026000001"), ("09:30:00", "2026000001"),
    ]  # fmt: skip


def rewritten(content: bytes, *changes: tuple[str, str]) -> bytes:
    """The workbook with other words in all its parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(out, "w") as other:
        for part in archive.infolist():
            text = archive.read(part).decode()
            for old, new in changes:
                text = text.replace(old, new)
            other.writestr(part.filename, text)
    return out.getvalue()


def test_a_list_in_strict_open_xml_is_read() -> None:
    old, strict = "http://schemas.openxmlformats.org", "http://purl.oclc.org/ooxml"
    content = rewritten(
        book(HEAD, *PEOPLE),
        (f"{old}/spreadsheetml/2006/main", f"{strict}/spreadsheetml/main"),
        (f"{old}/officeDocument/2006/relationships", f"{strict}/officeDocument/relationships"),
    )
    assert b"schemas.openxmlformats.org/spreadsheetml" not in content
    assert people(content) == PEOPLE


def test_a_long_number_that_a_program_wrote_in_full_is_read() -> None:
    (name, number), _ = PEOPLE
    assert people(rewritten(book(HEAD, (name, 77)), ("<v>77</v>", f"<v>{number}</v>"))) == [(name, number)]


def second_sheet(made: openpyxl.Workbook) -> None:
    sheet = made.create_sheet("名单")
    for row in (HEAD, *PEOPLE):
        sheet.append(row)


def active_second(made: openpyxl.Workbook) -> None:
    second_sheet(made)
    made.active = made["名单"]


def hidden_first(made: openpyxl.Workbook) -> None:
    second_sheet(made)
    made["Sheet"].sheet_state = "hidden"


@pytest.mark.parametrize(
    ("first", "prepare"),
    [
        ([("填表说明",)], second_sheet),
        ([HEAD, ("旧", "1")], active_second),
        ([HEAD, ("旧", "1")], hidden_first),
    ],
    ids=["the other sheet holds no list", "the sheet that was open", "the only one to be seen"],
)
def test_the_sheet_people_see_is_read(
    first: list[Sequence[Any]], prepare: Callable[[openpyxl.Workbook], None]
) -> None:
    content = book(*first, prepare=prepare)
    assert people(content) == PEOPLE
    assert table(content).sheet == "名单"


def test_of_two_further_lists_none_is_taken_silently() -> None:
    def prepare(made: openpyxl.Workbook) -> None:
        second_sheet(made)
        made.copy_worksheet(made["名单"]).title = "名单二"

    with pytest.raises(Refusal, match="“名单”、“名单二”中都有名单"):
        table(book(("说明",), prepare=prepare))


def test_two_lists_side_by_side_are_not_read_by_half() -> None:
    with pytest.raises(Refusal, match="有 2 列都叫“姓名”"):
        table(book((*HEAD, *HEAD), (*PEOPLE[0], *PEOPLE[1])))


def test_a_column_that_is_missing_is_named() -> None:
    with pytest.raises(Refusal, match="没有找到列名“证件号码”"):
        table(book(("姓名", "电话"), ("柏二", "1")))


@pytest.mark.parametrize("number", [4.30105199104053e17, 430105199104053000, "4.30105E+17"])
def test_a_number_that_excel_has_shortened_is_refused_by_naming_its_habit(number: Any) -> None:
    with pytest.raises(BadLines, match=r"第 3 行：“4\.30105E\+17”是 Excel 的科学计数法") as refused:
        table(book(HEAD, PEOPLE[0], ("柏二", number)))
    assert [place for place, _ in refused.value.faults] == [3]


def test_rows_are_counted_by_what_stands_in_them() -> None:
    def bordered(made: openpyxl.Workbook) -> None:
        side = openpyxl.styles.Side(style="thin")
        for row in made.active.iter_rows(min_row=1, max_row=3000, max_col=2):
            for cell in row:
                cell.border = openpyxl.styles.Border(bottom=side)

    assert people(book(HEAD, *PEOPLE, prepare=bordered)) == PEOPLE
    with pytest.raises(Refusal, match="名单超过 100 行"):
        table(book(HEAD, *[PEOPLE[0]] * 101))
    with pytest.raises(Refusal, match="名单超过 100 行"):
        table(book(HEAD, *[PEOPLE[0]] * 500))


TEXT = "姓名,证件号码\n柏一禾,430105199104053018\n柏二,430105199104053026\n"
TEXTS = {
    "utf-8": TEXT.encode(),
    "with a byte order mark": TEXT.encode("utf-8-sig"),
    "gb 18030": TEXT.encode("gb18030"),
    "unicode text of excel": TEXT.replace(",", "\t").encode("utf-16"),
    "semicolons": TEXT.replace(",", ";").encode(),
    "full-width commas": TEXT.replace(",", "，").encode(),
    "carriage returns": TEXT.replace("\n", "\r\n").encode(),
    "numbers kept as text": TEXT.replace(",4", ',="4').replace("018\n", '018"\n').replace("026\n", '026"\n').encode(),
    "a title and empty lines": b"\xe5\x90\x8d\xe5\x8d\x95,,\n,,\n" + TEXT.encode() + b",,\n",
    "a quoted line break in the header": TEXT.replace("证件号码", '"证件\n号码"').encode(),
    "a quote that nothing closes": TEXT.replace("姓名,证件号码", '姓名,证件号码,"备注').encode(),
}  # fmt: skip


@pytest.mark.parametrize("content", TEXTS.values(), ids=TEXTS.keys())
def test_a_list_as_text_is_read_in_the_encodings_in_use(content: bytes) -> None:
    assert people(content) == PEOPLE


def test_rare_hanzi_come_through_both_encodings() -> None:
    for encoding in ("utf-8", "gb18030"):
        read = table("姓名,号码\n龙䶮𬱖,1\n".encode(encoding))
        assert read.rows[0].cells["name"] == "龙䶮𬱖"


def test_pasted_cells_without_a_header_are_no_table() -> None:
    assert lists.read_text("柏一禾\t430105199104053018", COLUMNS, most_rows=9) is None
    pasted = lists.read_text("身份证号\t姓名\n430105199104053018\t柏一禾", COLUMNS, most_rows=9)
    assert pasted is not None
    assert pasted.rows[0].cells == {"name": "柏一禾", "number": "430105199104053018", "kind": ""}


def test_a_line_that_lacks_something_is_no_note_below_the_list() -> None:
    read = table(book(("单位", *HEAD), ("单位医院", "柏一禾", ""), ("制表人", "", "")))
    assert [row.cells["name"] for row in read.rows] == ["柏一禾"]


def test_a_line_with_a_comma_too_many_says_so() -> None:
    read = table(f"{TEXT}丙,1,2\n".encode())
    assert [row.ragged for row in read.rows] == [False, False, True]


def package(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), part)
    return out.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
OTHERS = {
    "xls or et": (OLE + "Workbook".encode("utf-16-le"), "旧版 Excel（.xls）或 WPS 表格（.et）"),
    "a password": (OLE + "EncryptedPackage".encode("utf-16-le"), "设有打开密码"),
    "ods": (package(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), "OpenDocument 表格（.ods）"),
    "xlsb": (package(xl__workbook_dot_bin=b"x"), "二进制工作簿（.xlsb）"),
    "docx": (package(word__document_dot_xml=b"x"), "Word 文件"),
    "doc": (OLE + "WordDocument".encode("utf-16-le"), "Word 文件"),
    "numbers": (package(Index__Document_dot_iwa=b"x"), "Numbers"),
    "a web page named xls": ("<html><table><tr><td>姓名".encode(), "网页格式"),
    "pdf": (b"%PDF-1.7\n", "这是PDF"),
    "picture": (b"\x89PNG\r\n\x1a\n", "这是图片"),
    "no text": (bytes(range(256)), "不是表格文件"),
    "spoilt before": ("姓名,号码\n\ufffd\ufffd,1".encode(), "乱码"),
    "a broken package": (b"PK\x03\x04 broken", "不是可以读取的 Excel 文件"),
    "an empty package": (package(), "不是可以读取的 Excel 文件"),
    "nothing": (b"", "没有找到列名"),
}


@pytest.mark.parametrize(("content", "says"), OTHERS.values(), ids=OTHERS.keys())
def test_what_is_no_list_is_refused_by_its_name_with_what_to_do(content: bytes, says: str) -> None:
    with pytest.raises(Refusal, match=says) as refused:
        table(content)
    assert "请" in refused.value.says
