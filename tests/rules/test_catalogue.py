"""The kinds of a policy to choose from: found by everyday words, each with what it can bring."""

from __future__ import annotations

from dataclasses import replace

import pytest

import rules
from rules.catalogue import completes_a_year, look_for, worth

HUNAN = rules.load_policy("hunan-2025")


def found(text: str, category: str = "") -> set[str]:
    groups = look_for(HUNAN, text, category=category)
    return {offer.kind.key for group in groups for offer in group.offers}


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("网课", "distance"),
        ("慕课", "distance"),
        ("mooc", "distance"),
        ("自考", "degree"),
        ("成人自考", "degree"),
        ("自考本科", "degree"),
        ("下乡", "expert"),
        ("支教", "expert"),
        ("公开课", "conference"),
        ("考证", "qualification_exam"),
        ("访学", "overseas"),
        ("上网课", "distance"),
        ("ＳＣＩ", "paper"),
    ],
)
def test_everyday_words_find_what_the_notice_calls_otherwise(said: str, meant: str) -> None:
    assert meant in found(said)


def test_every_kind_of_the_notice_is_found_by_its_own_name_and_by_all_it_is_also_called() -> None:
    for kind in HUNAN.kinds:
        for word in (kind.name, *kind.also):
            assert kind.key in found(word), word


def test_several_words_must_all_fit_and_nonsense_finds_nothing() -> None:
    assert found("专利 授权") == {"invention", "utility_model"}
    assert found("没有这种活动") == set()
    assert found("") == {kind.key for kind in HUNAN.kinds}


def test_what_only_counts_elsewhere_is_left_out_of_a_category() -> None:
    assert "distance" in found("", "public")
    assert "paper" not in found("", "public")


def test_a_posting_and_an_exchange_complete_a_year_and_nothing_else_does() -> None:
    assert {kind.key for kind in HUNAN.kinds if completes_a_year(kind)} == {"aid", "overseas"}


@pytest.mark.parametrize(
    ("kind", "brings"),
    [
        ("paper", "30 / 10 学时"),
        ("training", "每天 8 学时"),
        ("aid", "视同完成 90 学时"),
        ("distance", "按载明学时"),
        ("health_front", "由审核人员认定"),
        ("degree", "每门 30 学时"),
        ("invention", "60 / 30 / 10 学时"),
    ],
)
def test_what_a_kind_can_bring_is_said_in_a_few_words(kind: str, brings: str) -> None:
    assert worth(HUNAN.kind_of(kind), HUNAN.year) == brings


def test_figures_of_other_years_do_not_count_for_what_a_kind_can_bring() -> None:
    training = rules.load_policy("guangdong-2025").kind_of("training")
    assert worth(training, 2020) == "每天 6 学时"
    assert worth(training, 2021) == "每天 8 学时"


def test_a_kind_of_which_no_row_earns_anything_says_so() -> None:
    contest = HUNAN.kind_of("contest_provincial")
    nothing = replace(contest, rows=tuple(row for row in contest.rows if not row.when))
    assert worth(nothing, 2025) == "不折算"
