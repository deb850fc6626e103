"""Whatever the tables of MDN's compatibility data call younger than Chromium 86, a line of code for each.

Read here on its own, so that an error of the lint's reading in tests/browsers shows as a sample that passes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

OLD = 86
Node = dict[str, Any]

# What is younger is how the browser behaves, not something that could be read from the sheet or script.
NOT_WRITTEN_DOWN = re.compile(
    r"animatable|animation_|focusable|context|language_|_elements?$|svg|forgiving|top-layer|support$|serializable"
    r"|enforces|_tracking|argument$|is_|affect|inherit|nested|boundary|disables|position_after|clamping"
)
# Told in words in the tables: how it is written.
WRITTEN = {
    "display.multi-keyword_values": "display: inline flex",
    "white-space.shorthand_values": "white-space: collapse wrap",
    "text-overflow.two_value_syntax": "text-overflow: clip ellipsis",
    "text-decoration.includes_thickness": "text-decoration: underline 2px",
    "background-position-x.side-relative_values": "background-position-x: right 1px",
    "rotate.x_y_z_angle": "rotate: x 1deg",
    "align-items.last_baseline": "align-items: last baseline",
    "width.fit-content_function": "width: fit-content(10px)",
    "contain-intrinsic-size.auto_none": "contain-intrinsic-size: auto none",
    "font-variant-alternates.character_variant": "font-variant-alternates: character-variant(a)",
}


@dataclass(frozen=True)
class Sample:
    """`text` uses what is called `path` in the tables, on one line."""

    path: str
    text: str


class Tables:
    """The data of one version of @mdn/browser-compat-data."""

    def __init__(self, file: Path) -> None:
        self.data: Node = json.loads(file.read_text("utf-8"))

    def styles(self) -> Iterator[Sample]:
        css = self.data["css"]
        for name, node in _children(css["properties"]):
            if name.startswith("-") or name == "custom-property":
                continue
            if _young(node):
                yield Sample(name, f"a {{ {name}: inherit; }}")
                continue
            for value, inner in _children(node):
                written = WRITTEN.get(f"{name}.{value}")
                if _young(inner) and (written or ("_" not in value and not NOT_WRITTEN_DOWN.search(value))):
                    yield Sample(f"{name}.{value}", f"a {{ {written or f'{name}: {value}'}; }}")
        for name, node in _children(css["selectors"]):
            if _young(node) and name not in {"nesting", "column", "headingfunction"} and name[0] != "-":
                yield Sample(name, f"a:{name} {{ color: red; }}")
        yield from self._at_rules(css["at-rules"])

    def _at_rules(self, rules: Node) -> Iterator[Sample]:
        for name, node in _children(rules):
            if _young(node):
                yield Sample(f"@{name}", f"@{name} x {{ }}")
        for name, node in _children(rules["media"]):
            if _young(node) and "_" not in name and name[0] != "-":
                yield Sample(f"@media.{name}", f"@media ({name}) {{ a {{ color: red; }} }}")
        for name, node in _children(rules["font-face"]):
            if _young(node) and name.islower():
                yield Sample(f"@font-face.{name}", f"@font-face {{ {name}: 1; }}")

    def scripts(self) -> Iterator[Sample]:
        owners = {**self.data["api"], **self.data["javascript"]["builtins"]}
        owners |= {f"Intl.{name}": node for name, node in _children(owners["Intl"]) if name[0].isupper()}
        of_older = {
            key
            for _, owner in owners.items()
            for key, node in _children(owner)
            if _told(node) and not _young(node)
        }
        for name, owner in owners.items():
            if not _told(owner):
                continue
            if _young(owner):
                yield Sample(name, f"use({name});")
                continue
            yield from self._members(name, owner, of_older)
        for name, node in _children(owners["Window"]):
            if _young(node) and name.isidentifier() and name not in of_older and not name.endswith("_event"):
                yield Sample(f"window.{name}", f"use(window.{name});")

    @staticmethod
    def _members(name: str, owner: Node, of_older: set[str]) -> Iterator[Sample]:
        for key, node in _children(owner):
            if not _young(node) or "@@" in key:
                continue
            plain = key.removesuffix("_static").removesuffix("_event")
            if not plain.isidentifier() or NOT_WRITTEN_DOWN.search(key) or "_" in plain:
                continue
            if key.endswith("_event"):
                if key not in of_older:
                    yield Sample(f"{name}.{key}", f'thing.addEventListener("{plain}", done);')
            elif key == name.rpartition(".")[2]:
                yield Sample(f"new {name}", f"new {name}();")
            elif key.endswith("_static"):
                yield Sample(f"{name}.{key}", f"{name}.{plain}();")
            elif key not in of_older:
                yield Sample(f"{name}.{key}", f"use(thing.{plain});")


@cache
def tables(file: Path) -> Tables:
    return Tables(file)


def _children(node: Node) -> list[tuple[str, Node]]:
    return [(key, inner) for key, inner in node.items() if key != "__compat"]


def _told(node: Node) -> bool:
    return "__compat" in node


def _young(node: Node) -> bool:
    """Said to be in no Chromium up to 86, under whatever name, flag or half-done."""
    if not _told(node):
        return False
    said = node["__compat"]["support"].get("chrome", [])
    return all(_since(each) > OLD for each in (said if isinstance(said, list) else [said]))


def _since(statement: Node) -> float:
    added = statement["version_added"]
    if not isinstance(added, str) or added == "preview" or "flags" in statement:
        return 0.0 if added is True else float("inf")
    removed = statement.get("version_removed")
    if isinstance(removed, str) and float(removed.removeprefix("≤")) <= OLD:
        return float("inf")
    return float(added.removeprefix("≤"))
