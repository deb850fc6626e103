"""Years that a title names: those that do not fit are to be looked at."""

from __future__ import annotations

import pytest

from applications.filed.carried import foreign_year


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("2023公需科目", 2023),
        ("2024公需科目", None),
        ("护理新技术", None),
        ("2019-2023年学时认定单", 2019),
        ("2023—2025年度进修", None),
        ("2023、2024 学年", None),
        ("编号 202312345", None),
        ("1080 学时", None),
    ],
)
def test_a_year_in_a_title_is_told_where_it_is_another_one(title: str, named: int | None) -> None:
    assert foreign_year(title, 2024) == named
