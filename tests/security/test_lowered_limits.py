"""Each measure of a parser, shown with its limit lowered and a small honest file: nothing here could harm a reader."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Stream
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


def with_content(size: int, layers: int = 1) -> bytes:
    """A page whose content is blanks, packed once or packed again."""
    document, data = with_pages(1), b" " * size
    for _ in range(layers):
        data = zlib.compress(data)
    packed = Stream(document, data, Filter=Array([Name.FlateDecode] * layers))
    document.pages[0].Contents = document.make_indirect(packed)
    return saved(document, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)


@pytest.mark.parametrize("layers", [1, 2])
def test_a_stream_is_measured_while_it_unpacks(layers: int, lower: Lower) -> None:
    content = with_content(300, layers)
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


@pytest.mark.parametrize(
    ("kind", "width", "height", "fits"),
    [
        ({"ImageMask": True}, 20, 20, True),
        ({"Filter": Name.CCITTFaxDecode}, 20, 20, True),
        ({"BitsPerComponent": 1, "ColorSpace": Name.DeviceGray}, 20, 20, True),
        ({"BitsPerComponent": 8, "ColorSpace": Name.DeviceRGB}, 5, 5, True),
        ({"BitsPerComponent": 8, "ColorSpace": Name.DeviceRGB}, 20, 20, False),
        ({}, 20, 20, False),
    ],
)
def test_a_picture_inside_a_pdf_counts_by_the_bytes_that_drawing_it_takes(
    kind: dict[str, Any], width: int, height: int, fits: bool, lower: Lower
) -> None:
    document = with_pages(1)
    image = Stream(document, b"\0", Subtype=Name.Image, Width=width, Height=height, **kind)
    document.pages[0].Resources = Dictionary(XObject=Dictionary(A=document.make_indirect(image)))
    lower("MOST_DECODED_IMAGE", 100)

    if fits:
        assert parse(saved(document), Source.PDF).pages == 1
    else:
        assert "降低扫描分辨率" in refusal(saved(document), Source.PDF)


def test_a_picture_with_more_pixels_than_are_kept_is_made_smaller(lower: Lower) -> None:
    lower("MOST_PIXELS", 100)

    kept = parse(picture("PNG", size=(20, 10)), Source.PNG).content

    with Image.open(io.BytesIO(kept)) as written:
        assert written.size == (10, 5)


@pytest.mark.parametrize(("source", "mode"), [(Source.PNG, "1"), (Source.JPEG, "L")])
def test_a_picture_with_more_pixels_than_are_decoded_is_refused(
    source: Source, mode: str, lower: Lower
) -> None:
    lower("MOST_PIXELS_DECODED", 100)

    assert "4000 万像素" in refusal(picture(source.name, mode, size=(20, 10)), source)


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


@pytest.mark.parametrize("name", ["a.zip", "a.pdf", "a.xlsx", "a.ofd"])
def test_an_archive_is_refused_without_being_opened(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    content = others.archive()
    monkeypatch.setattr(zipfile.ZipFile, "__init__", lambda *_, **__: pytest.fail("opened"))

    with pytest.raises(Refused):
        uploads.examine(io.BytesIO(content), name)
