"""A new year's file in its place turns no test of the years before red: they ask for their policy by name."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from rules.cli import main

ROOT = Path(__file__).resolve().parents[2]
# Three edits of the draft, as a clerk makes them, and the mark is gone.
EDITS = (
    ("关于做好2025年专业技术人员", "关于做好2026年专业技术人员"),
    ('document = "湘人社办函〔2025〕37号"', 'document = "湘人社办函〔2026〕1号"'),
    ("[themes]", '[themes]\n2026 = ["新主题"]'),
    ("draft = true\n", ""),
)
# Everything that asks which policies there are, and what is held for all of them.
ASKING = ("vectors", "loader", "policy_folder", "cli", "describe", "drafts", "new_year", "other_provinces")


def put_in_force(place: Path) -> None:
    """Next year's file beside the shipped ones of the copy in `place`."""
    file = place / "rules/policies/hunan/2026.toml"
    assert main(["new-year", "hunan", "2026", "--out", str(file)]) == 0
    text = file.read_text(encoding="utf-8")
    for old, new in EDITS:
        assert old in text
        text = text.replace(old, new, 1)
    file.write_text(text, encoding="utf-8")


def copy_of_the_rules(place: Path) -> None:
    unwanted = shutil.ignore_patterns("__pycache__")
    for name in ("rules", "tests/rules", "tests/vectors"):
        shutil.copytree(ROOT / name, place / name, ignore=unwanted)
    (place / "rules/policies/hunan/2026.toml").unlink(missing_ok=True)
    (place / "tests/__init__.py").touch()
    (place / "docs").mkdir()
    shutil.copy(ROOT / "docs/requirements.csv", place / "docs")


def test_the_tests_of_the_years_before_pass_beside_a_new_one(tmp_path: Path) -> None:
    copy_of_the_rules(tmp_path)
    put_in_force(tmp_path)
    tests = [f"tests/rules/test_{name}.py" for name in ASKING]
    options = ["-q", "-m", "not long", "-p", "no:cacheprovider", "-p", "no:django", "-p", "no:xdist"]

    ran = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            *options,
            "--noconftest",
            "-c",
            os.devnull,
            "--rootdir",
            ".",
            *tests,
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout
    assert subprocess.run(
        [sys.executable, "-m", "rules", "list"], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout.split() == ["guangdong-2025", "henan-2025", "hunan-2025", "hunan-2026"]
