"""The virtual environment: made once, installed again only when the pinned requirements change."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from enum import StrEnum
from pathlib import Path

from cehours.embedded import fast, packages, processes
from cehours.embedded.console import Console
from cehours.embedded.places import REPO, state_home
from cehours.embedded.processes import Failure

FOLDER = REPO / ".venv"
BIN = FOLDER / "bin"
PYTHON = BIN / "python"
PLAIN = (
    *("--no-deps", "--require-hashes", "--disable-pip-version-check", "--no-input"),
    *("--progress-bar", "off"),
)


class Extent(StrEnum):
    """How much is installed. The development file holds all of the demo's, so it serves both."""

    DEMO = "requirements-demo.txt"
    DEVELOPMENT = "requirements-dev.txt"


def ensure(console: Console, extent: Extent) -> None:
    """Make and fill `.venv` unless what is there matches the pinned file. Raises Failure with what to do."""
    if _is_current(extent):
        return
    home = state_home()
    home.mkdir(mode=0o711, parents=True, exist_ok=True)
    with (home / "venv.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with console.step("等待另一个进程安装 Python 软件包"):
                fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_current(extent):
            _make(console)
            _install(console, extent, home / "install.log")


def is_there() -> bool:
    """Whether `.venv` has a Python that runs, whatever is installed in it."""
    if not PYTHON.exists():
        return False
    return subprocess.run([PYTHON, "-c", ""], check=False, capture_output=True).returncode == 0


def site_packages() -> Path:
    """Where `.venv` keeps its packages, whatever its Python version is."""
    found = sorted(FOLDER.glob("lib/python3.*/site-packages"))
    if not found:
        raise Failure(f"{FOLDER} 不是完整的虚拟环境，请删除它后再试。")
    return found[-1]


def _is_current(extent: Extent) -> bool:
    wanted = {Extent.DEVELOPMENT, extent}
    return is_there() and any(
        _marker(each).exists() and _marker(each).read_text() == _digest(each) for each in wanted
    )


def _make(console: Console) -> None:
    if is_there():
        return
    if not packages.VENV.present():
        raise Failure(f"这里的 Python 不能建立虚拟环境：请安装系统软件包 {packages.VENV.name} 后再试。")
    with console.step("建立 Python 虚拟环境") as step:
        shutil.rmtree(FOLDER, ignore_errors=True)
        command = [sys.executable, "-m", "venv", str(FOLDER)]
        processes.run(command, env=_plain(), log=state_home() / "install.log", cwd=REPO, step=step)


def _install(console: Console, extent: Extent, log: Path) -> None:
    """The file is the whole closure with its hashes, so it is installed as it stands."""
    with console.step("安装 Python 软件包（按固定的版本和校验值）") as step:
        try:
            fast.install(PYTHON, REPO / extent, log=log, step=step)
        except Failure:  # a mirror that only pip can read, or no wheel of uv for this machine
            step.note("改用 pip 安装")
            command = [str(PYTHON), "-m", "pip", "install", *PLAIN, "-r", str(REPO / extent)]
            processes.run(command, env=_plain(), log=log, cwd=REPO, step=step)
    _marker(extent).write_text(_digest(extent))


def _marker(extent: Extent) -> Path:
    return FOLDER / f".installed-{extent}"


def _digest(extent: Extent) -> str:
    return hashlib.sha256((REPO / extent).read_bytes()).hexdigest()


def _plain() -> dict[str, str]:
    return {**os.environ, "PYTHONUNBUFFERED": "1"}
