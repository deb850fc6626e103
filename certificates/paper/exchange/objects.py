"""The objects beside the drawing that change with a sheet's texts: fonts and links."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Sequence

import pikepdf

from certificates.paper.exchange import rare
from certificates.paper.exchange.content import number
from certificates.paper.exchange.glyphs import OwnFont, bold, regular, to_unicode
from certificates.paper.exchange.measures import ADDRESS
from certificates.paper.exchange.written import deflated

PT = 0.75  # points in a CSS pixel


def keep_bold(document: pikepdf.Pdf, font: pikepdf.Object, chars: Collection[str]) -> None:
    """The bold font with `chars`, the same for all sheets of the shape, in place of the page's own."""
    made, descendant = bold().program(chars), font.DescendantFonts[0]
    _widen(descendant, bold())
    _pack(descendant.FontDescriptor.FontFile2, made.content)
    descendant.FontDescriptor.FontFile2.Length1 = len(made.content)
    descendant.CIDToGIDMap = document.make_stream(b"")
    _pack(descendant.CIDToGIDMap, made.map)
    descendant.W = pikepdf.Object.parse(f"[{bold().widths(chars)}]".encode())
    _pack(font.ToUnicode, _cmap(bold(), chars))


class RegularFont:
    """The regular font, which holds what a sheet needs and no more."""

    def __init__(self, document: pikepdf.Pdf, font: pikepdf.Object) -> None:
        descendant = font.DescendantFonts[0]
        self._map = document.make_stream(b"").objgen[0]
        self._program = descendant.FontDescriptor.FontFile2.objgen[0]
        self._to_unicode, self._descendant = font.ToUnicode.objgen[0], descendant.objgen[0]
        _widen(descendant, regular())
        del descendant.W, descendant.CIDToGIDMap
        self._facts = _open(descendant) + b" /CIDToGIDMap %d 0 R" % self._map
        self.numbers = (self._map, self._program, self._to_unicode, self._descendant)

    def objects(self, chars: Collection[str]) -> dict[int, bytes]:
        made = regular().program(chars)
        return {
            self._map: deflated(made.map),
            self._program: deflated(made.content, b"/Length1 %d" % len(made.content)),
            self._to_unicode: deflated(_cmap(regular(), chars)),
            self._descendant: self._facts + f" /W [{regular().widths(chars)}] >>".encode(),
        }


class RareFont:
    """The system's font for hanzi that ours does not hold; all of them are one em wide."""

    def __init__(self, font: pikepdf.Object) -> None:
        descendant = font.DescendantFonts[0]
        self._program = descendant.FontDescriptor.FontFile3.objgen[0]
        self._to_unicode, self._descendant = font.ToUnicode.objgen[0], descendant.objgen[0]
        del descendant.W
        self._facts = _open(descendant) + b" >>"
        self.numbers = (self._program, self._to_unicode, self._descendant)

    def objects(self, chars: Sequence[str]) -> dict[int, bytes]:
        return {
            self._program: deflated(rare.regular(tuple(chars)), b"/Subtype /OpenType"),
            self._to_unicode: deflated(to_unicode(enumerate(chars, start=1))),
            self._descendant: self._facts,
        }


class Link:
    """The link over one line of the address."""

    def __init__(self, annotation: pikepdf.Object) -> None:
        self.number = annotation.objgen[0]
        left, top, _, bottom = (float(edge) for edge in annotation.Rect)
        self._left, self._top, self._bottom = left, top, bottom
        del annotation.Rect, annotation.A, annotation.Contents
        self._facts = _open(annotation)

    def object(self, line: str, url: str) -> bytes:
        """`url`: of characters that need no escaping in a PDF string."""
        right = self._left + PT * regular().width(line, ADDRESS)
        edges = b" ".join(number(edge) for edge in (self._left, self._top, right, self._bottom))
        action = f"/A << /S /URI /Type /Action /URI ({url}) >> /Contents ({url})".encode()
        return b"%s /Rect [%s] %s >>" % (self._facts, edges, action)


def _open(dictionary: pikepdf.Object) -> bytes:
    """The dictionary without its end."""
    return bytes(dictionary.unparse(resolved=True)).removesuffix(b">>").rstrip()


def _widen(descendant: pikepdf.Object, font: OwnFont) -> None:
    """The box of every letter there is: WeasyPrint's is as wide as the widest on the page that taught the shape."""
    descendant.FontDescriptor.FontBBox[2] = max(font.advances)


def _pack(stream: pikepdf.Object, content: bytes) -> None:
    stream.write(zlib.compress(content), filter=pikepdf.Name.FlateDecode)


def _cmap(font: OwnFont, chars: Collection[str]) -> bytes:
    return to_unicode((font.numbers[ord(char)], char) for char in chars)
