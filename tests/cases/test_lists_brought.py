"""Lists as clerks really bring them, each named after its public case."""

from __future__ import annotations

from pathlib import Path

import pytest

from certificates.verification import name_list
from training.plans import roster

INPUTS = Path(__file__).parent / "lists"
BOOKS = [
    "30a-two-names-bordered-to-6000.xlsx",
    "31a-strict-ooxml.xlsx",
    "32a-merged-title.xlsx",
    "32d-columns-swapped.xlsx",
    "33a-name-padded.xlsx",
]
ROSTERS = {
    "40a-roster-serial.txt": ["柏一禾", "柏二"],
    "40d-roster-kind-short.txt": ["柏六禾"],
    "41a-roster-dot-bullet.txt": ["阿依古丽•买买提"],
}


@pytest.mark.parametrize("name", BOOKS)
def test_the_list_of_the_case_is_read(name: str) -> None:
    pairs = name_list.read((INPUTS / name).read_bytes())
    assert pairs
    assert all(number.isdecimal() and len(number) == 10 for number, _ in pairs)
    assert not any(len(word) > 8 or word.isascii() for _, word in pairs), pairs


@pytest.mark.parametrize(("name", "names"), ROSTERS.items(), ids=ROSTERS.keys())
def test_the_roster_of_the_case_gives_names_alone(name: str, names: list[str]) -> None:
    assert [each.name for each in roster.read((INPUTS / name).read_text(encoding="utf-8"))] == names
