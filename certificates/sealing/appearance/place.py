"""Where the seal goes: over issuer and date at the foot of the page, found on the page itself."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import pypdfium2 as pdfium

MOST_KNOWN = 4096
DIAMETER = 42 * 72 / 25.4  # 42 mm, as official letters are sealed (GB/T 9704)
RAISED = 18.0  # points from the date's centre up to the seal's, so that the issuer is covered as well


@dataclass(frozen=True)
class Place:
    """A box on a page (from 0), in points from the lower left corner."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float


def over(pdf: bytes, date_text: str, alike: Hashable = None) -> Place | None:
    """The place of the seal over the lowest `date_text` of the first page; None where it is not written.

    `alike`: the same for documents in which the same date stands in the same place, so that one is looked at.
    """
    key = (alike, date_text)
    if alike is None or key not in _known:
        if len(_known) > MOST_KNOWN:
            _known.clear()
        _known[key] = _found(pdf, date_text)
    return _known[key]


_known: dict[Hashable, Place | None] = {}


def _found(pdf: bytes, date_text: str) -> Place | None:
    document = pdfium.PdfDocument(pdf)
    try:
        page = document[0]
        width, height = page.get_size()
        text = page.get_textpage()
        boxes = _boxes(text, date_text)
        if not boxes:
            return None
        left, bottom, right, top = min(boxes, key=lambda box: box[1])
        text.close()
        page.close()
    finally:
        document.close()
    radius = DIAMETER / 2
    x = min(max((left + right) / 2, radius), width - radius)
    y = min(max((bottom + top) / 2 + RAISED, radius), height - radius)
    return Place(0, x - radius, y - radius, x + radius, y + radius)


def _boxes(text: pdfium.PdfTextPage, wanted: str) -> list[tuple[float, float, float, float]]:
    found, search = [], text.search(wanted)
    while (place := search.get_next()) is not None:
        start, length = place
        boxes = [text.get_charbox(start + offset) for offset in range(length)]
        found.append(
            (
                min(box[0] for box in boxes),
                min(box[1] for box in boxes),
                max(box[2] for box in boxes),
                max(box[3] for box in boxes),
            )
        )
    search.close()
    return found
