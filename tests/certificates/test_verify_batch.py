"""批量核验: a whole list by Excel or JSON, bounded, with a key, and the same answer for all that is not found."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl.xml import DEFUSEDXML

from cehours.lib.lists import Row, Table
from cehours.lib.refusal import Refusal
from cehours.lib.workbooks import XLSX
from certificates.models import AssessmentBody, Certificate
from certificates.verification import bodies, name_list
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed
from organizations.acting.scope import scope
from tests.certificates.approving import approve, approved, certificates, further_session, printed, revoked
from tests.certificates.test_verify import name_on
from tests.world import World

OPERATOR = Actor.system("tests")
PAGE, API = reverse("certificates:batch"), reverse("certificates:api")
UNKNOWN = ("未查到", "", "", "", "", name_list.UNKNOWN_SAYS)


@pytest.fixture(autouse=True)
def no_tries_so_far() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def key(db: None) -> str:
    with scope(OPERATOR):
        return bodies.admit(OPERATOR, "省工程系列高评委")


def book(rows: Sequence[Sequence[Any]], head: Sequence[str] = name_list.COLUMNS) -> bytes:
    made = openpyxl.Workbook()
    for row in (head, *rows):
        made.active.append(list(row))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def send(content: bytes, key: str) -> Any:
    file = SimpleUploadedFile("名单.xlsx", content, XLSX)
    return Client().post(PAGE, {"key": key, "file": file})


def table(answer: Any) -> list[tuple[str, ...]]:
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    return [tuple(str(value or "") for value in row) for row in sheet.iter_rows(values_only=True)]


def post(items: Any, key: str, client: Client | None = None) -> Any:
    return (client or Client()).post(
        API, json.dumps(items), content_type="application/json", headers={"Authorization": f"Bearer {key}"}
    )


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def cast(world: World) -> list[Certificate]:
    """One that stands, one superseded by it, one revoked."""
    printed(approved(world))
    further_session(world)
    approve(world, world.submit(world.draft()))
    printed(certificates()[1])
    revoked(world, printed(approved(world, by="other_applicant")))
    return certificates()


@pytest.mark.requirement("R021")
def test_a_list_comes_back_with_an_answer_on_every_row(world: World, key: str) -> None:
    old, new, ended = cast(world)
    rows = [
        (new.number, name_on(new)),
        (int(old.number), name_on(old)),
        (ended.number, name_on(ended)),
        (new.number, "别人"),
        ("2099000001", name_on(new)),
    ]
    answer = send(book(rows), key)
    assert answer.status_code == 200
    head, *lines = table(answer)
    assert head == (*name_list.COLUMNS, *name_list.RESULTS, *name_list.OF_THE_PAPER)
    assert lines[0][8:] == ("建筑学", "副高级", "大学本科")
    assert lines[0][2:5] == ("有效", "2020—2024", "湘南省人社厅")
    assert lines[1][2] == "已被替代"
    assert new.number in lines[1][7]
    assert (lines[2][2], lines[2][7]) == ("已撤销", "核认后发现材料虚假")
    assert lines[3][2:] == lines[4][2:] == (*UNKNOWN, "", "", "")


def test_a_row_of_formulas_without_results_is_answered_as_well(key: str) -> None:
    _, *lines = table(send(book([("=Z1", "=Z2"), ("2099000001", "张三")]), key))
    assert [line[0] for line in lines] == ["=Z1", "2099000001"]
    assert lines[0][2:] == (*UNKNOWN, "", "", "")


def test_the_template_is_what_is_read(key: str) -> None:
    made = openpyxl.load_workbook(io.BytesIO(Client().get(reverse("certificates:batch_template")).content))
    made.active.append(["2025000001", "张三"])
    out = io.BytesIO()
    made.save(out)
    assert name_list.read(out.getvalue()) == [("2025000001", "张三")]
    assert send(out.getvalue(), key).status_code == 200


@pytest.mark.parametrize(
    "sign", ["=", "+", "-", "@", "\t=", "＝", "＋", "－", "＠", "=cmd|' /C calc'!A0", '",=1+1']
)
def test_no_cell_of_the_answer_becomes_a_formula(key: str, sign: str) -> None:
    pair = [(f"{sign}1+1", f"{sign}HYPERLINK(1)")]
    line = (*pair[0], f"{sign}2+2")
    head = ("编号", "姓名", f"{sign}3+3")
    brought = Table({}, (Row(2, {}, line=line),), head=head)
    sheet = openpyxl.load_workbook(io.BytesIO(name_list.written(brought, name_list.verify(pair)))).active
    for cell in (sheet["A2"], sheet["B2"], sheet["C2"], sheet["C1"]):
        assert cell.data_type == "s"
        assert cell.quotePrefix
        assert cell.value.strip() == ((head, line)[cell.row - 1][cell.column - 1]).strip()


def _zip(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def _with_part(name: str, content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(book([("2025000001", "张三")]))) as archive:
        parts = {each.filename: archive.read(each) for each in archive.infolist()}
    return _zip({**parts, name: content})


DTD = b'<?xml version="1.0"?><!DOCTYPE worksheet [<!ENTITY a "x">]>'
SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s</worksheet>'


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"number,name\n2025000001,x",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600,
        b"PK\x03\x04 broken",
        _zip({"[Content_Types].xml": b"<Types/>"}),
        _with_part("xl/worksheets/sheet1.xml", DTD + SHEET % b"<sheetData>&a;</sheetData>"),
        _with_part("xl/workbook.xml", DTD + b"<workbook/>"),
        _zip({f"part{number}": b"x" for number in range(300)}),
        book([("2025000001", "张三")], head=("姓名", "电话")),
        book([]),
        book([("2025000001", "张三")] * (name_list.MOST_ROWS + 1)),
    ],
    ids=[
        "empty", "csv", "xls", "broken", "no workbook", "entity in a sheet", "entity in the workbook", "parts",
        "wrong columns", "no rows", "too many rows",
    ],
)  # fmt: skip
def test_a_file_that_is_not_the_list_is_refused_with_a_sentence(content: bytes) -> None:
    assert DEFUSEDXML is True
    with pytest.raises(Refusal) as refused:
        name_list.read(content)
    assert refused.value.says.endswith("。")


def test_a_sheet_that_claims_a_million_rows_is_read_for_what_it_holds() -> None:
    claims = SHEET % b'<dimension ref="A1:XFD1048576"/><sheetData/>'
    with pytest.raises(Refusal, match=r"没有找到列名|不是可以读取"):
        name_list.read(_with_part("xl/worksheets/sheet1.xml", claims))


def test_five_thousand_rows_are_one_question(world: World) -> None:
    certificate = printed(approved(world))
    pairs = [(certificate.number, name_on(certificate)), *[("2025999999", "张三")] * 4999]
    with CaptureQueriesContext(connection) as seen:
        results = name_list.verify(pairs)
    assert len(seen) == 1
    assert [row.state for row in results] == ["有效", *["未查到"] * 4999]


@pytest.mark.parametrize("wrong", ["", "cv_wrong", "dismissed"])
def test_without_a_key_that_counts_nothing_is_answered(key: str, wrong: str) -> None:
    if wrong == "dismissed":
        with scope(OPERATOR):
            bodies.dismiss(OPERATOR, "省工程系列高评委")
        wrong = key
    page = send(book([("2025000001", "张三")]), wrong)
    assert page.status_code == 422
    assert "核验密钥" in words(page)
    assert post({"items": []}, wrong).status_code == 401


def test_a_key_is_kept_as_a_digest_and_renewed_at_once(key: str) -> None:
    assert key not in str(AssessmentBody.objects.values())
    with scope(OPERATOR):
        again = bodies.renew(OPERATOR, "省工程系列高评委")
    assert bodies.with_key(key) is None
    assert bodies.with_key(again) is not None
    with scope(OPERATOR), pytest.raises(NotAllowed, match="已经登记过"):
        bodies.admit(OPERATOR, "省工程系列高评委")


def test_the_operator_admits_a_body(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("assessment_body", "admit", "省医卫系列高评委")
    assert bodies.with_key(capsys.readouterr().out.splitlines()[-1]) is not None
    call_command("assessment_body", "dismiss", "省医卫系列高评委")
    assert not AssessmentBody.objects.get().active


def test_the_api_answers_in_order_and_says_no_name(world: World, key: str) -> None:
    old, new, ended = cast(world)
    items = [{"number": row.number, "name": name_on(row)} for row in (new, old, ended)]
    answer = post({"items": [*items, {"number": new.number, "name": "别人"}]}, key)
    assert answer.status_code == 200
    results = answer.json()["results"]
    assert [row["state"] for row in results] == ["有效", "已被替代", "已撤销", "未查到"]
    assert set(results[0]) == {"state", "years", "issuer", "issued_on", "ended_on", "says"}
    assert name_on(new) not in answer.content.decode()


@pytest.mark.parametrize(
    "asked",
    [
        {}, [], {"items": []}, {"items": [{"number": 1, "name": "x"}]}, {"items": [["1", "2"]]},
        {"items": [{"number": "1"}]}, {"items": [{"number": "1", "name": "x"}] * 201},
        {"items": [{"number": "1\x00", "name": "x"}]}, {"items": [{"number": "1" * 61, "name": "x"}]},
    ],
)  # fmt: skip
def test_a_question_of_another_shape_gets_the_shape_told(key: str, asked: Any) -> None:
    answer = post(asked, key)
    assert answer.status_code == 422
    assert "items" in answer.json()["error"]


def test_a_key_has_its_measure(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.ACCOUNT_RATE_LIMITS, "verify_api", "3/m/key")
    one = {"items": [{"number": "2025000001", "name": "张三"}]}
    assert [post(one, key).status_code for _ in range(4)] == [200, 200, 200, 429]
    with scope(OPERATOR):
        other = bodies.admit(OPERATOR, "另一评委会")
    assert post(one, other).status_code == 200
