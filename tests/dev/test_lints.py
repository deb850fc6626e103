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


def test_the_product_refreshes_nothing_in_place() -> None:
    assert list(lints.complaints(REPO)) == []
