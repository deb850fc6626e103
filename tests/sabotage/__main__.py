"""`python -m tests.sabotage [NAME …]`: does the test named turn red for each saboteur? `--list` names them.

Works on a copy of the tree, with data stores of its own that are started once. Prints the survivors; exit code 1 when
there are any.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from cehours.embedded import environment
from cehours.embedded.console import Console
from cehours.embedded.runs import test_stores
from tests.sabotage.saboteurs import ALL, Saboteur

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 600  # for one test; a hang is no red test
FAILED = re.compile(
    r"^[0-9]+ (failed|errors?)\b", re.MULTILINE
)  # pytest's last line; anything else was no try


def main(arguments: list[str]) -> int:
    if arguments == ["--list"]:
        sys.stdout.writelines(f"{each.name}\t{each.guarantee}\t{each.test}\n" for each in ALL)
        return 0
    unknown = set(arguments) - {each.name for each in ALL}
    if unknown:
        sys.stderr.write(f"No such saboteur: {', '.join(sorted(unknown))}\n")
        return 2
    wanted = [each for each in ALL if not arguments or each.name in arguments]
    left = survivors(wanted)
    sys.stdout.write(f"{len(wanted) - len(left)} of {len(wanted)} noticed\n")
    return 1 if left else 0


def survivors(wanted: list[Saboteur]) -> list[Saboteur]:
    """Those that no test noticed, said one a line as they are tried."""
    left = []
    with tempfile.TemporaryDirectory() as folder, test_stores(Console(sys.stderr)) as here:
        tree = _copy(Path(folder) / "tree")
        env = {**environment.for_tests(here), "PYTHONDONTWRITEBYTECODE": "1"}
        template = _template(tree, env)
        for each in wanted:
            each.apply(tree)
            noticed = bool(FAILED.search(run(tree, each, env, template)))
            each.undo(tree, ROOT)
            sys.stdout.write(f"{'noticed ' if noticed else 'SURVIVED'} {each.name}\n")
            sys.stdout.flush()
            left += [] if noticed else [each]
    return left


def run(tree: Path, saboteur: Saboteur, env: dict[str, str], template: str) -> str:
    """What pytest says of the saboteur's test in the copy."""
    made = {} if saboteur.is_in_the_database else {"TEST_TEMPLATE": template}
    command = [sys.executable, "-m", "pytest", saboteur.test, "-x", "-q", "-n", "0", "-p", "no:cacheprovider"]
    try:
        done = subprocess.run(
            command,
            cwd=tree,
            env={**env, **made},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "hangs"
    return done.stdout


def _template(tree: Path, env: dict[str, str]) -> str:
    """The database that all runs clone whose saboteur is in the code; migrating takes most of a short test's time."""
    script = "import pathlib, sys; from tests.databases import make_template as m; print(m(pathlib.Path(sys.argv[1])))"
    shared = tempfile.mkdtemp(dir=tree.parent)
    made = subprocess.run(
        [sys.executable, "-c", script, shared],
        cwd=tree,
        env=env,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return made.stdout.split()[-1]


def _copy(tree: Path) -> Path:
    unwanted = shutil.ignore_patterns("__pycache__", ".git", ".venv", "var", "node_modules", ".*_cache")
    shutil.copytree(ROOT, tree, ignore=unwanted, symlinks=True)
    (tree / ".venv").symlink_to(ROOT / ".venv")
    return tree


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
