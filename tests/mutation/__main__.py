"""`python -m tests.mutation [rules/year.py ...]`: does a small change of rules/ turn a test red?

Works on a copy, so the work tree is never touched. Exit code 1 when a change survives that docs/mutation.md
does not name with its reason.
"""

from __future__ import annotations

import importlib
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import settings

from tests.mutation.changes import Change, changes_of

ROOT = Path(__file__).resolve().parents[2]
REASONS = ROOT / "docs/mutation.md"
# Only what holds names and no behaviour is left out.
LEFT_OUT = ("rules/__init__.py", "rules/__main__.py")
# Each takes seconds: whatever the others notice is noticed without them.
SLOW_LAST = (
    "test_stream_limits.py",
    "test_cli.py",
    "test_properties.py",
    "test_bends.py",
    "test_beside_a_new_year.py",
)
SHIPPED = 3  # policies
# Most changes are noticed by the vectors or by the tests nearest to the module; these are asked first.
NEAR = {
    "rules/schema/": ("loader", "edges_of_the_loader", "conditions", "sentences", "shares", "drafts"),
    "rules/loader.py": ("policy_folder", "loader", "drafts"),
    "rules/cli/": ("policy_folder", "drafts", "cli"),
    "rules/": (
        "facts",
        "dates",
        "typed_forms",
        "explain",
        "compare",
        "unused_facts",
        "once",
        "routes",
        "years",
    ),
}
SECONDS = 60  # of the processor's time


def main(wanted: list[str]) -> int:
    modules = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "rules").rglob("*.py"))
        if not path.relative_to(ROOT).as_posix().startswith(LEFT_OUT)
    ]
    reasons = REASONS.read_text("utf-8") if REASONS.exists() else ""
    with tempfile.TemporaryDirectory() as folder:
        place = _copy(Path(folder))
        if not _passes(place, "rules/"):
            _say("The tests fail without any change.")
            return 2
        survivors, total = [], 0
        for module in wanted or modules:
            left, count = _survivors(place, module)
            survivors += left
            total += count
    unknown = [change for change in survivors if f"`{change.name}`" not in reasons]
    killed = total - len(survivors)
    share = f"{killed} of {total} changes noticed ({killed / max(total, 1):.1%})"
    _say(f"{share}; {len(unknown)} without a reason.")
    return 1 if unknown else 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _copy(folder: Path) -> Path:
    unwanted = shutil.ignore_patterns("__pycache__")
    for name in ("rules", "tests/rules", "tests/vectors"):
        shutil.copytree(ROOT / name, folder / name, ignore=unwanted)
    (folder / "tests/__init__.py").touch()
    (folder / "docs").mkdir()
    shutil.copy(ROOT / "docs/requirements.csv", folder / "docs")
    return folder


def _survivors(place: Path, module: str) -> tuple[list[Change], int]:
    path = place / module
    original, started = path.read_text("utf-8"), time.monotonic()
    changes = list(changes_of(module.removeprefix("rules/"), original))
    left = []
    for number, change in enumerate(changes, start=1):
        path.write_text(change.source, "utf-8")
        # A time stamp of its own, so that no compiled file of another change is taken for this one.
        os.utime(path, (number, number))
        if _passes(place, module):
            left.append(change)
            _say(f"- `{change.name}`")
    path.write_text(original, "utf-8")
    took = time.monotonic() - started
    _say(f"{module}: {len(changes) - len(left)} of {len(changes)}, {took:.0f} s")
    return left, len(changes)


def _passes(place: Path, module: str) -> bool:
    """Run the tests of the copy in a child of this process, which has the libraries loaded already."""
    child = os.fork()
    if child == 0:
        signal.setitimer(signal.ITIMER_PROF, SECONDS)  # a change may loop for ever; that is noticed, too
        os._exit(_run(place, module))
    _pid, status = os.waitpid(child, 0)
    return status == 0


def _run(place: Path, module: str) -> int:
    """0 when nothing is noticed: neither by the vectors, nor by the nearest tests, nor by all of them."""
    silence = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(silence, stream)
    os.chdir(place)
    sys.path[:] = [str(place), *(each for each in sys.path if each not in ("", str(ROOT)))]
    for name in [name for name in sys.modules if name.split(".")[0] in ("tests", "rules")]:
        del sys.modules[name]
    sys.dont_write_bytecode = True
    settings.register_profile("mutation", derandomize=True, database=None, max_examples=20)
    settings.load_profile("mutation")
    if _vectors_break():
        return 1
    folder = place / "tests/rules"
    near = next(names for start, names in NEAR.items() if module.startswith(start))
    every = sorted(
        folder.glob("test_*.py"),
        key=lambda path: (SLOW_LAST.index(path.name) if path.name in SLOW_LAST else -1, path.name),
    )
    return _pytest(place, [folder / f"test_{name}.py" for name in near]) or _pytest(place, every)


def _vectors_break() -> bool:
    """Whether a row of the vectors does not hold, asked of the changed rules without starting the tests."""
    try:
        rules = importlib.import_module("rules")
        holding = importlib.import_module("tests.rules.holding")
        policies = [rules.load_policy(key) for key in rules.available_policies()]
        return len(policies) < SHIPPED or any(True for each in policies for _ in holding.broken_vectors(each))
    except Exception:  # whatever a changed module raises, a test would notice
        return True


def _pytest(place: Path, tests: list[Path]) -> int:
    options = ["-x", "-q", "-m", "not long", "-p", "no:cacheprovider", "-p", "no:django", "--noconftest"]
    return int(pytest.main([*options, "-c", os.devnull, "--rootdir", str(place), *map(str, tests)]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
