"""How many hanzi and letters the certificate's fonts hold: `python -m certificates.paper.coverage [--write]`.

GB 18030-2022 asks at its highest level (3) for 87,887 hanzi: the ideographs of Unicode 11 without the compatibility
ones, but for the twelve of that block that are none. The ends of the blocks are therefore those of Unicode 11.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from cehours.lib.printable import TABLE, CodePoints
from certificates.paper.fonts import FAMILIES, FURTHER, coverage

HANZI = {
    "基本区（U+4E00–9FEF）": range(0x4E00, 0x9FF0),
    "兼容区中的 12 个统一汉字": (
        *(0xFA0E, 0xFA0F, 0xFA11, 0xFA13, 0xFA14, 0xFA1F),
        *(0xFA21, 0xFA23, 0xFA24, 0xFA27, 0xFA28, 0xFA29),
    ),
    "扩展 A（U+3400–4DB5）": range(0x3400, 0x4DB6),
    "扩展 B（U+20000–2A6D6）": range(0x20000, 0x2A6D7),
    "扩展 C（U+2A700–2B734）": range(0x2A700, 0x2B735),
    "扩展 D（U+2B740–2B81D）": range(0x2B740, 0x2B81E),
    "扩展 E（U+2B820–2CEA1）": range(0x2B820, 0x2CEA2),
    "扩展 F（U+2CEB0–2EBE0）": range(0x2CEB0, 0x2EBE1),
}
# Latin-1, Latin extended A and B, and the extended additional block with Vietnamese; × and ÷ are no letters, the
# last four of that block are of medieval Welsh.
LATIN = [
    code
    for block in (range(0x41, 0x5B), range(0x61, 0x7B), range(0xC0, 0x250), range(0x1E00, 0x1EFC))
    for code in block
    if code not in (0xD7, 0xF7)
]


def held() -> set[int]:
    """The code points that some family prints. Raises FontsMissing, also for a further family."""
    return {code for family in (*FAMILIES, *FURTHER) for code in coverage(family)}


def figures() -> list[str]:
    """For each block how many of its characters are held, and which are not."""
    known = held()
    lines = [_line(name, codes, known) for name, codes in HANZI.items()]
    lines.append(_line("GB 18030-2022 汉字", [code for codes in HANZI.values() for code in codes], known))
    return [*lines, _line("拉丁字母", LATIN, known)]


def table() -> str:
    """What `cehours.lib.printable` reads: the first and last code point of each run, a line each."""
    return "".join(f"{first:04X}-{last:04X}\n" for first, last in CodePoints(held()).runs)


def _line(name: str, codes: Sequence[int], known: set[int]) -> str:
    missing = [f"U+{code:04X}" for code in codes if code not in known]
    return (
        f"{name}：{len(codes) - len(missing)} / {len(codes)}{'，缺 ' if missing else ''}{' '.join(missing)}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {TABLE.name} anew")
    if parser.parse_args().write:
        TABLE.write_text(table(), encoding="ascii")
    sys.stdout.write("\n".join([*figures(), ""]))


if __name__ == "__main__":
    main()
