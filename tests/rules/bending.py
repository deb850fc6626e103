"""Every shipped policy bent leaf by leaf: `python -m tests.rules.bending` counts what each bend leads to.

A bend changes, drops or moves one thing of the file as parsed. The loader refuses it, or the policy it makes is
another one; then `diff` and `describe` must tell, and where it is a figure, a way, a kind or a flag, a test of the
suite must turn red or docs say why none can (tests/vectors/unseen.csv).
"""

from __future__ import annotations

import csv
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import cache
from typing import Any
from zlib import crc32

import rules
from rules.loader import POLICIES, _regions
from rules.schema import read_policy
from tests.rules import test_hunan, test_other_provinces
from tests.rules.holding import broken_vectors, facts_hold
from tests.rules.vectors import VECTORS

Path = tuple[str | int, ...]
SHIPPED = ("guangdong/2025", "henan/2025", "hunan/2025")
# Texts are compared, read out and cited, but nothing is computed from them; the rest decides something.
WORDS = (
    *("name", "also", "short", "cite", "says", "hint", "good"),
    *("point", "default", "reason", "title", "issuer"),
)
NEVER_COMPUTED = ("ambiguities", "documents")


@dataclass(frozen=True, slots=True)
class Bend:
    """`path` leads to what is bent; `how`: changed, dropped, moved (put behind its neighbour), other."""

    file: str
    path: Path
    how: str
    values: Any

    @property
    def name(self) -> str:
        return f"{self.how} {'.'.join(map(str, self.path))}"

    @property
    def decides(self) -> bool:
        """Whether it is a figure, a way, a kind or a flag; not a wording, nor the order of a list."""
        last = next((key for key in reversed(self.path) if isinstance(key, str)), "")
        return (
            self.path[0] not in NEVER_COMPUTED and last not in WORDS and self.how not in ("reworded", "moved")
        )


@cache
def parsed(file: str) -> dict[str, Any]:
    return tomllib.loads((POLICIES / f"{file}.toml").read_text(encoding="utf-8"), parse_float=Decimal)


def bends(file: str) -> Iterator[Bend]:
    """Every bend of a shipped file, in the order of the file."""
    values = parsed(file)
    for path, inner in _nodes(values, ()):
        for how, changed in _changes(path, inner, values):
            yield Bend(file, path, how, changed)


def _nodes(values: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if path:
        yield path, values
    if isinstance(values, dict | list):
        for key, inner in values.items() if isinstance(values, dict) else enumerate(values):
            yield from _nodes(inner, (*path, key))


def _changes(path: Path, inner: Any, values: Any) -> Iterator[tuple[str, Any]]:
    match inner:
        case bool():
            yield "changed", _with(values, path, not inner)
        case int() | Decimal():
            yield "changed", _with(values, path, inner + 1)
        case date():
            yield "changed", _with(values, path, inner + timedelta(days=1))
        case str():
            yield "reworded", _with(values, path, f"{inner}改")
            if inner.endswith("+stamp"):
                yield "changed", _with(values, path, inner.removesuffix("+stamp"))
            for other in _others(path, inner, values):
                yield "other", _with(values, path, other)
    yield "dropped", _without(values, path)
    if (moved := _behind_its_neighbour(values, path)) is not None:
        yield "moved", moved


def _others(path: Path, inner: str, values: Any) -> Iterator[str]:
    """Another form or category than its own."""
    if path[0] == "kinds" and path[-1] == "form":
        keys = [form["key"] for form in values["forms"]]
        yield keys[(keys.index(inner) + 1) % len(keys)]
    if path[0] == "kinds" and path[-1] == "category":
        keys = [*(each["key"] for each in values["categories"]), "declared"]
        yield from (key for key in keys if key != inner)


def _with(values: Any, path: Path, new: Any) -> Any:
    """The values with one thing replaced; what does not lie on the way is shared."""
    if not path:
        return new
    copied = values.copy()
    copied[path[0]] = _with(values[path[0]], path[1:], new)
    return copied


def _at(values: Any, path: Path) -> Any:
    for key in path:
        values = values[key]
    return values


def _without(values: Any, path: Path) -> Any:
    around = _at(values, path[:-1]).copy()
    del around[path[-1]]
    return _with(values, path[:-1], around)


def _behind_its_neighbour(values: Any, path: Path) -> Any | None:
    around = _at(values, path[:-1])
    keys = list(around) if isinstance(around, dict) else list(range(len(around)))
    place = keys.index(path[-1])
    if place + 1 == len(keys):
        return None
    keys[place], keys[place + 1] = keys[place + 1], keys[place]
    if isinstance(around, dict):
        return _with(values, path[:-1], {key: around[key] for key in keys})
    return _with(values, path[:-1], [around[key] for key in keys])


def policy_of(bend: Bend) -> rules.Policy | None:
    """The policy that the bend makes; None where the loader refuses it."""
    try:
        return read_policy(bend.file, bend.values, _regions())
    except rules.PolicyError:
        return None


def original(file: str) -> rules.Policy:
    return rules.load_policy(file.replace("/", "-"))


def is_seen(bend: Bend, policy: rules.Policy) -> bool:
    """Whether a test of the suite turns red: a row of the vectors, or what the notice fixes besides."""
    about = str(bend.path[1]) if len(bend.path) > 1 and bend.path[0] == "kinds" else ""
    if any(True for _broken in broken_vectors(policy, about)):
        return True
    if policy.key == test_hunan.KEY:
        return bool(facts_hold(test_hunan, policy, "policy"))
    return bool(facts_hold(test_other_provinces, policy, policy.key.partition("-")[0]))


@cache
def reasons() -> tuple[tuple[str, str], ...]:
    """(file and bend, with *, why no test can turn red) from tests/vectors/unseen.csv."""
    with (VECTORS / "unseen.csv").open(encoding="utf-8", newline="") as file:
        return tuple((f"{row['policy']} {row['bend']}", row["reason"]) for row in csv.DictReader(file))


def reason_of(bend: Bend) -> str:
    called = f"{bend.file.replace('/', '-')} {bend.name}"
    return next((why for pattern, why in reasons() if fnmatchcase(called, pattern)), "")


def in_slice(bend: Bend, number: int, of: int) -> bool:
    """A steady share of all bends, spread over the whole file."""
    return crc32(f"{bend.file} {bend.name}".encode()) % of == number


def main() -> int:
    left = 0
    for file in SHIPPED:
        every = list(bends(file))
        made = [(bend, policy) for bend in every if (policy := policy_of(bend)) is not None]
        other = [(bend, policy) for bend, policy in made if policy != original(file)]
        deciding = [(bend, policy) for bend, policy in other if bend.decides]
        unseen = [bend for bend, policy in deciding if not is_seen(bend, policy)]
        without = [bend for bend in unseen if not reason_of(bend)]
        left += len(without)
        sys.stdout.write(
            f"{file}: {len(every)} bends, {len(every) - len(made)} refused, {len(made) - len(other)} change nothing; "
            f"{len(deciding)} decide something, {len(deciding) - len(unseen)} of them turn a test red, "
            f"{len(unseen) - len(without)} stand in the list with a reason, {len(without)} are left.\n"
        )
        sys.stdout.writelines(f"- {bend.name}\n" for bend in without)
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
