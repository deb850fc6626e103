"""The sentence in lines, as WeasyPrint breaks it: where Pango allows, and as late as the width allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from weasyprint.text.line_break import get_log_attrs

from certificates.paper.exchange.measures import INDENT, LEFT, ROOT, SENTENCE, WIDTH, sentence_units, width
from certificates.paper.sheet import Part


class Run(NamedTuple):
    """A piece of the sentence on one line; `x` from the page's left edge, in CSS pixels."""

    line: int
    x: float
    text: str
    is_name: bool


class _Word(NamedTuple):
    """What stays on one line, and the blanks after it, which may hang over the line's end."""

    text: str
    blanks: str
    is_name: bool = False


def broken(parts: Sequence[Part], density: str) -> list[Run] | None:
    """The sentence in lines, as WeasyPrint breaks it; None where a word does not fit a line, and Pango breaks it."""
    units = sentence_units(density)
    runs: list[Run] = []
    line, x = 0, INDENT * SENTENCE * ROOT[density]
    start, text, former = x, "", ""  # what is on the line since `start`, with the blanks before the next word

    for word in _words(parts):
        needed = width(former + word.text, units)
        if x + needed > WIDTH and x > 0:
            runs += _run(line, start, text)
            line, x, start, text, former = line + 1, 0.0, 0.0, "", ""
            needed = width(word.text, units)
        if needed > WIDTH:
            return None
        if word.is_name:
            runs += _run(line, start, text + former)
            x += needed
            start = x
            runs.append(Run(line, LEFT + x - width(word.text, units), word.text, True))
            text = ""
        else:
            text += former + word.text
            x += needed
        former = word.blanks
    return runs + _run(line, start, text)


def _run(line: int, start: float, text: str) -> list[Run]:
    """Nothing is written for blanks alone."""
    return [Run(line, LEFT + start, text, False)] if text.strip() else []


def _words(parts: Sequence[Part]) -> Iterator[_Word]:
    text = ""
    for part in parts:
        if part.field == "name":
            yield from _split(text)
            yield _Word(part.text, "", is_name=True)
            text = ""
        else:
            text += part.text
    yield from _split(text)


@lru_cache(maxsize=1024)  # what stands before the name is the same on most sheets
def _split(text: str) -> tuple[_Word, ...]:
    """Cut where Pango allows a line to end."""
    if not text:
        return ()
    breaks = [place for place, attr in enumerate(get_log_attrs(text, "zh-CN")) if attr.is_line_break]
    edges = sorted({0, *breaks, len(text)})
    words = []
    for first, last in pairwise(edges):
        word = text[first:last]
        words.append(_Word(word.rstrip(" "), word[len(word.rstrip(" ")) :]))
    return tuple(words)
