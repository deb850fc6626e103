"""What a program is told whose question has a wrong shape, and where a draft's bounds lie."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

import rules
from rules import loader
from rules.cli import drafts, main
from rules.cli.asks import ASKS, MOST_ENTRIES
from rules.errors import PolicyError, RuleInputError
from rules.loader import POLICIES, read_policy_file

POLICY = rules.load_policy("hunan-2025")
TRAINING = {"kind": "training", "year": 2024, "facts": {"days": 1}}


@pytest.mark.parametrize(
    ("ask", "given", "key", "says"),
    [
        ("credit", TRAINING | {"kind": 3}, "kind", "“kind”应为文字。"),
        ("credit", TRAINING | {"year": True}, "year", "年度应为四位年份，例如 2024。"),
        ("credit", TRAINING | {"year": [2024]}, "year", "年度应为四位年份，例如 2024。"),
        ("credit", {"year": 2024}, "kind", "缺少“kind”。"),
        ("credit", TRAINING | {"facts": []}, "facts", "“facts”应为一个对象。"),
        ("assess-year", {"year": 2024, "items": {}}, "items", "“items”应为列表。"),
        ("assess-year", {"year": 2024, "items": [1]}, "items", "“items”的每一项应为对象。"),
        ("assess-year", {"year": 2024, "items": [{"hours": True}]}, "hours", "“hours”应为数字。"),
        ("assess-year", {"year": 2024, "items": [{"hours": 1.5}]}, "hours", "“hours”应为数字。"),
        (
            "assess-year",
            {"year": 2024, "items": [{}] * (MOST_ENTRIES + 1)},
            "items",
            f"“items”最多列 {MOST_ENTRIES} 项，请分成几行。",
        ),
        (
            "evidence",
            {"documents": [3]},
            "documents",
            '“documents”的每一项应为对象，例如 {"kind": "notice"}。',
        ),
        (
            "evidence",
            {"form": "01", "documents": [{"kind": "notice", "stamped": 1}]},
            "stamped",
            "“stamped”应为 true 或 false。",
        ),
        (
            "evidence",
            {"form": "01", "prior_span": [2019]},
            "prior_span",
            "“prior_span”应为起止年度，例如 [2019, 2023]。",
        ),
        ("route", {"unit": [], "region_code": "430100"}, "unit", "“unit”应为对象；没有单位的不填。"),
    ],
)
def test_a_question_of_a_wrong_shape_is_told_what_is_wanted(
    ask: str, given: dict[str, object], key: str, says: str
) -> None:
    with pytest.raises(RuleInputError) as refused:
        ASKS[ask].answer(POLICY, given)
    assert (refused.value.key, str(refused.value)) == (key, says)


@pytest.mark.parametrize(("length", "shown"), [(39, 39), (40, 40), (41, 40)])
def test_of_an_endless_name_the_first_forty_characters_are_told(length: int, shown: int) -> None:
    with pytest.raises(RuleInputError) as refused:
        ASKS["credit"].check_names({"x" * length: 1})
    assert refused.value.key == "x" * shown
    assert f"没有“{'x' * shown}”这一项" in str(refused.value)


@pytest.mark.parametrize("hours", [None, 8, "8", Decimal("8")])
def test_hours_are_a_number_or_its_digits_or_left_out(hours: object) -> None:
    item = {"category": "professional", "hours": hours, **({} if hours else {"kind": "training"})}
    item |= {} if hours else {"facts": {"days": 1}}
    answer = ASKS["assess-year"].answer(POLICY, {"year": 2024, "items": [item]})
    assert answer["total"] == "8"


# -- drafts


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Policies of one province: 2025 alone."""
    (tmp_path / "hunan").mkdir()
    (tmp_path / "hunan/2025.toml").write_bytes((POLICIES / "hunan/2025.toml").read_bytes())
    for module in (loader, drafts):
        monkeypatch.setattr(module, "POLICIES", tmp_path)
    return tmp_path / "hunan"


@pytest.mark.parametrize("place", ["Hunan", "../hunan", "hunan1", "", "a" * 41 + "/"])
def test_a_place_is_the_name_of_a_folder(folder: Path, place: str) -> None:
    with pytest.raises(PolicyError, match="须是政策文件夹的名称，只用小写字母") as refused:
        drafts.draft_next_year(place, 2026, None)
    assert refused.value.file == place[:40]


@pytest.mark.parametrize("year", [0, 1949, 2101])
def test_a_year_has_four_digits(folder: Path, year: int) -> None:
    with pytest.raises(PolicyError, match="须是四位年份"):
        drafts.draft_next_year("hunan", year, None)


@pytest.mark.parametrize("year", [1950, 2025])
def test_a_draft_needs_an_earlier_policy(folder: Path, year: int) -> None:
    with pytest.raises(PolicyError, match="没有更早年度的政策" if year == 1950 else "没有更早|已经有"):
        drafts.draft_next_year("hunan", year, folder / "new.toml")


def test_a_draft_of_the_last_year_is_possible(folder: Path) -> None:
    drafts.draft_next_year("hunan", 2100, None)
    assert (folder / "2100.toml").exists()


def test_a_draft_that_cannot_be_written_says_why(folder: Path) -> None:
    with pytest.raises(PolicyError, match="写不进去：No such file"):
        drafts.draft_next_year("hunan", 2026, folder / "absent" / "2026.toml")


def test_what_would_not_load_is_not_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "HEAD_COMMENT", "不是 TOML {old}\n")
    with pytest.raises(PolicyError):
        drafts.draft_next_year("hunan", 2026, None)
    assert not (folder / "2026.toml").exists()


def test_only_the_first_key_and_year_are_moved(folder: Path) -> None:
    """A text of several lines may quote the file's own head; what it quotes stays as it was written."""
    quoted = 'key = "hunan-2025"\nyear = 2025\n'
    text = (folder / "2025.toml").read_text("utf-8")
    text = re.sub(r"^guidance = .*$", f"guidance = '''\\n{quoted}'''", text, count=1, flags=re.M)
    (folder / "2025.toml").write_text(text, "utf-8")

    drafts.draft_next_year("hunan", 2026, None)

    drafted = read_policy_file(folder / "2026.toml")
    assert (drafted.key, drafted.year, drafted.draft) == ("hunan-2026", 2026, True)
    assert drafted.guidance == quoted


def test_the_command_ends_with_the_sentence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new-year", "hunan", "1949"]) != 0
    assert "须是四位年份" in capsys.readouterr().err


# -- achievements


@pytest.mark.parametrize(
    ("typed", "plain"),
    [("第1号", "1"), ("第号", "第号"), ("第12号", "12"), ("1号", "1号"), ("编号：No.7", "no7")],
)
def test_a_number_is_what_stands_between_its_words(typed: str, plain: str) -> None:
    key = rules.achievement(POLICY, kind="project", title="", facts={"project_number": typed})
    assert key.rpartition("=")[2] == plain


def test_of_a_title_the_first_hundred_and_twenty_characters_are_compared() -> None:
    def of(length: int) -> str:
        return rules.achievement(
            POLICY, kind="paper", title="论" * length, facts={"serial_number": "CN43-1234/G4"}
        )

    assert of(119) != of(120) == of(121) == of(200)
