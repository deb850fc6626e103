"""The fonts a certificate is set in, asked before printing instead of discovered as boxes afterwards.

A page is set in the two small fonts of `certificates/paper/typeface` (decision 0008); what they lack comes from the
operating system's through fontconfig, which are asked here: Noto (Debian package fonts-noto-cjk), and for single
letters and hanzi of names that Noto lacks, the further families. A character may be printed when every weight of
one family holds it. What all of them hold together is a table for the forms: `cehours.lib.printable`.
"""

import ctypes.util
import shutil
import subprocess
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from cehours.lib.printable import SELECTORS, CodePoints

FAMILIES = ("Noto Serif CJK SC", "Noto Sans CJK SC")
WEIGHTS = ("Regular", "Bold")
# In the order of the style sheet: letters of passports, then the hanzi of all blocks. Only names need them, and names
# are set in the regular weight; without them everything else is printed all the same.
FURTHER = {"DejaVu Serif": ("Book", "Bold"), "HanaMinA": ("Regular",), "HanaMinB": ("Regular",)}
PACKAGES = dict.fromkeys(FAMILIES, "fonts-noto-cjk") | {
    "DejaVu Serif": "fonts-dejavu-core",
    "HanaMinA": "fonts-hanazono",
    "HanaMinB": "fonts-hanazono",
}


class FontsMissing(Exception):
    """A family or weight is not installed. The message is a Chinese sentence for the operator."""


class Face(NamedTuple):
    """One weight of one family: its file, its place in that file (a collection holds several), what it holds."""

    file: str
    number: int
    charset: str  # as fontconfig writes it: "20-7e a0 4e00-9fa5", what Pango goes by as well


def font_problems() -> list[str]:
    """What keeps certificates from being printed here, in Chinese sentences; empty when all is well."""
    return _absent(FAMILIES) + _library_problems()


def further_font_problems() -> list[str]:
    """What keeps only names with rare characters from being printed here, in Chinese sentences."""
    return [f"{problem}在此之前，含个别生僻字或外文字母的认定单不能生成。" for problem in _absent(FURTHER)]


def missing_characters(text: str) -> list[str]:
    """The characters of `text`, each once and in order, that no installed family can print.

    Raises FontsMissing without the families that every page needs.
    """
    missing = [char for char in dict.fromkeys(text) if ord(char) not in SELECTORS]
    for family in (*FAMILIES, *FURTHER):
        if not missing:
            break
        try:
            held = coverage(family)
        except FontsMissing:
            if family in FAMILIES:
                raise
            continue
        missing = [char for char in missing if ord(char) not in held]
    return missing


@cache
def coverage(family: str) -> CodePoints:
    """Code points that every weight of `family` prints. Raises FontsMissing.

    Of a further family letters only: such fonts also have shapes for code points of private use, which mean
    something else on every computer, and for characters that nobody sees.
    """
    held = set.intersection(*(set(_code_points(each)) for each in _faces(family)))
    return CodePoints(held if family in FAMILIES else filter(_is_letter, held))


def _is_letter(code: int) -> bool:
    return unicodedata.category(chr(code)).startswith("L")


def face(family: str, weight: str) -> Face:
    """One installed weight of a family. Raises FontsMissing."""
    return _faces(family)[_weights(family).index(weight)]


def _weights(family: str) -> tuple[str, ...]:
    return FURTHER.get(family, WEIGHTS)


def _absent(families: Iterable[str]) -> list[str]:
    problems = []
    for family in families:
        try:
            _faces(family)
        except FontsMissing as missing:
            problems.append(str(missing))
    return problems


def _faces(family: str) -> list[Face]:
    installed, weights = _installed(family), _weights(family)
    absent = [weight for weight in weights if weight not in installed]
    if absent:
        raise FontsMissing(f"缺少字体 {family}（{'、'.join(absent)}），请安装软件包 {PACKAGES[family]}。")
    return [installed[weight] for weight in weights]


def _installed(family: str) -> dict[str, Face]:
    if not shutil.which("fc-list"):
        raise FontsMissing("缺少 fontconfig（命令 fc-list），无法查找字体，请安装软件包 fontconfig。")
    listed = subprocess.run(
        ["fc-list", "-f", "%{style[0]}\t%{index}\t%{file}\t%{charset}\n", f":family={family}"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    faces = {}
    for line in listed.stdout.splitlines():
        style, index, file, charset = line.split("\t")
        # The higher half of fontconfig's index counts named instances of variable fonts.
        faces[style] = Face(file, int(index) & 0xFFFF, charset)
    return faces


def _code_points(face: Face) -> Iterator[int]:
    for run in face.charset.split():
        first, _, last = run.partition("-")
        yield from range(int(first, 16), int(last or first, 16) + 1)


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
