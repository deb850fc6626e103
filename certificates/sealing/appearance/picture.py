"""The round red seal as vector drawing: ring, star, the bureau's name along the ring, the purpose below.

Glyphs are drawn as outlines, so the picture needs no font in the PDF and adds no text to it.
"""

from __future__ import annotations

import math

from fontTools.misc.transform import Transform
from fontTools.pens.basePen import BasePen
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.transformPen import TransformPen

from certificates.paper.fonts import FAMILIES, face
from certificates.paper.outlines import outlines

SIZE = 200.0  # the drawing's own square; the signature's box scales it
FINE = 5  # parts of a unit that letters are drawn in: 0.04 mm on paper
RED = "0.82 0.07 0.09"
RING, WIDTH = 96.0, 5.0
LETTERS = 76.0  # radius of the middle of the bureau's name
LARGEST = 25.0
ARC = math.radians(250)
STAR = 27.0
BELOW = -52.0


def drawing(name: str, purpose: str) -> bytes:
    """PDF operators that draw the seal into a square of SIZE, with /Ink as graphics state."""
    parts = [f"q /Ink gs 1 0 0 1 {SIZE / 2} {SIZE / 2} cm {RED} RG {RED} rg {WIDTH} w", _circle(RING), "S"]
    parts += [_star(STAR), "f"]
    parts.append(f"{1 / FINE} 0 0 {1 / FINE} 0 0 cm")
    parts += _along_the_ring(name)
    parts += _line(purpose, BELOW, 15.0)
    return "\n".join([*parts, "Q"]).encode()


def _along_the_ring(name: str) -> list[str]:
    step = min(ARC / max(len(name), 1), math.radians(32))
    size = min(LARGEST, step * LETTERS * 0.95)
    drawn = []
    for place, letter in enumerate(name):
        angle = (len(name) - 1) / 2 * step - place * step
        turn = Transform().rotate(angle).translate(0, LETTERS)
        drawn.append(_letter(letter, turn, size, narrow=0.85))
    return drawn


def _line(words: str, y: float, size: float) -> list[str]:
    left = -(len(words) - 1) / 2 * size
    return [
        _letter(letter, Transform().translate(left + place * size, y), size)
        for place, letter in enumerate(words)
    ]


def _letter(letter: str, place: Transform, size: float, *, narrow: float = 1.0) -> str:
    """The letter's outline, its em box centred on `place`."""
    font = outlines(face(FAMILIES[0], "Bold"))
    glyph, em = font[letter], font.em
    bounds = BoundsPen(None)
    glyph.draw(bounds)
    x0, y0, x1, y1 = bounds.bounds or (0, 0, em, em)
    middle = (
        Transform()
        .scale(FINE)
        .transform(place)
        .scale(size / em * narrow, size / em)
        .translate(-(x0 + x1) / 2, -(y0 + y1) / 2)
    )
    pen = _Operators()
    glyph.draw(TransformPen(pen, middle))
    return " ".join([*pen.written, "f"])


class _Operators(BasePen):  # type: ignore[misc]  # fontTools ships no types
    """Writes path operators of PDF in whole parts, which take less room than fractions."""

    def __init__(self) -> None:
        super().__init__(None)
        self.written: list[str] = []

    def _moveTo(self, to: tuple[float, float]) -> None:
        self.written.append(f"{to[0]:.0f} {to[1]:.0f} m")

    def _lineTo(self, to: tuple[float, float]) -> None:
        self.written.append(f"{to[0]:.0f} {to[1]:.0f} l")

    def _curveToOne(
        self, one: tuple[float, float], two: tuple[float, float], to: tuple[float, float]
    ) -> None:
        self.written.append(" ".join(f"{value:.0f}" for point in (one, two, to) for value in point) + " c")

    def _closePath(self) -> None:
        self.written.append("h")


def _circle(radius: float) -> str:
    k = radius * 0.5523
    return (
        f"{radius} 0 m {radius} {k} {k} {radius} 0 {radius} c {-k} {radius} {-radius} {k} {-radius} 0 c "
        f"{-radius} {-k} {-k} {-radius} 0 {-radius} c {k} {-radius} {radius} {-k} {radius} 0 c h"
    )


def _star(radius: float) -> str:
    points = []
    for corner in range(10):
        length = radius if corner % 2 == 0 else radius * 0.382
        angle = math.pi / 2 + corner * math.pi / 5
        points.append(f"{length * math.cos(angle):.2f} {length * math.sin(angle):.2f}")
    return f"{points[0]} m " + " ".join(f"{point} l" for point in points[1:]) + " h"
