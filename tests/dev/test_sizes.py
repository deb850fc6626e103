"""The size check refuses each kind of thing that grew too long, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from cehours.embedded import cli, sizes


def write(root: Path, place: str, text: str) -> None:
    file = root / place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def function(lines: int) -> str:
    return "def long():\n" + "    x = 1\n" * (lines - 1)


@pytest.mark.parametrize(
    ("place", "text", "complaint"),
    [
        ("review/a.py", "x = 1\n" * 301, "review/a.py: 301 lines, 300 at most"),
        ("static/css/a.css", "a {}\n" * 301, "static/css/a.css: 301 lines, 300 at most"),
        ("static/js/a.js", "a();\n" * 301, "static/js/a.js: 301 lines, 300 at most"),
        ("tests/review/test_a.py", "x = 1\n" * 401, "tests/review/test_a.py: 401 lines, 400 at most"),
        ("review/a.py", function(51), "review/a.py:1 long: 51 lines in a function, 50 at most"),
        ("review/a.py", "async " + function(51), "review/a.py:1 long: 51 lines in a function, 50 at most"),
        (
            "templates/a.html",
            "<p>\n" + "字" * 161,
            "templates/a.html:2: 161 characters in a line, 160 at most",
        ),
    ],
)
def test_what_is_too_long_is_named(tmp_path: Path, place: str, text: str, complaint: str) -> None:
    write(tmp_path, place, text)

    assert [str(size) for size in sizes.too_large(tmp_path)] == [complaint]


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("review/a.py", "x = 1\n\n\n" * 300),
        ("tests/review/test_a.py", "x = 1\n" * 400),
        ("review/a.py", function(50)),
        ("templates/a.html", "字" * 160),
        ("review/migrations/0001_initial.py", "x = 1\n" * 900),
        ("static/vendor/a.js", "a();\n" * 900),
        (".venv/lib/a.py", "x = 1\n" * 900),
    ],
)
def test_what_is_just_within_and_what_is_not_ours_passes(tmp_path: Path, place: str, text: str) -> None:
    write(tmp_path, place, text)

    assert sizes.too_large(tmp_path) == []


def test_the_largest_of_each_kind_are_printed_on_demand(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", "--sizes"]) == 0

    kinds = capsys.readouterr().out.strip().split("\n\n")
    assert [len(kind.splitlines()) for kind in kinds] == [
        10,
        10,
        10,
        10,
    ]  # templates, files, tests, functions
