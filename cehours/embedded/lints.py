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
NOT_AT_WORK = "nothing that serves a page is the system: a function of the database, or work for the outbox"
# Modules without a page that act as the system, besides tasks, commands and the sample's own.
AT_WORK = {
    "applications/files/scan.py": "the virus scanner's work",
    "cehours/my_data/archive.py": "archives are made and swept",
    "organizations/outbox.py": "performs what was rung for",
    "organizations/services/bureaus.py": "the operator's first bureau",
    "organizations/services/second_factors.py": "the operator's command",
    "review/services/batches.py": "a chunk whose reviewer lost the right",
    "review/services/digesting.py": "the beat asks for digests",
    "review/services/exporting.py": "an export is written",
    "training/services/taking_up.py": "what was delivered is taken up",
}


def complaints(root: Path) -> Iterator[str]:
    """`path:line: what is wrong`, in the order of the paths."""
    for folder in PRODUCT:
        for path in sorted((root / folder).rglob("*.py")):
            tree = ast.parse(path.read_text("utf-8"))
            for line in _refreshed(tree):
                yield f"{path.relative_to(root)}:{line}: {IN_PLACE}"
            if not _works(path.relative_to(root)):
                for line in _is_the_system(tree):
                    yield f"{path.relative_to(root)}:{line}: {NOT_AT_WORK}"


def _works(path: Path) -> bool:
    rooms = {"management", "migrations", "sample", "tasks.py"}
    return str(path) in AT_WORK or bool(rooms.intersection(path.parts))


def _is_the_system(tree: ast.Module) -> Iterator[int]:
    """Lines that name `Actor.system`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "Actor.system":
            yield node.lineno


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
