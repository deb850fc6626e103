"""Which characters a certificate can print, for the forms: known without any font on the server that asks.

The table is written by `python -m certificates.paper.coverage --write`; a test holds it against the fonts.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cache
from operator import itemgetter
from pathlib import Path

TABLE = Path(__file__).with_name("printable.txt")
PRIVATE = "Co"
# They ask for a variant of the character before them, and where a font lacks it that character itself is printed.
SELECTORS = frozenset({*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)})
ADVICE = "请改用输入法打出的标准字；输入法打不出的，请用身份证件上可以打出的写法，或与人社部门联系。"
OWN_MADE = "这是某台电脑上的自造字，换一台电脑就认不出。"


def unprintable(text: str) -> list[str]:
    """The characters of `text`, each once and in order, that no font of the certificate holds."""
    return [char for char in dict.fromkeys(text) if not _is_held(ord(char))]


def refusal(label: str, text: str) -> str:
    """What to tell who typed `text` into the field `label`: which characters cannot be printed, and what to do."""
    missing = unprintable(text)
    if not missing:
        return ""
    named = "、".join(f"“{char}”（第 {text.index(char) + 1} 个字，U+{ord(char):04X}）" for char in missing)
    why = OWN_MADE if any(unicodedata.category(char) == PRIVATE for char in missing) else ""
    return f"“{label}”中的{named}认定单打印不出来。{why}{ADVICE}"


class CodePoints:
    """A set of code points that is kept as runs: 45,000 of them take a few kilobytes instead of four megabytes."""

    def __init__(self, codes: Iterable[int]) -> None:
        self.runs: list[tuple[int, int]] = []
        for code in sorted(codes):
            if self.runs and self.runs[-1][1] == code - 1:
                self.runs[-1] = (self.runs[-1][0], code)
            else:
                self.runs.append((code, code))

    @classmethod
    def of_runs(cls, runs: Iterable[tuple[int, int]]) -> CodePoints:
        """Of runs in order, first and last of each."""
        made = cls(())
        made.runs = list(runs)
        return made

    def __contains__(self, code: int) -> bool:
        place = bisect_right(self.runs, code, key=itemgetter(0)) - 1
        return place >= 0 and code <= self.runs[place][1]

    def __iter__(self) -> Iterator[int]:
        return (code for first, last in self.runs for code in range(first, last + 1))


def _is_held(code: int) -> bool:
    return code in SELECTORS or code in _table()


@cache
def _table() -> CodePoints:
    pairs = [line.split("-") for line in TABLE.read_text(encoding="ascii").splitlines()]
    return CodePoints.of_runs((int(first, 16), int(last, 16)) for first, last in pairs)
