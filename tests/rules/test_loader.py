"""A policy that says what the engine cannot evaluate is refused at load, with file, key and reason."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import rules
from rules.schema import read_policy
from tests.rules.bent import BENT, Bend, row
from tests.rules.tables import course, full, small


def test_the_small_policy_itself_is_accepted() -> None:
    assert read_policy("small.toml", small()).key == "small-2025"


@pytest.mark.parametrize(("key", "bend"), [case[1:] for case in BENT], ids=[case[0] for case in BENT])
def test_a_policy_is_refused_with_file_key_and_reason(key: str, bend: Bend) -> None:
    values = small()
    bend(values)

    with pytest.raises(rules.PolicyError) as refusal:
        read_policy("small.toml", values)

    assert (refusal.value.file, refusal.value.key) == ("small.toml", key)
    assert refusal.value.reason
    assert str(refusal.value) == f"small.toml: {key}: {refusal.value.reason}"


def test_an_hour_that_is_no_exact_part_of_sixty_minutes_is_refused() -> None:
    values = small()
    row(values, 0).update(measure="per_hour", minutes=50)

    with pytest.raises(rules.PolicyError, match="不是一小时的准确分数"):
        read_policy("small.toml", values)


def test_a_share_between_two_steps_asks_for_the_next_step() -> None:
    policy = read_policy("small.toml", small())

    assert policy.minimums_of(2025).by_category["main"] == Decimal("3.5")


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "2025.toml"
    broken.write_text("[policy", encoding="utf-8")

    with pytest.raises(rules.PolicyError, match=r"/2025\.toml: file: "):
        rules.read_policy_file(broken)


def test_an_unknown_policy_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(rules.PolicyError, match="hunan-2025"):
        rules.load_policy("atlantis-2025")


def test_three_provinces_are_shipped() -> None:
    """At least: later years come beside them."""
    assert {"guangdong-2025", "henan-2025", "hunan-2025"} <= set(rules.available_policies())
    assert [rules.load_policy(key).key for key in rules.available_policies()] == list(
        rules.available_policies()
    )


def test_a_policy_is_read_once() -> None:
    assert rules.load_policy("hunan-2025") is rules.load_policy("hunan-2025")


def test_years_before_the_first_minimums_are_refused() -> None:
    values = small()
    values["minimums"][0]["from_year"] = 2020

    policy = read_policy("small.toml", values)

    with pytest.raises(rules.RuleInputError, match="2019 年度"):
        rules.assess_year(policy, 2019, [])


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    foreign = tmp_path / "2024.toml"
    foreign.write_bytes("标题".encode("gbk"))

    for file in (tmp_path / "2025.toml", foreign):
        with pytest.raises(rules.PolicyError, match=rf"/{file.name}: file: "):
            rules.read_policy_file(file)


def tables_in(values: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every table of a policy."""
    if isinstance(values, dict):
        yield path
    if isinstance(values, dict | list):
        for key, inner in values.items() if isinstance(values, dict) else enumerate(values):
            yield from tables_in(inner, (*path, key))


@pytest.mark.parametrize(
    "path", list(tables_in(full())), ids=lambda path: ".".join(map(str, path)) or "policy file"
)
def test_a_word_nobody_knows_is_refused_in_every_table(path: tuple[str | int, ...]) -> None:
    values: Any = full()
    read_policy("full.toml", values)
    table = values
    for key in path:
        table = table[key]
    table["nobody"] = 1

    with pytest.raises(rules.PolicyError) as refusal:
        read_policy("full.toml", values)

    assert "nobody" in str(refusal.value)


@pytest.mark.parametrize(
    ("earlier", "later", "reached"),
    [
        ({}, {}, False),
        ({}, {"from_year": 2020}, False),
        ({"from_year": 2020}, {}, True),
        ({"from_year": 2020}, {"from_year": 2020}, False),
        ({"from_year": 2020}, {"from_year": 2021}, False),
        ({"from_year": 2020}, {"from_year": 2019}, True),
        ({"to_year": 2020}, {}, True),
        ({"to_year": 2020}, {"to_year": 2020}, False),
        ({"to_year": 2020}, {"to_year": 2019}, False),
        ({"to_year": 2020}, {"to_year": 2021}, True),
        ({"to_year": 2020}, {"from_year": 2020}, True),
        ({"from_year": 2019, "to_year": 2021}, {"from_year": 2020, "to_year": 2020}, False),
        ({"from_year": 2020, "to_year": 2020}, {"from_year": 2020, "to_year": 2021}, True),
    ],
)
def test_a_row_of_other_years_is_reached(
    earlier: dict[str, int], later: dict[str, int], reached: bool
) -> None:
    values = small()
    line = {"when": {"mode": ["day"]}, "measure": "fixed", "hours": 1, "says": "x"}
    course(values)["rows"] = [line | earlier, line | later]

    if reached:
        assert read_policy("small.toml", values)
    else:
        with pytest.raises(rules.PolicyError, match="永远轮不到"):
            read_policy("small.toml", values)


def test_a_deemed_year_must_complete_every_category() -> None:
    values = full()
    values["categories"].append({"key": "other", "name": "他科", "short": "他"})
    values["minimums"][0]["by_category"]["other"] = 1

    with pytest.raises(rules.PolicyError, match="不够本政策自己的年度要求"):
        read_policy("full.toml", values)


@pytest.mark.parametrize(("share", "least"), [("0/1", 0), ("1/1", 10), ("1/2", 5)])
def test_a_share_may_be_nothing_or_all(share: str, least: int) -> None:
    values = small()
    values["minimums"][0]["by_category"]["main"] = {"share": share, "of": "minimum"}

    assert read_policy("small.toml", values).minimums_of(2025).by_category["main"] == least
