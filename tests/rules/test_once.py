"""One achievement counts once in a year (A08, A24), however often and in whatever words it is listed."""

from __future__ import annotations

from itertools import permutations

import pytest

import rules

HUNAN = rules.load_policy("hunan-2025")


def invention(rank: int, number: str = "ZL2020100123456") -> rules.Item:
    facts = {"rank": rank, "granted_on": "2024", "patent_number": number}
    return rules.Item("professional", kind="invention", facts=facts)


def paper(author: str, title: str = "题名", **more: object) -> rules.Item:
    facts = {"serial": "cn", "author": author, "published_on": "2024", **more}
    return rules.Item("professional", kind="paper", facts=facts, title=title)


def test_the_same_patent_twice_counts_once_and_says_so() -> None:
    result = rules.assess_year(HUNAN, 2024, [invention(2), invention(2, "zl 2020-1001.23456")])

    assert (result.total, result.met) == (30, False)
    [remark] = result.remarks
    assert (remark.place, remark.counts) == (1, False)
    assert remark.says == "与第 1 项是同一成果，同一成果只计一次。"


def test_the_larger_figure_of_one_achievement_counts_whatever_the_order() -> None:
    items = [invention(4), invention(1), invention(2), rules.Item("public", 30)]

    for ordered in permutations(items):
        result = rules.assess_year(HUNAN, 2024, ordered)
        assert (result.totals["professional"], result.met) == (60, True)
        assert {each.place for each in result.remarks} == {
            place for place, item in enumerate(ordered) if item in items[::2][:2]
        }
        assert not any(each.counts for each in result.remarks)


def test_a_paper_is_counted_once_for_its_first_and_corresponding_author() -> None:
    both = [paper("first", doi="10.1/x"), paper("corresponding", doi="10.1/X")]

    assert rules.assess_year(HUNAN, 2024, both).total == 30


def test_a_paper_without_doi_is_told_by_its_journal_and_title() -> None:
    same = [paper("first", serial_number="CN 43-1"), paper("other", "《题名》", serial_number="CN43-1")]
    two = [paper("first", serial_number="CN43-1"), paper("first", "另一篇", serial_number="CN43-1")]

    assert rules.assess_year(HUNAN, 2024, same).total == 30
    assert rules.assess_year(HUNAN, 2024, two).total == 60


@pytest.mark.parametrize(
    "other", [invention(2, "ZL2"), invention(2, ""), paper("first", doi="ZL2020100123456")]
)
def test_what_may_be_another_achievement_counts(other: rules.Item) -> None:
    result = rules.assess_year(HUNAN, 2024, [invention(2), other])

    assert (result.total, result.remarks) == (60, ())


def test_declared_hours_of_one_achievement_count_once_too() -> None:
    items = [
        rules.Item("professional", hours, kind="invention", facts=invention(2).facts)
        for hours in (20, 30, 10)
    ]

    result = rules.assess_year(HUNAN, 2024, items)

    assert result.total == 30
    assert [(each.place, each.says[:6]) for each in result.remarks] == [(0, "与第 2 项"), (2, "与第 2 项")]


def test_a_listing_that_earns_nothing_takes_nothing_away() -> None:
    late = rules.Item(
        "professional", kind="invention", facts={**(invention(1).facts or {}), "granted_on": "2023"}
    )

    result = rules.assess_year(HUNAN, 2024, [late, invention(2)])

    assert result.total == 30
    assert [each.place for each in result.remarks] == [0]


def test_another_year_counts_it_as_before() -> None:
    facts = invention(2).facts or {}

    totals = [
        rules.assess_year(
            HUNAN,
            year,
            [rules.Item("professional", kind="invention", facts={**facts, "granted_on": str(year)})],
        ).total
        for year in (2023, 2024)
    ]

    assert totals == [30, 30]
