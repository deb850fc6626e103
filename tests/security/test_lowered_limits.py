"""Each measure of a parser, shown with its limit lowered and a small honest file: nothing here could harm a reader."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pikepdf
import pytest
from PIL import Image, PngImagePlugin

from cehours.lib import limits, portable_documents, uploads
from cehours.lib.evidence import Refused, Source
from cehours.lib.parsing import parse
from tests.security.corpus import others, photos
from tests.security.corpus.pdfs import pdf, saved, with_pages
from tests.security.corpus.photos import picture

Lower = Callable[[str, int], None]


@pytest.fixture
def lower(monkeypatch: pytest.MonkeyPatch) -> Lower:
    return lambda name, value: monkeypatch.setattr(limits, name, value)


def refusal(content: bytes, source: Source) -> str:
    with pytest.raises(Refused) as refused:
        parse(content, source)
    return refused.value.says


def with_content(size: int) -> bytes:
    document = with_pages(1)
    document.pages[0].Contents = document.make_stream(b" " * size)
    return saved(document)


def test_a_stream_is_measured_while_it_unpacks(lower: Lower) -> None:
    content = with_content(300)
    assert parse(content, Source.PDF).pages == 1

    lower("MOST_DECODED_STREAM", 200)
    assert "解压后过大" in refusal(content, Source.PDF)


def test_all_streams_together_are_measured(lower: Lower) -> None:
    lower("MOST_DECODED_DOCUMENT", 200)

    assert "解压后过大" in refusal(with_content(300), Source.PDF)


def test_the_objects_of_a_file_are_counted(lower: Lower) -> None:
    lower("MOST_OBJECTS", 2)

    assert "结构过于复杂" in refusal(pdf(), Source.PDF)


def test_pages_are_counted(lower: Lower) -> None:
    lower("MOST_PAGES", 2)

    assert parse(pdf(2), Source.PDF).pages == 2
    assert "超过 2 页" in refusal(pdf(3), Source.PDF)


def test_a_page_tree_is_followed_no_deeper_than_allowed(lower: Lower) -> None:
    with pikepdf.open(io.BytesIO(pdf())) as document:
        portable_documents._check_complete(document.Root.Pages)

        lower("DEEPEST_PAGE_TREE", 0)
        with pytest.raises(Refused):
            portable_documents._check_complete(document.Root.Pages)


def test_a_picture_with_more_pixels_than_are_kept_is_made_smaller(lower: Lower) -> None:
    lower("MOST_PIXELS", 100)

    kept = parse(picture("PNG", size=(20, 10)), Source.PNG).content

    with Image.open(io.BytesIO(kept)) as written:
        assert written.size == (10, 5)


def test_a_picture_with_more_pixels_than_are_decoded_is_refused(lower: Lower) -> None:
    lower("MOST_PIXELS_DECODED", 100)

    assert "4000 万像素" in refusal(picture("PNG", size=(20, 10)), Source.PNG)


@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt"])
def test_compressed_text_in_a_picture_is_unpacked_no_further_than_allowed(
    kind: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = photos.with_text(kind, 300)
    assert parse(content, Source.PNG).pages == 1

    monkeypatch.setattr(PngImagePlugin, "MAX_TEXT_CHUNK", 200)
    assert "损坏" in refusal(content, Source.PNG)


def test_the_passes_of_a_progressive_picture_are_counted(lower: Lower) -> None:
    content = picture(progressive=True)
    assert parse(content, Source.JPEG).pages == 1

    lower("MOST_SCANS", 3)
    assert "编码异常" in refusal(content, Source.JPEG)


@pytest.mark.parametrize("name", ["a.zip", "a.pdf", "a.xlsx"])
def test_an_archive_is_refused_without_being_opened(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    content = others.archive()
    monkeypatch.setattr(zipfile.ZipFile, "__init__", lambda *_, **__: pytest.fail("opened"))

    with pytest.raises(Refused):
        uploads.examine(io.BytesIO(content), name)
