"""Pages and pictures as the paper shows them: forms and seals drawn in, long pages cut into pictures one can read."""

from __future__ import annotations

import io
import math
import time

import pypdfium2
from PIL import Image, ImageChops

from cehours.lib import limits
from cehours.lib.evidence import Kind

_COMPARED = 500  # pixels a page is wide when two readings of it are compared


class Undrawable(Exception):
    """The drawer cannot open the document or one of its pages."""


def page(content: bytes, number: int, part: int, widest: int, tallest: int) -> Image.Image:
    """Part `part` (from 1, downwards) of page `number` (from 1), at most `widest` x `tallest` pixels."""
    document = _opened(content)
    sheet = document[number - 1]
    height = sheet.get_height()
    parts, scale = _cut(sheet, widest, tallest)
    piece = height / parts
    above = piece * (part - 1)
    drawn: Image.Image = sheet.render(
        scale=scale, crop=(0, max(height - above - piece, 0), 0, above)
    ).to_pil()
    return drawn


def parts(content: bytes, widest: int, tallest: int) -> list[int]:
    """For each page of a PDF, how many pictures it is cut into."""
    document = _opened(content)
    return [_cut(document[index], widest, tallest)[0] for index in range(len(document))]


def on_white(picture: Image.Image) -> Image.Image:
    """The picture in colours, with white paper behind whatever is transparent."""
    if not (picture.has_transparency_data or picture.mode in ("La", "RGBa", "PA")):
        return picture.convert("RGB")
    seen_through = picture.convert("RGBA")
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(seen_through, mask=seen_through.getchannel("A"))
    return paper


def small(content: bytes, kind: Kind, widest: int, tallest: int) -> Image.Image:
    """A stored picture, made no larger than asked for."""
    picture = Image.open(io.BytesIO(content), formats=[kind.name])
    picture.draft("RGB", (widest, tallest))  # a JPEG is decoded no larger than needed
    picture.thumbnail((widest, tallest))
    return on_white(picture)


def same_pictures(one: bytes, other: bytes) -> bool:
    """Whether two PDFs have the same pages, equal to the pixel. Raises Undrawable.

    What takes longer than `limits.COMPARING_SECONDS` of computing is not the same: nobody saw that it is.
    """
    until = time.process_time() + limits.COMPARING_SECONDS
    try:
        first, second = _opened(one), _opened(other)
        if len(first) != len(second):
            return False
        for index in range(len(first)):
            if time.process_time() > until or not _same(first[index], second[index]):
                return False
    except pypdfium2.PdfiumError as error:
        raise Undrawable from error
    return True


def text(content: bytes, *, pages: int = 2, most: int = 4000) -> str:
    """What the first pages say, as far as they hold text and no picture of it."""
    document = _opened(content)
    said = [document[place].get_textpage().get_text_bounded() for place in range(min(pages, len(document)))]
    return "\n".join(said)[:most]


def _same(one: pypdfium2.PdfPage, other: pypdfium2.PdfPage) -> bool:
    if one.get_size() != other.get_size() or min(one.get_size()) <= 0:
        return False
    scale = min(_COMPARED / one.get_width(), 2 * _COMPARED / one.get_height())
    drawn = [sheet.render(scale=scale).to_pil() for sheet in (one, other)]
    return ImageChops.difference(*drawn).getbbox() is None


def _opened(content: bytes) -> pypdfium2.PdfDocument:
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise Undrawable from error
    document.init_forms()  # before any page is loaded; without it seals and filled fields are not drawn
    return document


def _cut(sheet: pypdfium2.PdfPage, widest: int, tallest: int) -> tuple[int, float]:
    """Into how many pictures a page is cut, and its scale in pixels a point."""
    scale = widest / sheet.get_width()
    pictures = min(math.ceil(sheet.get_height() * scale / tallest), limits.MOST_PARTS)
    return pictures, min(scale, pictures * tallest / sheet.get_height())
