"""The range of an earlier 学时认定单, as its file's name or its text says it. A guess: a person confirms it."""

from __future__ import annotations

import re

from cehours.lib import uploads
from cehours.lib.fence import Broken
from cehours.lib.uploads import Readable, Refused

# 2019-2023, 2019—2023 年, 自 2019年至2023年. static/js/evidence-guess.js has the same.
RANGE = re.compile(r"((?:19|20)[0-9]{2})\s*年?\s*[-_~—–－～至到]+\s*((?:19|20)[0-9]{2})")


def range_in(text: str) -> tuple[int, int] | None:
    """The first range of years that a text names."""
    for found in RANGE.finditer(text):
        first, last = int(found[1]), int(found[2])
        if first <= last:
            return first, last
    return None


def range_of(file: Readable, filename: str) -> tuple[int, int] | None:
    """By the name, else by the text of a PDF, read behind the fence. None where neither says; raises nothing."""
    if named := range_in(filename):
        return named
    try:
        content = uploads.read_capped(file)
        if not content.startswith(b"%PDF"):
            return None
        told, _ = uploads.PARSERS.run("text", content)
    except (Broken, Refused):
        return None
    return range_in(told["text"])
