"""Everything that runs a parser over foreign bytes: what `fenced.py` loads. No process of ours imports it."""

from __future__ import annotations

import io
from typing import Any

import pypdfium2
from PIL import Image

from cehours.lib import pictures, portable_documents
from cehours.lib.evidence import Kind, Parsed, Refused, Source


def parse(content: bytes, source: Source) -> Parsed:
    """The file as it is kept. Raises Refused."""
    if source is Source.PDF:
        return portable_documents.parse(content)
    return pictures.parse(content, source)


def draw(content: bytes, kind: Kind, number: int, widest: int, tallest: int) -> bytes:
    """Page `number` (from 1) as a PNG of at most `widest` x `tallest` pixels."""
    picture = (
        _page_of_pdf(content, number, widest, tallest)
        if kind is Kind.PDF
        else Image.open(io.BytesIO(content), formats=[kind.name])
    )
    picture.draft("RGB", (widest, tallest))  # a JPEG is decoded no larger than needed
    picture.thumbnail((widest, tallest))
    out = io.BytesIO()
    picture.convert("RGB").save(out, "PNG")
    return out.getvalue()


def _page_of_pdf(content: bytes, number: int, widest: int, tallest: int) -> Image.Image:
    document = pypdfium2.PdfDocument(content)
    page = document[number - 1]
    scale = min(widest / page.get_width(), tallest / page.get_height())
    picture: Image.Image = page.render(scale=scale).to_pil()
    return picture


def _parse(facts: dict[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        parsed = parse(content, Source(facts["source"]))
    except Refused as refusal:
        return {"refused": refusal.says}, b""
    return {"pages": parsed.pages, "warning": parsed.warning}, parsed.content


def _draw(facts: dict[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
    drawn = draw(content, Kind(facts["kind"]), facts["number"], facts["widest"], facts["tallest"])
    return {}, drawn


Image.preinit()  # loads the decoders now; otherwise every fork would
TASKS = {"parse": _parse, "draw": _draw}
