"""Packages by uv: the same file and hashes as pip, fetched side by side, from the mirror that pip is set up for."""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from cehours.embedded import processes
from cehours.embedded.console import Step
from cehours.embedded.places import REPO

PINNED = REPO / "requirements-dev.txt"
# What pip is told where packages are, by file or environment, and what uv calls it.
NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "cert": "SSL_CERT_FILE",
    "trusted-host": "UV_INSECURE_HOST",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "timeout": "UV_HTTP_TIMEOUT",
}
SPEAKERS = ("global", "user", "site", "install", ":env:")  # who comes later wins
OPTIONS = ("--no-deps", "--require-hashes", "--no-config", "--index-strategy", "unsafe-best-match")


def install(python: Path, requirements: Path, *, log: Path, step: Step) -> None:
    """Installs a pinned file into the environment of `python`. Raises Failure, and then nothing is lost by pip."""
    pinned = log.with_name("uv.txt")
    pinned.write_text(pin_of_uv(PINNED.read_text()))
    by_pip = [str(python), "-m", "pip", "install", "--no-deps", "--require-hashes", "--no-input", "-q"]
    processes.run([*by_pip, "-r", str(pinned)], env={**os.environ}, log=log, cwd=REPO, step=step)
    told = {**os.environ, **as_uv_is_told(settings_of_pip(python))}
    uv = [str(python), "-m", "uv", "pip", "install", "--python", str(python), *OPTIONS]
    processes.run([*uv, "-r", str(requirements)], env=told, log=log, cwd=REPO, step=step)


def pin_of_uv(requirements: str) -> str:
    """The lines of a pinned file that say which uv, with its hashes."""
    found = re.search(r"^uv==.*\n(?:    --hash.*\n)+", requirements, re.MULTILINE)
    assert found, "uv is pinned among the developers' packages"
    return found.group().removesuffix("\n").removesuffix("\\") + "\n"


def settings_of_pip(python: Path) -> dict[str, str]:
    """What pip was told by its files and, before them, by the environment; {} where nobody told it anything."""
    asked = [str(python), "-m", "pip", "config", "list"]
    lines = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.splitlines()
    pairs = (re.fullmatch(rf"({'|'.join(SPEAKERS)})\.([a-z-]+)='(.*)'", line) for line in lines)
    found = sorted((SPEAKERS.index(pair[1]), pair[2], pair[3]) for pair in pairs if pair)
    return {name: value for _, name, value in found}


def as_uv_is_told(settings: Mapping[str, str]) -> dict[str, str]:
    """The same settings in uv's environment; several addresses stand in one, parted by blanks."""
    return {NAMES[name]: " ".join(value.split()) for name, value in settings.items() if name in NAMES}
