"""One patent, paper or certificate is the same however its number was typed (policy decision A24)."""

from __future__ import annotations

import pytest

import rules

POLICY = rules.load_policy("hunan-2025")


def key(kind: str, title: str = "一种装置", **facts: object) -> str:
    return rules.achievement(POLICY, kind=kind, title=title, facts=facts)


@pytest.mark.parametrize("typed", ["ZL 2020 1 0123456.7", "zl202010123456.7", "ＺＬ2020-1-0123456.7 "])
def test_a_patent_number_is_the_same_however_it_is_typed(typed):
    assert key("invention", patent_number=typed) == "invention:patent_number=zl2020101234567"


def test_two_patents_differ():
    assert key("invention", patent_number="ZL1") != key("invention", patent_number="ZL2")


def test_an_invention_is_no_utility_model():
    assert key("invention", patent_number="ZL1") != key("utility_model", patent_number="ZL1")


def test_a_paper_is_known_by_its_doi_before_its_journal_and_title():
    with_doi = key("paper", doi="10.1000/ABC.1", serial_number="CN43-1234/G4")

    assert with_doi == key("paper", "另一题名", doi="10.1000/abc.1") == "paper:doi=101000abc1"


def test_without_a_doi_a_paper_is_known_by_journal_and_title():
    first = key("paper", "论培训", serial_number="CN 43-1234/G4")

    assert first == key("paper", "论 培训", serial_number="cn43-1234/g4")
    assert first != key("paper", "再论培训", serial_number="CN43-1234/G4")


@pytest.mark.parametrize("kind", ["paper", "training", "no_such_kind", None])
def test_what_tells_nothing_of_itself_is_no_achievement(kind):
    assert rules.achievement(POLICY, kind=kind, title="论培训", facts={}) == ""
