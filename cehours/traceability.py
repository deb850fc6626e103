"""Which test shows which row of the notice's requirement list, found by reading the tests, not by running.

A row is named by a `requirement` mark or by the `requirements` column of a table of vectors.
"""

from __future__ import annotations

import ast
import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

MARK = "requirement"
COLUMN = "requirements"
MUST_BE_MET = ("policy", "rules", "evidence", "routing")
AREAS = {
    "policy": "政策",
    "rules": "折算",
    "evidence": "材料",
    "routing": "渠道",
    "applicant": "个人申报",
    "employer": "用人单位",
    "dept": "主管部门",
    "bureau": "人社部门",
    "certificate": "认定单",
}


@dataclass(frozen=True, slots=True)
class Requirement:
    """One row of docs/requirements.csv; `anchor` quotes the notice."""

    id: str
    area: str
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Trace:
    """The rows, where each is tested (file, then names in it), and what the others wait for."""

    requirements: tuple[Requirement, ...]
    tested: Mapping[str, Mapping[str, tuple[str, ...]]]
    waiting: Mapping[str, str]

    def problems(self) -> list[str]:
        """Ids nobody knows, and rows that must be met but are neither tested nor waiting. Sentences."""
        known = {each.id for each in self.requirements}
        found = [
            f"{identity} 不在 docs/requirements.csv 中，但写在 {'、'.join(sorted(self.tested[identity]))}"
            for identity in sorted(set(self.tested) - known)
        ]
        found += [
            f"{identity} 不在 docs/requirements.csv 中，但写在 docs/requirements-waiting.csv"
            for identity in sorted(set(self.waiting) - known)
        ]
        for each in self.requirements:
            if each.area in MUST_BE_MET and each.id not in self.tested and each.id not in self.waiting:
                found.append(f"{each.id}（{AREAS[each.area]}：{each.anchor}）没有测试，也没有写明等待什么")
        return found


def trace(root: Path) -> Trace:
    """Read docs/ and tests/ under `root`."""
    return Trace(
        requirements=tuple(_requirements(root / "docs/requirements.csv")),
        tested=_tested(root),
        waiting=_waiting(root / "docs/requirements-waiting.csv"),
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _requirements(path: Path) -> Iterator[Requirement]:
    for row in _rows(path):
        yield Requirement(row["id"], row["area"], row["anchor"], row["requirement"])


def _waiting(path: Path) -> dict[str, str]:
    return {row["id"]: row["waits_for"] for row in _rows(path)} if path.exists() else {}


def _tested(root: Path) -> dict[str, dict[str, tuple[str, ...]]]:
    places: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    tests = root / "tests"
    for path in sorted((*tests.rglob("*.py"), *tests.rglob("vectors/*.csv"))):
        found = _marks(path.read_text("utf-8")) if path.suffix == ".py" else _column(_rows(path))
        for identity, name in found:
            names = places[identity][path.relative_to(root).as_posix()]
            if name not in names:
                names.append(name)
    return {
        identity: {file: tuple(names) for file, names in files.items()} for identity, files in places.items()
    }


def _column(rows: Iterable[dict[str, str]]) -> Iterator[tuple[str, str]]:
    for row in rows:
        for identity in (row.get(COLUMN) or "").split():
            yield identity, row["id"]


def _marks(source: str) -> Iterator[tuple[str, str]]:
    """(id, test) for every mark; the test is "" where the mark is on the whole module."""
    for node in ast.parse(source).body:
        name = node.name if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else ""
        for call in ast.walk(node):
            if isinstance(call, ast.Call) and _is_mark(call.func):
                for given in call.args:
                    # A starred argument comes from a table of vectors, which is read as a table.
                    if isinstance(given, ast.Constant) and isinstance(given.value, str):
                        yield given.value, name


def _is_mark(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and function.attr == MARK
        and isinstance(function.value, ast.Attribute)
        and function.value.attr == "mark"
    )


def document(found: Trace) -> str:
    """docs/requirements.md: the same for the same tests, whatever machine writes it."""
    met = sum(each.id in found.tested for each in found.requirements)
    lines = [
        "# 通知的各项要求与测试",
        "",
        "由 `./dev requirements` 根据 docs/requirements.csv、测试中的 `requirement` 标记"
        "和 tests/vectors 写成，请勿手改。",
        "",
        f"共 {len(found.requirements)} 项，已验证 {met} 项。",
        "",
        "| 类别 | 共 | 已验证 |",
        "|---|---|---|",
    ]
    for area, name in AREAS.items():
        rows = [each for each in found.requirements if each.area == area]
        lines.append(f"| {name} | {len(rows)} | {sum(each.id in found.tested for each in rows)} |")
    lines += ["", "| 编号 | 类别 | 通知原文 | 要求 | 测试 | 状态 |", "|---|---|---|---|---|---|"]
    lines += [_line(found, each) for each in found.requirements]
    return "\n".join(lines) + "\n"


def _line(found: Trace, each: Requirement) -> str:
    places = [_place(file, names) for file, names in sorted(found.tested.get(each.id, {}).items())]
    cells = (each.id, AREAS[each.area], _plain(each.anchor), _plain(each.text), "<br>".join(places))
    return f"| {' | '.join(cells)} | {_state(found, each)} |"


def _place(file: str, names: tuple[str, ...]) -> str:
    named = [name for name in names if name]
    return f"`{file}`" + (f" {' '.join(f'`{name}`' for name in named)}" if named else "")


def _state(found: Trace, each: Requirement) -> str:
    waits_for = _plain(found.waiting.get(each.id, ""))
    if each.id in found.tested:
        return f"已验证；还等待：{waits_for}" if waits_for else "已验证"
    return f"等待：{waits_for}" if waits_for else "尚未验证"


def _plain(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
