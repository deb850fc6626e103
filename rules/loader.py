"""Finding, reading and caching policy files."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path

from rules.errors import PolicyError
from rules.policy import Policy
from rules.schema import read_policy

POLICIES = Path(__file__).parent / "policies"


@cache
def available_policies() -> tuple[str, ...]:
    """Keys of the policies in force: `hunan-2025` is policies/hunan/2025.toml. Drafts are left out."""
    files = sorted(POLICIES.glob("*/*.toml"))
    return tuple(_key(file) for file in files if not read_policy_file(file).draft)


@cache
def load_policy(key: str) -> Policy:
    """The shipped policy called `key`, read once. Raises PolicyError, also for a draft."""
    policy = read_policy_file(_file(key))
    if policy.draft:
        raise PolicyError(f"{key}.toml", "policy.draft", "this is a draft; check it and remove the line")
    return policy


def find_policy(name: str) -> Policy:
    """A shipped policy by its key, drafts included, or any TOML file by its path. Raises PolicyError."""
    if name.endswith(".toml"):
        return read_policy_file(Path(name))
    return read_policy_file(_file(name))


def _file(key: str) -> Path:
    files = {_key(file): file for file in POLICIES.glob("*/*.toml")}
    if key not in files:
        raise PolicyError(
            f"{key}.toml", "policy.key", f"no such policy; there are {', '.join(sorted(files))}"
        )
    return files[key]


def _key(file: Path) -> str:
    return f"{file.parent.name}-{file.stem}"


def read_policy_text(name: str, text: str) -> Policy:
    """The policy that `text` spells; `name` is what messages call it. Raises PolicyError."""
    try:
        values = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError) as problem:
        raise PolicyError(name, "file", str(problem)) from None
    return read_policy(name, values)


def read_policy_file(path: Path) -> Policy:
    """The policy in any file. Raises PolicyError.

    A file inside the policies folder must carry the key that its place gives it.
    """
    name = f"{path.parent.name}/{path.name}"
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise PolicyError(name, "file", str(problem)) from None
    policy = read_policy_text(name, text)
    if path.resolve().is_relative_to(POLICIES.resolve()) and policy.key != _key(path):
        raise PolicyError(name, "policy.key", f"must be {_key(path)!r}, the place of the file")
    return policy
