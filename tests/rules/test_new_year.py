"""A new year's file asks for vectors of what it changes, and of nothing else; a draft asks for nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

import rules
from rules import loader
from rules.cli import drafts, main
from rules.loader import POLICIES, read_policy_text
from tests.rules.demands import changed_kinds, changed_proofs

HUNAN = rules.load_policy("hunan-2025")


@pytest.fixture
def next_year(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What `new-year hunan 2026` writes beside the shipped file."""
    place = tmp_path / "hunan"
    place.mkdir()
    (place / "2025.toml").write_bytes((POLICIES / "hunan/2025.toml").read_bytes())
    monkeypatch.setattr(loader, "POLICIES", tmp_path)
    monkeypatch.setattr(drafts, "POLICIES", tmp_path)
    assert main(["new-year", "hunan", "2026"]) == 0
    return (place / "2026.toml").read_text(encoding="utf-8")


def in_force(text: str) -> rules.Policy:
    """The draft checked by a clerk: three edits, and the mark is gone."""
    edited = (
        text.replace("draft = true\n", "", 1)
        .replace("2025年专业技术人员", "2026年专业技术人员", 1)
        .replace('document = "湘人社办函〔2025〕37号"', 'document = "湘人社办函〔2026〕1号"', 1)
        .replace("issued_on = 2025-05-03", "issued_on = 2026-05-06", 1)
    )
    return read_policy_text("2026.toml", edited)


def test_a_new_year_without_changed_rules_needs_no_vectors_of_its_own(next_year: str) -> None:
    policy = in_force(next_year)

    assert (policy.draft, policy.year) == (False, 2026)
    assert [(each.key, kind.key) for each, kind in changed_kinds([HUNAN, policy]) if each is policy] == []
    assert [proof for each, proof in changed_proofs([HUNAN, policy]) if each is policy] == []


def test_a_changed_rule_needs_vectors_and_the_others_do_not(next_year: str) -> None:
    days = 'hours = 8, step = 0.5, sessions = "sessions"'
    papers = '[{ all = [["closing_proof"]] }]'
    text = next_year.replace(days, days.replace("8", "6"), 1).replace(
        papers, papers.replace("closing", "expense").replace("_proof", "_claim"), 1
    )
    policy = in_force(text)

    assert [kind.key for each, kind in changed_kinds([HUNAN, policy]) if each is policy] == ["training"]
    assert [proof.form for each, proof in changed_proofs([HUNAN, policy]) if each is policy] == ["05"]


def test_the_first_policy_of_a_province_needs_them_all() -> None:
    assert [kind for _policy, kind in changed_kinds([HUNAN])] == list(HUNAN.kinds)
    assert [proof for _policy, proof in changed_proofs([HUNAN])] == list(HUNAN.proofs)


def test_what_a_new_year_must_still_change_is_named(next_year: str) -> None:
    draft = read_policy_text("2026.toml", next_year)

    told = [says for says in rules.compare(HUNAN, draft) if says.startswith("没有改：")]

    assert told == [
        f"没有改：通知名称仍是“{HUNAN.title}”，新通知一般不同，请核对",
        "没有改：文号仍是“湘人社办函〔2025〕37号”，新通知一般不同，请核对",
        "没有改：发文日期仍是“2025-05-03”，新通知一般不同，请核对",
        "没有改：没有 2026 年的年度主题，请核对",
    ]


def test_what_was_changed_is_not_asked_for_again(next_year: str) -> None:
    text = next_year.replace("[themes]", '[themes]\n2026 = ["新主题"]', 1)
    told = rules.compare(HUNAN, in_force(text))

    assert not [says for says in told if says.startswith("没有改：")]
    half = in_force(text.replace("关于做好2025年专业技术人员", "关于做好2025年 专业技术人员", 1))
    assert "没有改：通知名称中还有“2025”，请核对" in rules.compare(HUNAN, half)
    back = [says for says in rules.compare(in_force(text), HUNAN) if says.startswith("没有改：")]
    assert back == []


def test_another_province_is_no_earlier_year() -> None:
    assert not [
        says for says in rules.compare(rules.load_policy("henan-2025"), HUNAN) if says.startswith("没有改：")
    ]
