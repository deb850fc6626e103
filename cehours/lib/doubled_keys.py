"""A key that stands twice in one dictionary: readers differ in which one counts, so every one of them is looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator

WARNING = re.compile(
    r"\((?:object (\d+) (\d+)|trailer), offset \d+\): dictionary has duplicated key (/\S+); .*"
)
_MOST = 8  # of such keys, and of the places of one


class Unclear(Exception):
    """The places cannot be told apart: in a compressed object stream, or too many of them."""


def other_readings(body: bytes, warnings: tuple[str, ...]) -> Iterator[bytes]:
    """For each key that stands twice, the file as a reader sees it that takes one of the earlier ones.

    `warnings` are qpdf's, which itself takes the last. Raises Unclear.
    """
    doubled = [warning for warning in warnings if "duplicated key" in warning]
    if len(doubled) > _MOST:
        raise Unclear
    for warning in doubled:
        found = WARNING.search(warning)
        if found is None:
            raise Unclear
        start, end = _object(body, found[1], found[2])
        key = re.escape(found[3].encode()) + rb"(?=[\s/<>\[\](){}%])"
        places = [place.start() + start for place in re.finditer(key, body[start:end])]
        if not 2 <= len(places) <= _MOST:
            raise Unclear
        for kept in places[:-1]:
            yield _without(body, [place for place in places if place != kept])


def _object(body: bytes, number: str | None, generation: str | None) -> tuple[int, int]:
    head = (
        rb"\b%s\s+%s\s+obj\b" % (number.encode(), generation.encode())
        if number and generation
        else rb"\btrailer\b"
    )
    starts = [found.start() for found in re.finditer(head, body)]
    if len(starts) != 1:
        raise Unclear
    end = body.find(b"endobj" if number else b"startxref", starts[0])
    return starts[0], end if end >= 0 else len(body)


def _without(body: bytes, places: list[int]) -> bytes:
    """The keys at these places become others, of the same length, that mean nothing."""
    changed = bytearray(body)
    for place in places:
        changed[place + 1 : place + 2] = b"z" if changed[place + 1 : place + 2] != b"z" else b"y"
    return bytes(changed)
