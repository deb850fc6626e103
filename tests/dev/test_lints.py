"""The project's own lints name what they forbid, and the product keeps to them."""

from __future__ import annotations

from pathlib import Path

from cehours.embedded import lints
from cehours.embedded.places import REPO


def test_a_row_refreshed_in_place_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "review").mkdir()
    (tmp_path / "review/a.py").write_text("def f(case):\n    case.refresh_from_db(fields=['version'])\n")

    assert list(lints.complaints(tmp_path)) == [f"review/a.py:2: {lints.IN_PLACE}"]


def test_a_model_may_pass_the_call_on_to_its_parent(tmp_path: Path) -> None:
    (tmp_path / "review").mkdir()
    (tmp_path / "review/a.py").write_text("def f():\n    super().refresh_from_db()\n")

    assert list(lints.complaints(tmp_path)) == []


def test_whatever_serves_pages_and_calls_itself_the_system_is_named(tmp_path: Path) -> None:
    for place in ("review/services/a.py", "review/tasks.py", "review/management/commands/b.py"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text("ME = Actor.of(user)\nUS = Actor.system('review.a')\n")

    assert list(lints.complaints(tmp_path)) == [f"review/services/a.py:2: {lints.NOT_AT_WORK}"]


def test_each_module_that_works_without_being_a_task_is_there() -> None:
    assert [path for path in lints.AT_WORK if "Actor.system" not in (REPO / path).read_text()] == []


def test_the_product_keeps_to_its_lints() -> None:
    assert list(lints.complaints(REPO)) == []
