"""The fonts a certificate is set in, asked before printing instead of discovered as boxes afterwards.

A page is set in the two small fonts of `certificates/typeface` (decision 0008); what they lack comes from the
operating system's (Debian package fonts-noto-cjk) through fontconfig, which are asked here. A character may be
printed when both weights of one family hold it.
"""

import ctypes.util
import shutil
import subprocess
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from fontTools.ttLib import TTFont

FAMILIES = ("Noto Serif CJK SC", "Noto Sans CJK SC")
WEIGHTS = ("Regular", "Bold")
PACKAGES = "fonts-noto-cjk"


class FontsMissing(Exception):
    """A family or weight is not installed. The message is a Chinese sentence for the operator."""


class Face(NamedTuple):
    """One weight of one family: its file and its place in that file (a collection holds several)."""

    file: str
    number: int


def font_problems() -> list[str]:
    """What keeps certificates from being printed here, in Chinese sentences; empty when all is well."""
    problems = []
    for family in FAMILIES:
        try:
            _faces(family)
        except FontsMissing as missing:
            problems.append(str(missing))
    problems += _library_problems()
    return problems


def missing_characters(text: str) -> list[str]:
    """The characters of `text`, each once and in order, that no family can print."""
    held = [coverage(family) for family in FAMILIES]
    return [char for char in dict.fromkeys(text) if not any(ord(char) in family for family in held)]


@cache
def coverage(family: str) -> frozenset[int]:
    """Code points that every weight of `family` has a glyph for. Raises FontsMissing."""
    return frozenset.intersection(*map(_code_points, _faces(family)))


def face(family: str, weight: str) -> Face:
    """One installed weight of a family. Raises FontsMissing."""
    return _faces(family)[WEIGHTS.index(weight)]


def _faces(family: str) -> list[Face]:
    installed = _installed(family)
    absent = [weight for weight in WEIGHTS if weight not in installed]
    if absent:
        raise FontsMissing(f"缺少字体 {family}（{'、'.join(absent)}），请安装软件包 {PACKAGES}。")
    return [installed[weight] for weight in WEIGHTS]


def _installed(family: str) -> dict[str, Face]:
    if not shutil.which("fc-list"):
        raise FontsMissing("缺少 fontconfig（命令 fc-list），无法查找字体，请安装软件包 fontconfig。")
    listed = subprocess.run(
        ["fc-list", "-f", "%{style[0]}\t%{index}\t%{file}\n", f":family={family}"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    faces = {}
    for line in listed.stdout.splitlines():
        style, index, file = line.split("\t")
        # The higher half of fontconfig's index counts named instances of variable fonts.
        faces[style] = Face(file, int(index) & 0xFFFF)
    return faces


def _code_points(face: Face) -> frozenset[int]:
    with TTFont(face.file, fontNumber=face.number, lazy=True) as font:
        names: Iterable[int] = font.getBestCmap()
        return frozenset(names)


def _library_problems() -> list[str]:
    # Looked for by name, so that the web process can ask without loading Pango.
    libraries = {
        "pangoft2-1.0": "libpangoft2-1.0-0",
        "harfbuzz": "libharfbuzz0b",
        "harfbuzz-subset": "libharfbuzz-subset0",
    }
    return [
        f"缺少排版程序库 {library}，请安装软件包 {package}。"
        for library, package in libraries.items()
        if not ctypes.util.find_library(library)
    ]
