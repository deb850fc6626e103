"""The main job over real HTTP: web, worker, PostgreSQL and Redis as the demo runs them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.databases import REPO
from tests.journeys.instance import Instance


def walk(instance: Instance, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.journeys.walk",
            "--base-url",
            instance.url,
            "--folder",
            folder,
            *options,
        ],
        cwd=REPO,
        env=instance.env,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_five_years_are_filed_decided_by_four_units_and_printed(instance: Instance, tmp_path: Path) -> None:
    done = walk(instance, tmp_path, "--json")

    assert done.returncode == 0, done.stderr + instance.log_of("web")
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["states"] == [
        "draft",
        "employer_review",
        "department_review",
        "department_review",
        "bureau_review",
        "approved",
    ]
    assert len(told["certificate"]) == 10
    assert told["pages"] == 1
    assert Path(told["pdf"]).read_bytes().startswith(b"%PDF-")


def test_a_journey_that_cannot_be_finished_ends_with_a_sentence(tmp_path: Path) -> None:
    nobody_answers = "http://127.0.0.1:9"

    done = subprocess.run(
        [sys.executable, "-m", "tests.journeys.walk", "--base-url", nobody_answers],
        cwd=REPO,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr.strip().startswith("✗")
    assert "Traceback" not in done.stderr
