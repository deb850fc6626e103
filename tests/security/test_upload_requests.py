"""What a request may claim about its files: length, type, name; and what no answer gives away."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import UploadedFile
from django.core.handlers.wsgi import WSGIRequest
from django.http.multipartparser import MultiPartParserError

from applications.models import Application
from cehours.lib.uploads import MAX_BYTES, Refused, examine
from tests.applications.typing_in import url
from tests.security.attacking import browser_of
from tests.security.test_hostile_uploads import papers, send
from tests.world import World, picture

HEAD = b'--b\r\nContent-Disposition: form-data; name="f"; filename="a.pdf"\r\n\r\n'


class Counted(io.RawIOBase):
    """A body of any length that counts what is read of it."""

    def __init__(self, length: int) -> None:
        self.left, self.taken = length, 0

    def read(self, size: int = -1, /) -> bytes:
        size = min(size if size >= 0 else self.left, self.left)
        content = (HEAD + bytes(max(size - len(HEAD), 0)))[:size] if not self.taken else bytes(size)
        self.taken += len(content)
        self.left -= len(content)
        return content


def files_of(body: Any, **claims: str) -> list[UploadedFile[bytes]]:
    request = WSGIRequest(
        {
            "REQUEST_METHOD": "POST",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "CONTENT_TYPE": "multipart/form-data; boundary=b",
            "wsgi.input": body,
            **claims,
        }
    )
    try:
        return list(request.FILES.getlist("f"))
    except MultiPartParserError:
        return []


@pytest.mark.parametrize("claimed", [100, 60 * 1024 * 1024, None], ids=["less", "as much", "nothing"])
def test_a_length_that_lies_brings_in_no_more_than_the_limit(claimed: int | None) -> None:
    body = Counted(60 * 1024 * 1024)

    files = files_of(body, **({"CONTENT_LENGTH": str(claimed)} if claimed else {}))

    assert body.taken <= (claimed or 0)
    for file in files:
        assert file.size is not None and file.size <= MAX_BYTES + 1
        with pytest.raises(Refused):
            examine(file, "a.pdf")
        file.close()


def test_a_body_that_ends_before_the_length_it_claimed_is_not_taken() -> None:
    whole = HEAD.replace(b"a.pdf", b"a.png") + picture(size=(200, 200))[:-30]

    for file in files_of(io.BytesIO(whole), CONTENT_LENGTH=str(len(whole) + 500)):
        with pytest.raises(Refused, match="损坏"):
            examine(file, "a.png")


@pytest.fixture
def case(world: World) -> Application:
    return world.draft(years=(2020,), evidence=False)


def test_what_the_browser_calls_the_content_does_not_matter(world: World, case: Application) -> None:
    answer = send(browser_of(world, "applicant"), case, b"a.png", picture())  # it says text/html

    assert answer.status_code == 302
    assert [paper.content_type for paper in papers(world, case)] == ["image/png"]


def test_a_name_that_is_no_utf_8_is_an_error_in_words_and_never_an_empty_form(
    world: World, case: Application
) -> None:
    answer = send(browser_of(world, "applicant"), case, "证书".encode("gbk") + b".png", picture())

    assert answer.status_code in (400, 422)
    assert "请" in answer.content.decode()
    assert papers(world, case) == []


def test_no_answer_gives_away_an_address_in_the_storage(world: World, case: Application) -> None:
    browser = browser_of(world, "applicant")
    send(browser, case, b"a.png", picture())
    (paper,) = papers(world, case)

    for place in ("evidence_file", "evidence_page", "evidence_thumb", "evidence_view"):
        number = [1] if place in ("evidence_page", "evidence_view") else []
        answer = browser.get(url(place, case, paper.pk, *number))
        content = b"".join(answer) if answer.streaming else answer.content
        assert answer.status_code == 200  # the bytes come from here; nobody is sent to the storage
        assert paper.sha256.encode() not in content
        assert not re.search(rb"X-Amz-|Signature=|storage_key", content)
        assert "Location" not in answer.headers
