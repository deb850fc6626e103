"""Everything that runs a parser over foreign bytes: what `fenced.py` loads. No process of ours imports it."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

from cehours.lib import drawing, pictures, portable_documents
from cehours.lib.evidence import Kind, Parsed, Refused, Source


def parse(content: bytes, source: Source) -> Parsed:
    """The file as it is kept. Raises Refused."""
    if source is Source.PDF:
        return portable_documents.parse(content)
    return pictures.parse(content, source)


def _parse(facts: dict[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        parsed = parse(content, Source(facts["source"]))
    except Refused as refusal:
        return {"refused": refusal.says}, b""
    return {"pages": parsed.pages, "warning": parsed.warning}, parsed.content


def _draw(facts: dict[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
    """One picture as a PNG; `part` counts down a page that is cut into several."""
    kind, widest, tallest = Kind(facts["kind"]), facts["widest"], facts["tallest"]
    drawn = (
        drawing.page(content, facts["number"], facts["part"], widest, tallest)
        if kind is Kind.PDF
        else drawing.small(content, kind, widest, tallest)
    )
    out = io.BytesIO()
    drawn.save(out, "PNG")
    return {}, out.getvalue()


def _look(facts: dict[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
    """What the viewer says about a PDF that was taken: pictures of each page, and what it holds besides pages."""
    pictures_a_page = drawing.parts(content, facts["widest"], facts["tallest"])
    return {"parts": pictures_a_page, "holds": portable_documents.holds(content)}, b""


def _text(facts: dict[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
    """The beginning of a PDF's text layer; empty where it is a picture."""
    return {"text": drawing.text(content)}, b""


Image.preinit()  # loads the decoders now; otherwise every fork would
TASKS = {"parse": _parse, "draw": _draw, "look": _look, "text": _text}
