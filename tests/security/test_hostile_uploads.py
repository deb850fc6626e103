"""Hostile files and file names, sent through the real page, and what the browser is told when they come back.

Every category of file is in test_corpus.py; here is one of each family, for what the page makes of it.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from applications.models import Application, Evidence
from applications.states import State
from tests.applications.typing_in import url
from tests.security.attacking import browser_of, changed, database
from tests.security.corpus import others
from tests.security.corpus.pdfs import planted
from tests.security.test_headers import missing_headers
from tests.world import World, picture

REFUSED = {
    "nothing": ("a.pdf", b""),
    "drawing called a photo": ("a.png", others.SVG),
    "page called a PDF": ("a.pdf", others.HTML),
    "script when opened": ("a.pdf", planted("script when opened")),
    "program": ("a.pdf.exe", others.PROGRAM),
    "Word": ("a.docx", others.word()),
    "too large": ("a.pdf", b"%PDF-1.7\n" + b"0" * (20 * 1024 * 1024)),
}


@pytest.fixture
def case(world: World) -> Application:
    return world.draft(years=(2020,), evidence=False)


def send(browser: Client, case: Application, name: bytes, content: bytes, kind: str = "completion") -> Any:
    """The upload as bytes on the wire: the test client would tidy the name."""
    fields = {b"rows": b"1", b"row-0-kind": kind.encode()}
    parts = [
        b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % pair for pair in fields.items()
    ]
    head = b'--b\r\nContent-Disposition: form-data; name="row-0-files"; filename="%s"\r\n' % name
    parts.append(head + b"Content-Type: text/html\r\n\r\n" + content + b"\r\n--b--\r\n")
    return browser.generic(
        "POST", url("evidence", case, 2020), b"".join(parts), "multipart/form-data; boundary=b"
    )


def papers(world: World, case: Application) -> list[Evidence]:
    with world.acting("applicant"):
        return list(Application.objects.get(pk=case.pk).evidence.order_by("position"))


def stored() -> list[str]:
    return default_storage.listdir("evidence")[1] if default_storage.exists("evidence") else []


@pytest.mark.parametrize("what", REFUSED)
def test_a_hostile_file_is_refused_in_words_and_leaves_nothing(
    world: World, case: Application, what: str
) -> None:
    name, content = REFUSED[what]
    browser, before = browser_of(world, "applicant"), database()

    answer = send(browser, case, name.encode(), content)

    assert answer.status_code == 422
    page = answer.content.decode()
    assert any(way in page for way in ("请", "只能上传", "不能")), what
    assert "alert(" not in page
    assert changed(before, database()) == []
    assert stored() == []
    assert send(browser, case, b"ok.png", picture()).status_code == 302


NAMES = {
    "NUL": b"a\0.png",
    "line break": b"a\r\nX-Injected: 1\r\n.png",
    "line break, escaped": b"a%0d%0aX-Injected: 1.png",
    "right to left": "证明\u202egnp.exe.png".encode(),
    "nothing to see": "\u200b\u200d\ufeff.png".encode(),
    "tag": b"<img src=x onerror=alert(1)>.png",
    "template": b"{{7*7}}{% debug %}.png",
    "formula": b"=cmd|'/c calc'!A1.png",
    "up and away": b"../../../etc/passwd.png",
    "Windows path": rb"C:\windows\system32\a.png",
    "reserved": b"CON.png",
    "quotes": b'a\\"; filename=\\"evil.exe.png',
    "long": ("汉" * 400 + ".png").encode(),
    "not UTF-8": "证书".encode("gbk") + b".png",
}


@pytest.mark.parametrize("what", NAMES)
def test_a_hostile_name_is_tamed_or_refused(world: World, case: Application, what: str) -> None:
    browser = browser_of(world, "applicant")

    answer = send(browser, case, NAMES[what], picture())

    assert answer.status_code in (302, 400, 422)
    assert "X-Injected" not in answer.headers
    if answer.status_code != 302:
        assert papers(world, case) == []
        return
    (paper,) = papers(world, case)
    assert not set(paper.filename) & set('\0\r\n\u202e\u200b/\\<>"')
    assert len(paper.filename.encode()) <= 255
    assert paper.storage_key.startswith("evidence/") and paper.sha256 in paper.storage_key
    for place in (url("evidence", case, 2020), url("evidence_view", case, paper.pk, 1)):
        page = browser.get(place).content.decode()
        assert "<img src=x" not in page
        assert "49{%" not in page


@pytest.mark.parametrize("name", ["line break", "quotes", "tag", "right to left"])
def test_a_download_is_a_download_under_a_policy_that_runs_nothing(
    world: World, case: Application, name: str
) -> None:
    browser = browser_of(world, "applicant")
    send(browser, case, NAMES[name], picture())
    for paper in papers(world, case):
        for place in ("evidence_file", "evidence_thumb"):
            answer = browser.get(url(place, case, paper.pk))
            b"".join(answer) if answer.streaming else answer.content
            assert missing_headers(answer) == []
            assert answer["Content-Type"] == "image/png"
            assert answer["Content-Security-Policy"].startswith("sandbox")
            assert "no-store" in answer["Cache-Control"]
        answer = browser.get(url("evidence_file", case, paper.pk))
        b"".join(answer)
        told = answer["Content-Disposition"]
        assert told.startswith("attachment")
        assert not {"\r", "\n", "\0"} & set(unquote(told))
        assert '.exe"' not in told


def test_a_file_for_a_foreign_case_or_one_under_review_goes_nowhere(world: World) -> None:
    filed = world.application(at=State.EMPLOYER_REVIEW)
    before = database()

    assert send(browser_of(world, "applicant"), filed, b"a.png", picture()).status_code == 409
    for role in ("other_applicant", "employer", "other_employer", "bureau"):
        assert send(browser_of(world, role), filed, b"a.png", picture()).status_code == 404

    assert [table for table in changed(before, database()) if table != "organizations_user"] == []


def test_an_unknown_kind_of_paper_is_refused_in_words(world: World, case: Application) -> None:
    for kind in ("", "nonsense", "a\0b", "x" * 10_000, "<script>"):
        answer = send(browser_of(world, "applicant"), case, b"a.png", picture(), kind=kind)
        assert answer.status_code == 422
        assert "请选择材料种类" in answer.content.decode()
    assert papers(world, case) == []
