"""Operating system packages: installed when we may, otherwise named in one line; then we go on."""

import ctypes.util
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cehours.embedded import processes
from cehours.embedded.console import Console, Step
from cehours.embedded.places import REPO, state_home
from cehours.embedded.processes import Failure

FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts")


@dataclass(frozen=True)
class Package:
    """A Debian or Ubuntu package, what it is for, and how to see that it (or its equal) is there."""

    name: str
    purpose: str
    present: Callable[[], bool]


def library(name: str) -> Callable[[], bool]:
    return lambda: ctypes.util.find_library(name) is not None


def program(*names: str) -> Callable[[], bool]:
    return lambda: any(shutil.which(name) for name in names)


def font(pattern: str) -> Callable[[], bool]:
    return lambda: any(next(folder.rglob(pattern), None) for folder in FONT_FOLDERS if folder.is_dir())


PDF = (
    Package("libpango-1.0-0", "生成认定单", library("pango-1.0")),
    Package("libpangoft2-1.0-0", "生成认定单", library("pangoft2-1.0")),
    Package("libharfbuzz-subset0", "生成认定单", library("harfbuzz-subset")),
    Package("fonts-noto-cjk", "认定单的字体", font("NotoSerifCJK*")),
    Package("fonts-dejavu-core", "认定单上的外文字母", font("DejaVuSerif.ttf")),
    Package("fonts-hanazono", "认定单上的生僻字", font("HanaMinB.*")),
)
TESTS = (
    Package("chromium", "浏览器测试", program("chromium", "chromium-browser", "google-chrome")),
    Package("libatomic1", "浏览器测试", library("atomic")),  # what drives the browser needs it
    Package("poppler-utils", "检查认定单的测试", program("pdftoppm")),
    Package("softhsm2", "印章密码机的测试", program("softhsm2-util")),
    Package("pgbouncer", "编号演练的连接池", program("pgbouncer", "/usr/sbin/pgbouncer")),
    Package("clamav-daemon", "病毒扫描的测试", program("clamd", "/usr/sbin/clamd")),
)
# The wheel with Redis exists for some platforms only; elsewhere any of these programs serves.
REDIS = Package("redis-tools", "Redis", program("redis-server", "valkey-server", "redis-check-rdb"))


# Debian takes this part of Python's own library out of its python3.
VENV = Package(
    f"python{sys.version_info.major}.{sys.version_info.minor}-venv",
    "Python 虚拟环境",
    lambda: importlib.util.find_spec("ensurepip") is not None,
)


def ensure(console: Console, wanted: Sequence[Package]) -> list[Package]:
    """Install what is missing, as root or through sudo; returns what is missing still, having said so."""
    missing = [package for package in wanted if not package.present()]
    if not missing:
        return []
    names = [package.name for package in missing]
    authority = _authority() if shutil.which("apt-get") else None
    if authority is None:
        _name_them(console, missing)
        return missing
    try:
        with console.step(f"安装系统软件包 {' '.join(names)}") as step:
            _apt(authority, names, step)
    except Failure as failure:
        console.say(str(failure))
        _name_them(console, missing)
    return [package for package in missing if not package.present()]


def _apt(authority: list[str], names: list[str], step: Step) -> None:
    """Install from the lists at hand; refresh them when that fails, as it does with a fresh machine's."""
    log = state_home() / "packages.log"
    log.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    with_env = ["env", "DEBIAN_FRONTEND=noninteractive"] if authority else []  # sudo drops the environment
    apt_get = [*authority, *with_env, "apt-get", "-y", "-o", "DPkg::Lock::Timeout=120"]
    install = [*apt_get, "install", "--no-install-recommends", *names]

    def run(command: list[str]) -> None:
        # sudo remembers a password per terminal, so it must keep ours.
        processes.run(command, env=env, log=log, cwd=REPO, step=step, keeps_terminal=bool(authority))

    try:
        run(install)
    except Failure:
        run([*apt_get, "update"])
        run(install)


def _authority() -> list[str] | None:
    """What to put before apt-get: nothing for root, sudo where the person may use it; None when neither."""
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        return None
    if subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True).returncode == 0:
        return ["sudo", "-n"]
    if not sys.stdin.isatty():
        return None
    print("安装系统软件包需要管理员口令（直接回车三次则跳过）。", flush=True)
    return ["sudo", "-n"] if subprocess.run(["sudo", "-v"], check=False).returncode == 0 else None


def _name_them(console: Console, missing: Sequence[Package]) -> None:
    purposes = "、".join(dict.fromkeys(package.purpose for package in missing))
    names = " ".join(package.name for package in missing)
    console.say(
        f"! 还缺系统软件包（用于{purposes}），请安装：sudo apt-get install --no-install-recommends {names}"
    )
