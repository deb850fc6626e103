"""The clerk's year: a draft of the next policy, which computes nothing until it was checked."""

from __future__ import annotations

from pathlib import Path

import pytest

import rules
from rules import loader
from rules.cli import drafts, main


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """Next year's draft, outside the shipped policies."""
    target = tmp_path / "2026.toml"
    assert main(["new-year", "hunan", "2026", "--out", str(target)]) == 0
    return target


def test_a_draft_moves_year_span_and_window(draft: Path) -> None:
    policy = rules.read_policy_file(draft)

    assert (policy.key, policy.year, policy.draft) == ("hunan-2026", 2026, True)
    assert policy.span.years == (2021, 2022, 2023, 2024, 2025)
    assert policy.session is not None
    assert policy.session.opens.isoformat() == "2026-05-20"


def test_a_draft_says_what_to_check(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    main(["new-year", "hunan", "2026", "--out", str(tmp_path / "2026.toml")])

    assert "draft = true" in capsys.readouterr().out


def test_a_draft_is_not_in_force(draft: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    place = tmp_path / "policies" / "hunan"
    place.mkdir(parents=True)
    (place / "2026.toml").write_bytes(draft.read_bytes())
    monkeypatch.setattr(loader, "POLICIES", tmp_path / "policies")

    assert loader.available_policies.__wrapped__() == ()
    with pytest.raises(rules.PolicyError, match="draft = true"):
        loader.load_policy.__wrapped__("hunan-2026")
    assert loader.find_policy("hunan-2026").draft


def test_a_file_must_carry_the_key_of_its_place(draft: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loader, "POLICIES", draft.parent.parent)

    with pytest.raises(rules.PolicyError, match="须与文件的位置一致"):
        loader.read_policy_file(draft)


def test_nothing_is_written_where_the_old_file_cannot_be_moved_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "hunan"
    place.mkdir()
    old = (loader.POLICIES / "hunan/2025.toml").read_text(encoding="utf-8")
    (place / "2025.toml").write_text(old.replace("year = 2025", "year   = 2025", 1), encoding="utf-8")
    monkeypatch.setattr(drafts, "POLICIES", tmp_path)

    assert main(["new-year", "hunan", "2026"]) == 2

    assert "须各占一行" in capsys.readouterr().err
    assert [file.name for file in place.iterdir()] == ["2025.toml"]


def test_a_policy_is_never_overwritten(draft: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new-year", "hunan", "2026", "--out", str(draft)]) == 2

    assert "不会覆盖" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("place", "year"), [("atlantis", "2026"), ("hunan", "1990"), ("../x", "2026"), ("hunan", "9999")]
)
def test_there_must_be_an_earlier_policy(place: str, year: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new-year", place, year]) == 2

    assert capsys.readouterr().err


def test_a_difference_is_told_in_words(draft: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = draft.read_text(encoding="utf-8")
    text = text.replace("hours = 8, step = 0.5, sessions", "hours = 6, step = 0.5, sessions", 1)
    text = text.replace("[themes]", '[themes]\n2026 = ["新主题"]').replace(
        "public = 30, professional = 60 }\ncite", "public = 24, professional = 60 }\ncite", 1
    )
    draft.write_text(text, encoding="utf-8")

    assert main(["diff", "hunan-2025", str(draft)]) == 0

    said = capsys.readouterr().out.splitlines()
    assert "年度：由“2025”改为“2026”" in said
    assert "活动种类·培训班、研修班、进修班·折算第 1 档：由“每天 8 学时”改为“每天 6 学时”" in said
    assert "新增 年度主题·2026 年：“新主题”" in said
    assert any(line.startswith("学时要求·各年度：由“") and "公需科目不少于 24" in line for line in said)
    assert not any("实践活动" in line for line in said)


def test_the_same_policy_does_not_differ(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "hunan-2025", "hunan-2025"]) == 0

    assert capsys.readouterr().out == "两份政策没有差别。\n"


def test_what_is_dropped_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    main(["diff", "guangdong-2025", "henan-2025"])

    assert "取消 科目类别·elective（原为“个人选修科目（选修）”）" in capsys.readouterr().out
