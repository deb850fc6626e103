"""A body's own table: it comes back whole, with what the papers say and whether they cover the years needed."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cehours.lib.workbooks import XLSX
from certificates.verification import name_list
from tests.certificates.approving import approved, certificates, printed, revoked
from tests.certificates.test_verify import name_on
from tests.certificates.test_verify_batch import PAGE, book, key, no_tries_so_far, table, words
from tests.world import World

__all__ = ["key", "no_tries_so_far"]  # fixtures
HEAD = ("序号", "姓名", "现单位", "编号", "申报专业")


def send(content: bytes, key: str, **typed: Any) -> Any:
    file = SimpleUploadedFile("评审名单.xlsx", content, XLSX)
    return Client().post(PAGE, {"key": key, "file": file, **typed})


def test_a_bodys_own_columns_come_back_as_they_were_with_the_answers_beside(world: World, key: str) -> None:
    paper = printed(approved(world))
    own = [
        ("某评委会评审名单",),
        HEAD,
        (1, name_on(paper), "第九医院", paper.number, "护理"),
        (2, "别人", "", "1", ""),
    ]

    head, first, second = table(send(book(own[1:], own[0]), key))

    assert head == (*HEAD, *name_list.RESULTS, *name_list.OF_THE_PAPER)
    assert first[:5] == ("1", name_on(paper), "第九医院", paper.number, "护理")
    assert (first[5], first[-3:]) == ("有效", ("建筑学", "副高级", "大学本科"))
    assert (second[:2], second[5]) == (("2", "别人"), "未查到")
    assert second[-3:] == ("", "", "")


def test_whether_the_years_needed_are_covered_is_said_of_each_row(world: World, key: str) -> None:
    paper = printed(approved(world))
    gone = printed(approved(world, by="other_applicant"))
    revoked(world, gone)
    gone = next(each for each in certificates() if each.pk == gone.pk)
    content = book([(paper.number, name_on(paper)), (gone.number, name_on(gone)), ("2099000001", "别人")])

    def said(first: str, last: str) -> list[str]:
        head, *lines = table(send(content, key, from_year=first, to_year=last))
        assert head[-1] == "所需年度"
        return [line[-1] for line in lines]

    assert said("2020", "2024") == ["已覆盖", "不能使用（已撤销）", ""]
    assert said("2019", "2025") == ["缺 2019、2025 年", "不能使用（已撤销）", ""]


def test_a_result_that_is_brought_again_is_answered_anew(world: World, key: str) -> None:
    paper = printed(approved(world))
    first = send(book([(1, name_on(paper), "", paper.number, "")], HEAD), key).content

    again = table(send(first, key))

    assert again == table_of(first)


def table_of(content: bytes) -> list[tuple[str, ...]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    return [tuple(str(value or "") for value in row) for row in sheet.iter_rows(values_only=True)]


def test_a_row_without_a_name_says_so_and_does_not_count_as_a_wrong_one(key: str) -> None:
    answer = send(book([("2026000001", ""), ("", "张三")]), key)

    _, nameless, numberless = table(answer)
    assert (nameless[2], nameless[7]) == ("未核验", "这一行缺少姓名，请补上后再核验。")
    assert (numberless[2], numberless[7]) == ("未核验", "这一行缺少登记证书编号，请补上后再核验。")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"from_year": "2024", "to_year": "2020"}, "结束年度不能早于起始年度"),
        ({"from_year": "2024"}, "起止年度请都填写"),
        ({"from_year": "24", "to_year": "2024"}, "年度应为四位数的年份"),
        ({"from_year": "二〇", "to_year": "2024"}, "年度应为四位数的年份"),
    ],
)
def test_wrong_years_are_said_and_nothing_typed_is_lost(key: str, typed: dict[str, str], says: str) -> None:
    answer = send(book([("2026000001", "张三")]), key, **typed)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in words(answer)
    for value in (*typed.values(), key):
        assert f'value="{value}"' in page


def test_a_list_that_is_refused_leaves_key_and_years(key: str) -> None:
    answer = send(book([("甲", "乙")], ("没有", "列名")), key, from_year="2020", to_year="2024")

    page = answer.content.decode()
    assert answer.status_code == 422
    for value in (key, "2020", "2024"):
        assert f'value="{value}"' in page
    assert "no-store" in answer.headers["Cache-Control"]
