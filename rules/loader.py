"""Finding, reading and caching policy files."""

from __future__ import annotations

import csv
import re
import tomllib
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from decimal import Decimal
from functools import cache
from pathlib import Path

from rules.errors import PolicyError
from rules.policy import Policy
from rules.schema import read_policy

SAVE_AGAIN = "请在记事本中“另存为”，编码选择 UTF-8，再试一次"
POLICIES = Path(__file__).parent / "policies"


def region_files() -> tuple[Path, ...]:
    """The lists of administrative divisions (GB/T 2260: code, name, level, parent) beside the policies."""
    return tuple(sorted(POLICIES.glob("*/regions.csv")))


@cache
def _regions() -> frozenset[str]:
    """The codes of every division that is listed."""
    found: set[str] = set()
    for path in region_files():
        with path.open(encoding="utf-8", newline="") as file:
            found.update(row["code"] for row in csv.DictReader(file))
    return frozenset(found)


@cache
def available_policies() -> tuple[str, ...]:
    """Keys of the policies in force: `hunan-2025` is policies/hunan/2025.toml.

    Drafts are left out, and so are files that cannot be read: `broken_policies` names them.
    """
    return tuple(_key(file) for file, read in _survey() if isinstance(read, Policy) and not read.draft)


@cache
def broken_policies() -> tuple[PolicyError, ...]:
    """What is wrong with each file in the policies folder that is no policy; the others work all the same."""
    return tuple(read for _file, read in _survey() if isinstance(read, PolicyError))


def _survey() -> list[tuple[Path, Policy | PolicyError]]:
    return [(file, _read_or_error(file)) for file in sorted(POLICIES.glob("*/*.toml"))]


def _read_or_error(file: Path) -> Policy | PolicyError:
    try:
        return read_policy_file(file)
    except PolicyError as problem:
        return problem


@cache
def load_policy(key: str) -> Policy:
    """The shipped policy called `key`, read once. Raises PolicyError, also for a draft."""
    policy = read_policy_file(_file(key))
    policy.must_be_in_force()
    return policy


def find_policy(name: str) -> Policy:
    """A shipped policy by its key, drafts included, or any TOML file by its path. Raises PolicyError."""
    if name.endswith(".toml"):
        return read_policy_file(Path(name))
    return read_policy_file(_file(name))


def _file(key: str) -> Path:
    files = {_key(file): file for file in POLICIES.glob("*/*.toml")}
    if key not in files:
        raise PolicyError(f"{key}.toml", "policy.key", f"没有这份政策；现有 {'、'.join(sorted(files))}")
    return files[key]


def _key(file: Path) -> str:
    return f"{file.parent.name}-{file.stem}"


def read_policy_text(name: str, text: str) -> Policy:
    """The policy that `text` spells; `name` is what messages call it. Raises PolicyError."""
    try:
        values = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError) as problem:
        raise PolicyError(name, "file", _badly_written(str(problem))) from None
    return read_policy(name, values, _regions())


def _badly_written(problem: str) -> str:
    """Where the file is no TOML, for somebody who only typed a full-width sign."""
    place = re.search(r"at line ([0-9]+), column ([0-9]+)", problem)
    where = f"第 {place[1]} 行第 {place[2]} 个字附近" if place else "文件末尾附近，或括号套得太深"
    return (
        f"{where}写法有误：请检查引号、等号、括号、逗号和数字是否都是半角，名称有没有写两次（{problem[:80]}）"
    )


def read_policy_file(path: Path) -> Policy:
    """The policy in any file. Raises PolicyError.

    A file inside the policies folder must carry the key that its place gives it.
    """
    name = f"{path.parent.name}/{path.name}"
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise PolicyError(name, "file", f"读不出来：{problem.strerror}") from None
    policy = read_policy_text(name, _decoded(name, content))
    if path.resolve().is_relative_to(POLICIES.resolve()) and policy.key != _key(path):
        raise PolicyError(name, "policy.key", f"须与文件的位置一致，写作 {_key(path)}")
    return policy


def _decoded(name: str, content: bytes) -> str:
    """The text of a file as editors save it: UTF-8, with or without its mark. Raises PolicyError for the rest."""
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        raise PolicyError(name, "file", f"文件的编码是 UTF-16，{SAVE_AGAIN}")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        content.decode("gb18030")
    except UnicodeDecodeError:
        raise PolicyError(name, "file", f"文件不是 UTF-8 编码的文本，{SAVE_AGAIN}") from None
    raise PolicyError(name, "file", f"文件的编码是 GB 18030（ANSI），{SAVE_AGAIN}")
