"""Nothing grows until nobody reads it whole: the longest that a file, a function and a template's line may be.

How many ways lead through a function is ruff's to count (C901, `[tool.ruff.lint.mccabe]`), and functions of scripts
are eslint's (tests/browsers). `./dev check --sizes` prints the largest of each kind.
"""

import argparse
import ast
import heapq
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cehours.embedded.places import REPO

FILE = 300  # lines that are not blank
TEST_FILE = 400
FUNCTION = 50  # lines from `def` to the last
TEMPLATE_LINE = 160  # characters
SUFFIXES = frozenset({".py", ".js", ".mjs", ".css", ".html"})
NOT_OURS = frozenset({"vendor", "node_modules", "var"})  # and hidden folders
WORST = 10


@dataclass(frozen=True, order=True)
class Size:
    """One thing that was measured: how large it is, how large it may be, what kind it is of and where it stands."""

    figure: int
    limit: int
    kind: str
    place: str

    def __str__(self) -> str:
        return f"{self.place}: {self.figure} {self.kind}, {self.limit} at most"


def measure(root: Path) -> Iterator[Size]:
    """Every file of ours under `root`, every function and every line of a template. Migrations are apart."""
    for path in _files(root):
        place = path.relative_to(root)
        if "migrations" in place.parts:
            continue
        lines = path.read_text("utf-8").splitlines()
        limit = TEST_FILE if place.parts[0] == "tests" else FILE
        yield Size(sum(bool(line.strip()) for line in lines), limit, "lines", str(place))
        if path.suffix == ".py":
            yield from _functions("\n".join(lines), place)
        elif path.suffix == ".html":
            for number, line in enumerate(lines, 1):
                yield Size(len(line), TEMPLATE_LINE, "characters in a line", f"{place}:{number}")


def too_large(root: Path) -> list[Size]:
    return [size for size in measure(root) if size.figure > size.limit]


def worst(root: Path) -> str:
    """The largest ten of each kind, one a line."""
    by_kind: dict[tuple[str, int], list[Size]] = {}
    for size in measure(root):
        by_kind.setdefault((size.kind, size.limit), []).append(size)
    return "\n\n".join(
        "\n".join(map(str, heapq.nlargest(WORST, sizes))) for _, sizes in sorted(by_kind.items())
    )


def _files(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in NOT_OURS and not name.startswith("."))
        for name in sorted(names):
            if Path(name).suffix in SUFFIXES:
                yield Path(folder) / name


def _functions(source: str, place: Path) -> Iterator[Size]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            yield Size(length, FUNCTION, "lines in a function", f"{place}:{node.lineno} {node.name}")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m cehours.embedded.sizes", description=__doc__)
    parser.add_argument("--worst", action="store_true", help="print the largest of each kind")
    if parser.parse_args(arguments).worst:
        print(worst(REPO))
        return 0
    found = too_large(REPO)
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
