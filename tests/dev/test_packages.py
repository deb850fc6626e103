"""System packages, with and without the right to install them."""

import io
from contextlib import nullcontext
from pathlib import Path

import pytest

from cehours.embedded import checks, cli, packages, venv
from cehours.embedded.console import Console
from cehours.embedded.packages import Package


def test_without_a_way_to_install_one_line_names_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    stream = io.StringIO()
    absent = [Package("libone", "生成认定单", lambda: False), Package("libtwo", "生成认定单", lambda: False)]
    present = Package("libthree", "测试", lambda: True)

    missing = packages.ensure(Console(stream), [*absent, present])

    assert missing == absent
    assert stream.getvalue().count("\n") == 1
    assert "libone libtwo" in stream.getvalue()
    assert "libthree" not in stream.getvalue()


def test_nothing_is_said_when_nothing_is_missing() -> None:
    stream = io.StringIO()

    assert packages.ensure(Console(stream), [Package("any", "测试", lambda: True)]) == []
    assert stream.getvalue() == ""


def test_libraries_fonts_and_programs_are_found_where_they_are() -> None:
    assert packages.library("c")()
    assert not packages.library("cehours-is-no-library")()
    assert packages.program("cehours-is-no-program", "sh")()
    assert not packages.program("cehours-is-no-program")()
    assert not packages.font("CehoursIsNoFont*")()


def test_the_checks_ask_for_what_prints_certificates_before_django_misses_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked_for: list[Package] = []
    monkeypatch.setattr(packages, "ensure", lambda console, wanted: asked_for.extend(wanted) or [])
    monkeypatch.setattr(venv, "ensure", lambda console, extent: None)
    monkeypatch.setattr(checks, "all_checks", lambda here: [])
    monkeypatch.setattr(checks, "test_stores", lambda console: nullcontext())

    assert cli.main(["check"]) == 0

    assert set(packages.PDF) <= set(asked_for)
