"""What no off-the-shelf linter knows of this project, read from the syntax trees of the product's own code."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from cehours.embedded.places import REPO

PRODUCT = ("applications", "certificates", "cehours", "organizations", "review", "rules", "training")
IN_PLACE = (
    "a row is loaded anew, never refreshed in place (two threads may share what a refresh switches off)"
)


def complaints(root: Path) -> Iterator[str]:
    """`path:line: what is wrong`, in the order of the paths."""
    for folder in PRODUCT:
        for path in sorted((root / folder).rglob("*.py")):
            for line in _refreshed(ast.parse(path.read_text("utf-8"))):
                yield f"{path.relative_to(root)}:{line}: {IN_PLACE}"


def _refreshed(tree: ast.Module) -> Iterator[int]:
    """Lines that call refresh_from_db of anything but the parent class."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and node.attr in ("refresh_from_db", "arefresh_from_db")
            and ast.unparse(node.value) != "super()"
        ):
            yield node.lineno


def main() -> int:
    found = list(complaints(REPO))
    sys.stdout.writelines(f"{each}\n" for each in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
