"""Certificates without laying each of them out: WeasyPrint's page of the same shape, with the sheet's own texts.

In our fonts every hanzi takes one em and nothing is kerned, so two sheets with the same lines, rows and columns
have the very same page but for the glyphs, a few places that can be reckoned, and the code. The first sheet of a
shape is laid out by WeasyPrint; what the exchange then writes of it must be what WeasyPrint wrote, or the shape is
not used. Shapes live in the process alone, and so no longer than template, style, fonts and library.
"""

from __future__ import annotations

import io
import re
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from enum import Enum

import pikepdf
import segno
import structlog

from certificates.paper.code import code_of
from certificates.paper.exchange import content, shape
from certificates.paper.exchange.content import Content
from certificates.paper.exchange.entries import Entry, Stand, entries, is_rare
from certificates.paper.exchange.objects import Link, RareFont, RegularFont, keep_bold
from certificates.paper.exchange.shape import Unusual
from certificates.paper.exchange.written import File, deflated
from certificates.paper.sheet import Sheet

MOST_SHAPES = 512  # of some 100 KB; a province has a few dozen
DIGITS = "0123456789."
PLAIN = re.compile(r"[\w:/.~%?=&#-]+", re.ASCII)  # an address that is written as it stands
log = structlog.get_logger(__name__)


class No(Enum):
    """Why there is no page."""

    TOO_LONG = "does not fit one page at this density"
    UNUSUAL = "goes the ordinary way"


@dataclass(frozen=True)
class Printed:
    """`alike` is equal for documents whose texts stand at the same heights; None where that is not known."""

    pdf: bytes
    alike: Hashable = None


class Exchange:
    """The shapes that one process has learnt."""

    def __init__(self) -> None:
        self._shapes: OrderedDict[Hashable, Shape | No] = OrderedDict()

    def printed(self, sheet: Sheet, density: str, lay_out: Callable[[], bytes | None]) -> Printed | No:
        """The sheet's page; `lay_out` asks WeasyPrint for it, where its shape is new."""
        wanted = entries(sheet, density) if PLAIN.fullmatch(sheet.verification_url) else None
        if wanted is None:
            return No.UNUSUAL
        code = code_of(sheet.verification_url)
        key = (density, len(code.matrix), tuple(map(_key, wanted)))
        if key not in self._shapes:
            self._shapes[key] = _learnt(lay_out(), wanted, code)
            if len(self._shapes) > MOST_SHAPES:
                self._shapes.popitem(last=False)
        self._shapes.move_to_end(key)
        found = self._shapes[key]
        if isinstance(found, No):
            return found
        return Printed(found.write(wanted, code, sheet.verification_url), key)

    def forget(self, alike: Hashable) -> None:
        """From now on sheets of this shape go the ordinary way."""
        self._shapes[alike] = No.UNUSUAL


def _key(entry: Entry) -> Hashable:
    return (entry.stand, entry.text if entry.stand is Stand.FIXED else entry.shape)


def _learnt(pdf: bytes | None, wanted: Sequence[Entry], code: segno.QRCode) -> Shape | No:
    if pdf is None:
        return No.TOO_LONG
    try:
        return Shape(pdf, wanted, code)
    except Unusual as why:
        log.warning("shape_not_learnt", why=str(why))
        return No.UNUSUAL


class Shape:
    """How to write every sheet of one shape."""

    def __init__(self, pdf: bytes, wanted: Sequence[Entry], code: segno.QRCode) -> None:
        """Raises Unusual when WeasyPrint's page of these entries is not what the exchange would write."""
        with pikepdf.open(io.BytesIO(pdf)) as document:
            (sheet_page,) = document.pages
            page, fonts = shape.read(document, wanted), shape.fonts_of(document)
            self._content = Content(page, wanted, {face: name for face, (name, _) in fonts.items()})
            written = self._content.write(wanted, code, _rare(wanted))
            if not content.same(
                sheet_page.Contents.read_bytes(), written, "rare" in fonts and fonts["rare"][0]
            ):
                raise Unusual("the exchange would write another page")
            keep_bold(document, fonts["bold"][1], _bold_of_all(wanted))
            self._page = sheet_page.Contents.objgen[0]
            self._regular = RegularFont(document, fonts["own"][1])
            self._rare = RareFont(fonts["rare"][1]) if "rare" in fonts else None
            self._links = [Link(annotation) for annotation in sheet_page.Annots]
            self._file = File(document, self._changing())

    def write(self, wanted: Sequence[Entry], code: segno.QRCode, url: str) -> bytes:
        """The finished file of a sheet of this shape."""
        foreign = _rare(wanted)
        changed = {self._page: deflated(self._content.write(wanted, code, foreign))}
        changed |= self._regular.objects(_regular(wanted) - set(foreign))
        if self._rare:
            changed |= self._rare.objects(foreign)
        address = [entry.text for entry in wanted if entry.stand is Stand.LEFT]
        for link, line in zip(self._links, address, strict=True):
            changed[link.number] = link.object(line, url)
        return self._file.write(changed)

    def _changing(self) -> list[int]:
        rare = self._rare.numbers if self._rare else ()
        return [self._page, *self._regular.numbers, *rare, *(link.number for link in self._links)]


def _rare(wanted: Sequence[Entry]) -> list[str]:
    """The characters that the third font draws, each once and in order."""
    return list(dict.fromkeys(filter(is_rare, "".join(entry.text for entry in wanted if not entry.bold))))


def _regular(wanted: Sequence[Entry]) -> set[str]:
    return set().union(*(entry.text for entry in wanted if not entry.bold))


def _bold_of_all(wanted: Sequence[Entry]) -> set[str]:
    """Digits as well, whichever this sheet has: the font is the same for all sheets of a shape."""
    return set(DIGITS).union(*(entry.text for entry in wanted if entry.bold and entry.stand is Stand.FIXED))


EXCHANGE = Exchange()
