"""What is done to files that are there, what the script of the page is answered, and all years at a glance."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.files.scan import SCAN
from applications.models import Application, Evidence
from applications.presenters.evidence_tiles import browser_checks
from applications.states import State
from cehours.lib import uploads
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from tests.applications.typing_in import text_of, url
from tests.world import World, picture

JSON = {"Accept": "application/json"}
HTMX = {"HX-Request": "true"}


@pytest.fixture
def case(world: World) -> Application:
    return world.draft(years=(2020,), evidence=False)


def papers(world: World, case: Application) -> list[Evidence]:
    with world.acting("applicant"):
        return list(Application.objects.get(pk=case.pk).evidence.all())


WORD = b"PK\x03\x04" + bytes(26)  # as a Word document begins


def send(world: World, case: Application, name: str, *, headers: Any = JSON, **more: Any) -> Any:
    typed = {
        "rows": "1",
        "row-0-kind": "completion",
        "row-0-files": SimpleUploadedFile(name, picture()),
        **more,
    }
    return world.browser("applicant").post(url("evidence", case, 2020), typed, headers=headers)


def filled(world: World, case: Application, *names: str) -> list[Evidence]:
    for name in names:
        assert send(world, case, name).status_code == 200
    return papers(world, case)


def names_of(world: World, case: Application) -> list[str]:
    return [paper.filename for paper in papers(world, case)]


# -- the script


def test_the_script_is_told_that_a_file_was_taken(world: World, case: Application) -> None:
    answer = send(world, case, "证书.png")
    assert (answer.status_code, answer.json()) == (200, {"says": ""})
    assert names_of(world, case) == ["证书.png"]


def test_the_script_is_told_in_words_why_a_file_was_not_taken(world: World, case: Application) -> None:
    answer = send(world, case, "总结.docx", **{"row-0-files": SimpleUploadedFile("总结.docx", WORD)})
    assert (answer.status_code, answer.json()["says"]) == (422, "请将 Word 文档另存为 PDF 后上传。")
    assert send(world, case, "证书.png", **{"row-0-kind": ""}).json()["says"] == "请选择材料种类。"
    assert papers(world, case) == []


def test_the_script_is_told_that_the_application_is_with_a_reviewer(world: World) -> None:
    case = world.application(at=State.EMPLOYER_REVIEW)
    answer = send(world, case, "证书.png")
    assert answer.status_code == 409
    assert "文件没有上传" in answer.json()["says"]


def test_without_a_session_the_script_lands_on_the_page_to_sign_in(world: World, case: Application) -> None:
    browser = world.browser("applicant")
    browser.logout()
    answer = browser.post(url("evidence", case, 2020), {"rows": "1"}, headers=JSON)
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


def test_the_browser_checks_with_the_sentences_of_the_server(world: World, case: Application) -> None:
    checks = json.loads(browser_checks())
    assert (checks["size"], checks["most"]) == (20 * 1024 * 1024, 30)
    assert not {".pdf", ".jpg", ".jpeg", ".png", ".heic", ".jfif"} & checks["hints"].keys()
    for ending, says in checks["hints"].items():
        other = {"row-0-files": SimpleUploadedFile(f"材料{ending}", b"?")}
        assert send(world, case, f"材料{ending}", **other).json()["says"] == says
    assert any(picture().startswith(first.encode("latin-1")) for first in checks["firstBytes"])
    assert send(world, case, "材料.docx").json()["says"] == ""  # a picture under a wrong name
    empty = {"row-0-files": SimpleUploadedFile("空.png", b"")}
    assert send(world, case, "空.png", **empty).json()["says"] == checks["empty"]
    assert checks["tooLarge"] == uploads.TOO_LARGE


def test_the_part_that_changes_says_what_is_missing_now(world: World, case: Application) -> None:
    browser = world.browser("applicant")
    assert 'data-missing="4"' in text_of(browser.get(url("evidence_state", case, 2020)))
    filled(world, case, "证书.png")
    part = text_of(browser.get(url("evidence_state", case, 2020)))
    assert 'data-missing="4" data-to-look="1"' in part  # two activities ask for one: which is it?
    assert "还缺：</span>课程时长证明或课程内容" in part
    assert "证书.png" in part
    assert "<html" not in part


# -- saying what it is


def test_a_wrong_kind_is_put_right_without_a_new_upload(world: World, case: Application) -> None:
    [paper] = filled(world, case, "课程.png")
    typed = {"kind": "course_content", "stamped": "yes"}
    answer = world.browser("applicant").post(url("evidence_label", case, paper.pk), typed)
    assert answer["Location"] == url("evidence", case, 2020)
    [paper] = papers(world, case)
    assert (paper.kind, paper.stamped) == ("course_content", True)


def test_an_earlier_slip_without_its_years_is_not_relabelled_and_says_so(
    world: World, case: Application
) -> None:
    [paper] = filled(world, case, "认定单.png")
    address = url("evidence_label", case, paper.pk)
    typed = {"kind": "prior_certificate"}
    for headers in ({}, HTMX):
        answer = world.browser("applicant").post(address, typed, headers=headers)
        assert answer.status_code == 422
        assert "认定单.png：请填写学时认定单上的起始年度和结束年度。" in text_of(answer)
    years = {"from": "2019", "to": "2023"}
    world.browser("applicant").post(address, {**typed, **years})
    assert [(each.kind, each.prior_from, each.prior_to) for each in papers(world, case)] == [
        ("prior_certificate", 2019, 2023)
    ]


# -- order


@pytest.mark.parametrize(
    ("move", "order"), [("up:2", "一三二"), ("down:0", "二一三"), ("up:0", "一二三"), ("down:2", "一二三")]
)
def test_a_file_moves_by_one_place_and_no_further(
    world: World, case: Application, move: str, order: str
) -> None:
    there = filled(world, case, "一.png", "二.png", "三.png")
    direction, place = move.split(":")
    asked = {"move": f"{direction}:{there[int(place)].pk}"}
    answer = world.browser("applicant").post(url("evidence_order", case, 2020), asked)
    assert answer["Location"] == url("evidence", case, 2020)
    assert names_of(world, case) == [f"{each}.png" for each in order]


def test_files_dragged_into_a_new_order_stay_in_it(world: World, case: Application) -> None:
    there = filled(world, case, "一.png", "二.png", "三.png")
    asked = {"order": [str(there[place].pk) for place in (2, 0, 1)]}
    answer = world.browser("applicant").post(url("evidence_order", case, 2020), asked, headers=HTMX)
    assert answer.status_code == 200
    assert 'id="papers" data-used="' in text_of(answer)
    assert names_of(world, case) == ["三.png", "一.png", "二.png"]


@pytest.mark.parametrize(
    "asked", [{"order": ["x"]}, {"order": [str(uuid4())]}, {"move": "up:x"}, {"move": f"up:{uuid4()}"}, {}]
)
def test_an_order_of_other_files_is_refused(world: World, case: Application, asked: Any) -> None:
    filled(world, case, "一.png", "二.png")
    answer = world.browser("applicant").post(url("evidence_order", case, 2020), asked)
    assert answer.status_code == 422
    assert "error-summary" in text_of(answer)
    assert names_of(world, case) == ["一.png", "二.png"]


def test_nothing_moves_while_a_reviewer_has_it(world: World) -> None:
    case = world.application(at=State.EMPLOYER_REVIEW)
    there = papers(world, case)
    browser = world.browser("applicant")
    asked = {"move": f"down:{there[0].pk}"}
    assert browser.post(url("evidence_order", case, 2020), asked).status_code == 409
    assert browser.post(url("evidence_label", case, there[0].pk), {"kind": "notice"}).status_code == 409
    assert [each.pk for each in papers(world, case)] == [each.pk for each in there]


# -- replacing and removing


@pytest.mark.parametrize("field", ["files", "camera"])
def test_a_replacement_takes_place_and_kind_of_the_old_file(
    world: World, case: Application, field: str
) -> None:
    there = filled(world, case, "一.png", "二.png")
    address = url("evidence_replace", case, there[0].pk)
    browser = world.browser("applicant")
    assert "新文件会代替“一.png”" in text_of(browser.get(address))
    answer = browser.post(address, {field: SimpleUploadedFile("新.png", picture("red"))})
    assert answer["Location"] == url("evidence", case, 2020)
    assert [(each.filename, each.kind) for each in papers(world, case)] == [
        ("新.png", "completion"),
        ("二.png", "completion"),
    ]


def test_a_replacement_that_is_not_taken_leaves_the_old_file(world: World, case: Application) -> None:
    [paper] = filled(world, case, "一.png")
    address, browser = url("evidence_replace", case, paper.pk), world.browser("applicant")
    for typed, says in (
        ({}, "请先选择要上传的文件"),
        ({"files": SimpleUploadedFile("一.docx", b"PK")}, "Word"),
    ):
        answer = browser.post(address, typed)
        assert answer.status_code == 422
        assert says in text_of(answer)
    bad = {"files": SimpleUploadedFile("一.docx", b"PK")}
    assert browser.post(address, bad, headers=JSON).json()["says"] == "请将 Word 文档另存为 PDF 后上传。"
    assert names_of(world, case) == ["一.png"]


def test_a_file_removed_by_the_script_is_gone_and_missing_again(world: World, case: Application) -> None:
    [paper] = filled(world, case, "证书.png")
    answer = world.browser("applicant").post(url("evidence_delete", case, paper.pk), headers=HTMX)
    assert answer.status_code == 200
    assert 'data-missing="4"' in text_of(answer)
    assert papers(world, case) == []


# -- the scan, in words


def held_back(world: World, case: Application, name: str, state: str, settings: Any) -> Evidence:
    """A file that came while the scanner was down, and what the scanner said of it later."""
    settings.CLAMD = "unix:///nowhere/clamd.sock"
    [paper] = [each for each in filled(world, case, name) if each.filename == name]
    settings.CLAMD = ""
    if state == "infected":
        with scope(Actor.system(SCAN)):
            Evidence.objects.filter(pk=paper.pk).update(scan=state, scanned_at=paper.uploaded_at)
    return paper


@pytest.mark.parametrize(
    ("state", "says"), [("waiting", "正在等待安全检查"), ("infected", "安全检查发现病毒，已停用。请删除")]
)
def test_a_file_the_scanner_has_not_passed_says_so_and_cannot_be_looked_at(
    world: World, case: Application, settings: Any, state: str, says: str
) -> None:
    paper = held_back(world, case, "证书.png", state, settings)
    browser, view = world.browser("applicant"), url("evidence_view", case, paper.pk, 1)
    for page in (url("evidence", case, 2020), url("papers", case)):
        text = text_of(browser.get(page))
        assert says in text
        assert view not in text
        assert url("evidence_thumb", case, paper.pk) not in text
    assert browser.get(view).status_code == 404


# -- looking


def test_the_viewer_leads_to_the_neighbouring_files_and_passes_over_closed_ones(
    world: World, case: Application, settings: Any
) -> None:
    [one] = filled(world, case, "一.png")
    held_back(world, case, "二.png", "waiting", settings)
    *_, three = filled(world, case, "三.png")
    browser = world.browser("applicant")
    page = text_of(browser.get(url("evidence_view", case, one.pk, 1)))
    assert f'href="{url("evidence_view", case, three.pk, 1)}" data-key="j"' in page
    assert 'data-key="k"' not in page
    page = text_of(browser.get(url("evidence_view", case, three.pk, 1)))
    assert f'href="{url("evidence_view", case, one.pk, 1)}" data-key="k"' in page
    assert "3 / 3 份" in page


def test_the_overview_shows_each_year_with_its_files_and_what_is_missing(world: World) -> None:
    case = world.draft(years=(2020, 2021), evidence=False)
    filled(world, case, "证书.png")
    page = text_of(world.browser("applicant").get(url("papers", case)))
    assert "2020、2021 年的材料还不齐，已上传 1 个文件" in page
    assert "2020公需科目" in page and "2021公需科目" in page
    assert "还缺：课程时长证明或课程内容" in page
    assert url("evidence", case, 2021) in page
    assert url("papers", case) in text_of(world.browser("applicant").get(url("detail", case)))


def test_the_overview_stays_readable_while_a_reviewer_has_it(world: World) -> None:
    case = world.application(at=State.EMPLOYER_REVIEW)
    page = text_of(world.browser("applicant").get(url("papers", case)))
    assert "个年度的材料已齐全" in page
    assert url("evidence", case, 2020) not in page


@pytest.mark.parametrize("name", ["papers", "evidence"])
def test_more_files_take_no_more_queries(world: World, case: Application, name: str) -> None:
    browser, counts = world.browser("applicant"), []
    address = url("papers", case) if name == "papers" else url("evidence", case, 2020)
    browser.get(address)
    for names in (("一.png",), ("二.png", "三.png")):
        filled(world, case, *names)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            browser.get(address)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_others_find_neither_the_overview_nor_the_acts(world: World, case: Application) -> None:
    [paper] = filled(world, case, "证书.png")
    browser = world.browser("other_applicant")
    assert browser.get(url("papers", case)).status_code == 404
    for name, more in (
        ("evidence_label", paper.pk),
        ("evidence_replace", paper.pk),
        ("evidence_order", 2020),
    ):
        assert browser.post(url(name, case, more)).status_code == 404


def test_a_small_picture_opens_the_file_as_its_name_does(world: World, case: Application) -> None:
    [paper] = filled(world, case, "证书.png")
    page = text_of(world.browser("applicant").get(url("evidence", case, 2020)))
    opened = f'href="{url("evidence_view", case, paper.pk, 1)}"'
    assert f'<a {opened} tabindex="-1" aria-hidden="true"><img' in page


def test_the_last_look_at_papers_leads_to_the_check_page_and_an_earlier_one_does_not(world: World) -> None:
    case = world.draft()
    browser = world.browser("applicant")
    with world.acting("applicant"):
        first, last = case.evidence.all()[:2]
        case.evidence.filter(pk__in=[first.pk, last.pk]).update(confirmed=False)

    def look(paper: Evidence, **sent: Any) -> Any:
        return browser.post(url("evidence_confirm", case), {"paper": paper.pk, "year": "2020"}, **sent)

    assert "HX-Redirect" not in look(first, headers=HTMX).headers
    assert look(last, headers=HTMX)["HX-Redirect"] == url("check", case)
    assert look(last)["Location"] == url("check", case)
    assert "材料已齐全，请核对后提交" in text_of(browser.get(url("check", case)))
