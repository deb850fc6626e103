"""Whether two PDF files of a certificate are the same to a reader: picture, text, tags and links."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
import pypdfium2 as pdfium

SCALE = 2.0  # 144 dots an inch
PRECISION = 3  # digits of a point


def difference(one: bytes, other: bytes) -> str:
    """The first kind of thing in which they differ; "" when they are the same."""
    for kind, look in (("picture and text", _seen), ("tags", _tags), ("links", _links)):
        if look(one) != look(other):
            return kind
    return ""


def _seen(pdf: bytes) -> tuple[Any, ...]:
    with pdfium.PdfDocument(pdf) as document:
        (page,) = document
        text = page.get_textpage()
        return page.render(scale=SCALE).to_pil().tobytes(), text.get_text_range()


def _tags(pdf: bytes) -> Any:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return _tree(document.Root.StructTreeRoot.K)


def _tree(tags: Any) -> list[Any]:
    """Kind, alternative text and contents of each tag; numbers are marks on the page."""
    found: list[Any] = []
    for tag in tags if isinstance(tags, pikepdf.Array) else [tags]:
        if isinstance(tag, int):
            found.append(tag)
        elif "/S" in tag:
            found.append((str(tag.S), str(tag.get("/Alt", "")), _tree(tag.get("/K", pikepdf.Array()))))
        else:
            found.append(str(tag.Type))
    return found


def _links(pdf: bytes) -> list[Any]:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return [
            (str(link.A.URI), str(link.Contents), [round(float(edge), PRECISION) for edge in link.Rect])
            for page in document.pages
            for link in page.get("/Annots", [])
        ]
