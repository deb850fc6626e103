"""What a saboteur is: one line, and the test that must turn red when the line is in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

TEMPLATE = "tests/databases.py"  # where the run's database is made
MADE = "            marker.touch()\n"


@dataclass(frozen=True)
class Saboteur:
    """`before` stands exactly once in the file `path` and becomes `after`; `test` (a file, or one of its) notices."""

    name: str
    guarantee: str
    path: str
    before: str
    after: str
    test: str

    @property
    def is_in_the_database(self) -> bool:
        """Whether a database that was made before would not know of it."""
        return self.path == TEMPLATE or "/migrations/" in self.path

    def apply(self, tree: Path) -> None:
        """Puts the line into a copy of the tree. Raises ValueError when it no longer fits."""
        file = tree / self.path
        text = file.read_text("utf-8")
        if text.count(self.before) != 1:
            raise ValueError(f"{self.name}: stands {text.count(self.before)} times in {self.path}")
        file.write_text(text.replace(self.before, self.after), "utf-8")

    def undo(self, tree: Path, root: Path) -> None:
        (tree / self.path).write_bytes((root / self.path).read_bytes())


def sql(name: str, guarantee: str, statement: str, test: str) -> Saboteur:
    """One statement of the owner's, after the migrations."""
    after = f"            as_owner(name, {statement!r})\n{MADE}"
    return Saboteur(name, guarantee, TEMPLATE, MADE, after, test)
