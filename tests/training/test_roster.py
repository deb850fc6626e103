"""Pasted rosters: what a line says besides name and number is no part of the name, and doubt is told."""

from __future__ import annotations

from datetime import date

import pytest

from cehours.lib.idnumbers import make_resident_id
from cehours.lib.lists import BadLines
from training.plans import roster

NUMBER, OTHER = (make_resident_id("430105", date(1991, 4, 5), place) for place in (301, 302))

LINES = {
    "name and number": f"柏一禾 {NUMBER}",
    "a serial number in front": f"1\t柏一禾\t{NUMBER}",
    "a serial number with a dot": f"12. 柏一禾 {NUMBER}",
    "a serial number stuck to the name": f"3、柏一禾，{NUMBER}",
    "the short word for the card": f"柏一禾\t身份证\t{NUMBER}",
    "everything a personnel list has": f"7\t柏一禾\t女\t汉族\t35\t湘南省第九人民医院\t{NUMBER}\t13800138000",
    "the number first": f"{NUMBER} 柏一禾",
    "a name with a blank": f"柏 一禾 {NUMBER}",
    "a name with a wide blank in a cell": f"柏　一禾\t{NUMBER}",
    "a colon after the card's name": f"柏一禾 身份证：{NUMBER}",
    "an apostrophe": f"柏一禾\t'{NUMBER}",
    "full width": f"柏一禾\t{NUMBER.translate({code: code + 0xFEE0 for code in range(48, 58)})}",
    "headings divided by blanks": f"序号 姓名 身份证号\n1 柏一禾 {NUMBER}",
    "headings of a spreadsheet": f"身份证号\t单位\t姓名\n{NUMBER}\t某医院\t柏一禾",
    "twice the same": f"柏一禾 {NUMBER}\n柏一禾 {NUMBER}",
}


@pytest.mark.parametrize("pasted", LINES.values(), ids=LINES.keys())
def test_a_line_gives_the_name_and_the_number_alone(pasted: str) -> None:
    assert roster.read(pasted) == [roster.Named("柏一禾", "resident", NUMBER)]


@pytest.mark.parametrize(
    ("pasted", "name"),
    [
        (f"欧阳 娜娜 {NUMBER}", "欧阳娜娜"),
        (f"Mary Ann Smith {NUMBER}", "Mary Ann Smith"),
        (f"阿依古丽•买买提 {NUMBER}", "阿依古丽•买买提"),
        (f"张院 {NUMBER}", "张院"),
        (f"1 男 {NUMBER}", "男"),
    ],
)
def test_a_name_stays_whole(pasted: str, name: str) -> None:
    assert [each.name for each in roster.read(pasted)] == [name]


UNCLEAR = {
    "two that could be names": (f"柏一禾 主管护师 {NUMBER}", "看不出哪一个是姓名（柏一禾、主管护师）"),
    "two numbers": (f"柏一禾 {NUMBER} {OTHER}", "有两个证件号码"),
    "shortened by a spreadsheet": ("柏一禾\t4.30105E+17", "Excel 的科学计数法"),
    "rounded by a spreadsheet": (f"柏一禾\t{NUMBER[:15]}000", "末三位为 000，像是 Excel"),
    "no name": (f"1 {NUMBER}", "缺少姓名"),
    "no number": ("1 柏一禾 女", "应为“姓名 证件号码”"),
    "one number, two people": (f"柏一禾 {NUMBER}\n柏二 {NUMBER}", "与“柏一禾”的相同，姓名却是“柏二”"),
    "a kind nobody knows": (f"姓名\t证件类型\t证件号码\n柏一禾\t军官证\t{NUMBER}", "证件类型“军官证”"),
    "a cell without a number": ("姓名\t证件号码\n柏一禾\t", "缺少证件号码"),
}


@pytest.mark.parametrize(("pasted", "says"), UNCLEAR.values(), ids=UNCLEAR.keys())
def test_what_is_unclear_is_asked_for_and_not_guessed(pasted: str, says: str) -> None:
    with pytest.raises(BadLines, match=says):
        roster.read(pasted)


def test_what_is_written_is_read_as_the_same_people() -> None:
    people = roster.read(f"买买提·艾力，护照，E1234567\nMary Ann Smith {NUMBER}\n柏二 {OTHER}")
    assert len(people) == 3
    assert roster.read(roster.written(people)) == people
    assert roster.digest(people) != roster.digest(people[:2])
