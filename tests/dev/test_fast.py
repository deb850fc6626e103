"""Packages by uv are those that pip would install, from where pip would take them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cehours.embedded import fast, venv
from cehours.embedded.console import Console
from cehours.embedded.places import REPO
from cehours.embedded.processes import Failure
from cehours.embedded.venv import Extent


def test_uv_is_told_what_pip_was_told() -> None:
    pip = {
        "index-url": "https://mirror.example/packages",
        "extra-index-url": "https://a.example\nhttps://b.example",
        "trusted-host": "mirror.example",
        "disable-pip-version-check": "1",
    }

    assert fast.as_uv_is_told(pip) == {
        "UV_DEFAULT_INDEX": "https://mirror.example/packages",
        "UV_INDEX": "https://a.example https://b.example",
        "UV_INSECURE_HOST": "mirror.example",
    }


def test_what_the_shell_says_goes_before_what_a_file_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = tmp_path / "pip.conf"
    settings.write_text("[global]\nindex-url = https://file.example\ncert = /of/the/file.pem\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(settings))
    monkeypatch.delenv("PIP_CERT", raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "https://shell.example")

    told = fast.settings_of_pip(venv.PYTHON)

    assert (told["index-url"], told["cert"]) == ("https://shell.example", "/of/the/file.pem")


def test_the_pin_of_uv_carries_its_hashes() -> None:
    lines = fast.pin_of_uv((REPO / "requirements-dev.txt").read_text()).splitlines()

    assert re.fullmatch(r"uv==[0-9.]+ \\", lines[0])
    assert all(line.startswith("    --hash=sha256:") for line in lines[1:]) and not lines[-1].endswith("\\")


def test_where_uv_cannot_install_pip_does(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[list[str]] = []

    def refuse(*_: object, **__: object) -> None:
        raise Failure("no wheel for this machine")

    monkeypatch.setattr(fast, "install", refuse)
    monkeypatch.setattr(venv.processes, "run", lambda command, **_: asked.append(command))
    monkeypatch.setattr(venv, "_marker", lambda extent: tmp_path / "mark")

    venv._install(Console(), Extent.DEMO, tmp_path / "install.log")

    assert "pip" in asked[0] and asked[0][-1].endswith("requirements-demo.txt")
    assert (tmp_path / "mark").exists()
