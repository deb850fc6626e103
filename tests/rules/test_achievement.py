"""One patent, paper or certificate is the same however its number was typed (policy decision A24)."""

from __future__ import annotations

import pytest

import rules

POLICY = rules.load_policy("hunan-2025")


def key(kind: str, title: str = "一种装置", **facts: object) -> str:
    return rules.achievement(POLICY, kind=kind, title=title, facts=facts)


def same(one: str, other: str) -> bool:
    return rules.is_same_achievement(one, other)


@pytest.mark.parametrize(
    "typed",
    ["ZL 2020 1 0123456.7", "zl202010123456.7", "ＺＬ2020-1-0123456.7 ", "202010123456.7", "2020101234567",
     "202010123456", "CN202010123456.7", "专利号：ZL202010123456.7", "\u202d202010123456.7\u202c"],
)  # fmt: skip
def test_a_patent_number_is_the_same_however_it_is_typed(typed):
    assert key("invention", patent_number=typed) == "invention:patent_number=202010123456"


def test_a_patent_of_the_last_century_has_eight_digits():
    assert key("invention", patent_number="ZL98112345.X") == key("invention", patent_number="98112345")


@pytest.mark.parametrize(
    "typed", ["ISBN 978-7-302-51185-4", "9787302511854", "7-302-51185-6", "ISBN-10: 7302511856"]
)
def test_a_book_is_the_same_by_its_old_and_new_number_and_as_a_textbook(typed):
    assert key("book", isbn=typed) == key("textbook", isbn="978-7-302-51185-4") == "isbn=9787302511854"


@pytest.mark.parametrize("typed", ["https://doi.org/10.1000/ABC.1", "doi:10.1000/abc.1", "DOI：10.1000/abc.1",
                                   "http://dx.doi.org/10.1000%2Fabc.1", "10.1000/abc.1。"])  # fmt: skip
def test_a_doi_is_the_same_with_its_address_and_without(typed):
    assert key("paper", doi=typed) == "paper:doi=101000abc1"


@pytest.mark.parametrize("typed", ["CN 43-1234/G4", "43-1234/G4", "cn43－1234", "国内统一刊号：CN43—1234/G4",
                                   "ISSN 1000-1234，CN 43-1234/G4"])  # fmt: skip
def test_a_journal_is_the_same_with_its_prefix_and_without(typed):
    assert key("paper", "论培训", serial_number=typed) == "paper:serial_number=cn431234|title=论培训"


def test_an_international_number_stays_one_and_its_prefix_may_lack():
    assert key("paper", serial_number="ISSN 1000-123X") == key("paper", serial_number="1000-123x")


@pytest.mark.parametrize("typed", ["证书编号：湘-2020-01", "湘202001", "第湘2020-01号"])
def test_a_certificate_is_the_same_with_the_words_around_its_number(typed):
    assert key("award", certificate_number=typed) == "award:certificate_number=湘202001"


def test_two_patents_differ():
    assert key("invention", patent_number="ZL1") != key("invention", patent_number="ZL2")


def test_an_invention_is_no_utility_model():
    assert key("invention", patent_number="ZL1") != key("utility_model", patent_number="ZL1")


def test_a_paper_is_the_same_by_its_doi_or_by_its_journal_and_title():
    both = key("paper", "论培训", doi="10.1000/ABC.1", serial_number="CN43-1234/G4")

    assert same(both, key("paper", "另一题名", doi="10.1000/abc.1"))
    assert same(both, key("paper", "论 培训", serial_number="43-1234"))
    assert not same(both, key("paper", "再论培训", doi="10.1000/abc.2", serial_number="43-1234"))
    assert not same("", "")


def test_without_a_doi_a_paper_is_known_by_journal_and_title():
    first = key("paper", "论培训", serial_number="CN 43-1234/G4")

    assert first == key("paper", "论 培训", serial_number="cn43-1234/g4")
    assert first != key("paper", "再论培训", serial_number="CN43-1234/G4")


@pytest.mark.parametrize("kind", ["paper", "training", "no_such_kind", None])
def test_what_tells_nothing_of_itself_is_no_achievement(kind):
    assert rules.achievement(POLICY, kind=kind, title="论培训", facts={}) == ""
