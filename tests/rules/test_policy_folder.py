"""The folder of policies as clerks leave it: drafts, notes, files saved by an editor of another mind."""

from __future__ import annotations

import codecs
import io
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import rules
from rules import loader
from rules.cli import drafts, main
from rules.cli.asks import ASKS

SHIPPED = loader.POLICIES / "hunan/2025.toml"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A policies folder of our own, with the shipped policy of Hunan in it."""
    place = tmp_path / "policies" / "hunan"
    place.mkdir(parents=True)
    (place / "2025.toml").write_bytes(SHIPPED.read_bytes())
    monkeypatch.setattr(loader, "POLICIES", tmp_path / "policies")
    monkeypatch.setattr(drafts, "POLICIES", tmp_path / "policies")
    loader.available_policies.cache_clear()
    loader.broken_policies.cache_clear()
    yield place
    loader.available_policies.cache_clear()
    loader.broken_policies.cache_clear()


LINES = {
    "credit": '{"kind":"training","year":2025,"facts":{"days":1}}',
    "assess-year": '{"year":2025,"items":[]}',
    "evidence": '{"form":"01"}',
    "span": '{"target_title":"senior","education":"21"}',
    "route": '{"region_code":"430100"}',
}


def asked(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    line = LINES[arguments[0]].encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(line)))
    return main([*arguments, "--policy", "hunan-2026"])


@pytest.mark.parametrize("name", list(ASKS))
def test_a_draft_answers_nothing_but_with_the_word_draft(
    name: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new-year", "hunan", "2026"]) == 0
    capsys.readouterr()

    assert asked(monkeypatch, name) == 2
    refused = capsys.readouterr()
    assert (refused.out, "这是草稿" in refused.err) == ("", True)

    assert asked(monkeypatch, name, "--draft") == 0
    answered = json.loads(capsys.readouterr().out)
    assert answered["draft"] is True
    assert "error" not in answered


def test_an_answer_under_a_policy_in_force_carries_no_mark(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(LINES["credit"].encode())))

    assert main(["credit", "--draft", "--policy", "hunan-2025"]) == 0

    assert "draft" not in json.loads(capsys.readouterr().out)


def test_a_draft_is_read_out_and_compared(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["new-year", "hunan", "2026"])

    assert main(["describe", "--policy", "hunan-2026"]) == 0
    assert main(["diff", "hunan-2025", "hunan-2026"]) == 0
    assert "状态：由“正式”改为“草稿”" in capsys.readouterr().out


def test_nothing_in_the_library_computes_with_a_draft() -> None:
    draft = replace(rules.load_policy("hunan-2025"), draft=True)
    computing: list[Any] = [
        lambda: rules.credit(draft, kind="training", year=2024, facts={"days": 1}),
        lambda: rules.assess_year(draft, 2024, []),
        lambda: rules.evidence_gap(draft, form="01"),
        lambda: rules.span(draft, target_title="senior", education="21"),
        lambda: rules.route(draft, None, region_code="430100"),
    ]

    for compute in computing:
        with pytest.raises(rules.PolicyError, match="草稿"):
            compute()


def test_a_bad_file_is_named_and_the_others_work(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "notes.toml").touch()
    (folder / "2024.toml").write_bytes(b"[policy")

    assert rules.available_policies() == ("hunan-2025",)
    assert [problem.file for problem in rules.broken_policies()] == ["hunan/2024.toml", "hunan/notes.toml"]
    assert main(["list"]) == 0
    told = capsys.readouterr()
    assert told.out.split() == ["hunan-2025"]
    assert "hunan/notes.toml" in told.err
    assert "hunan/2024.toml" in told.err


def test_a_good_folder_has_nothing_to_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert rules.broken_policies() == ()
    assert main(["list"]) == 0
    assert capsys.readouterr().err == ""


def test_a_byte_order_mark_is_no_part_of_a_policy(folder: Path) -> None:
    (folder / "2025.toml").write_bytes(codecs.BOM_UTF8 + SHIPPED.read_bytes())

    assert rules.read_policy_file(folder / "2025.toml") == rules.load_policy("hunan-2025")
    assert main(["new-year", "hunan", "2026"]) == 0
    assert not (folder / "2026.toml").read_bytes().startswith(codecs.BOM_UTF8)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (SHIPPED.read_text(encoding="utf-8").encode("gb18030"), "GB 18030"),
        (codecs.BOM_UTF16_LE + "标题".encode("utf-16-le"), "UTF-16"),
        (codecs.BOM_UTF16_BE + "标题".encode("utf-16-be"), "UTF-16"),
        (b"\xff\xff\xff", "不是 UTF-8"),
    ],
)
def test_a_file_in_another_encoding_is_refused_by_its_name(folder: Path, content: bytes, named: str) -> None:
    file = folder / "2025.toml"
    file.write_bytes(content)

    with pytest.raises(rules.PolicyError, match=r"另存为.*UTF-8") as refusal:
        rules.read_policy_file(file)

    assert named in refusal.value.reason


def test_a_year_is_not_drafted_from_a_draft(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new-year", "hunan", "2026"]) == 0

    assert main(["new-year", "hunan", "2027"]) == 2

    assert "2026 年的政策还是草稿" in capsys.readouterr().err
    assert not (folder / "2027.toml").exists()


def test_a_draft_that_was_put_in_force_is_drafted_from(folder: Path) -> None:
    main(["new-year", "hunan", "2026"])
    text = (folder / "2026.toml").read_text(encoding="utf-8")
    (folder / "2026.toml").write_text(text.replace("draft = true\n", "", 1), encoding="utf-8")

    assert main(["new-year", "hunan", "2027"]) == 0

    draft = rules.read_policy_file(folder / "2027.toml")
    assert (draft.key, draft.year, draft.draft) == ("hunan-2027", 2027, True)


def test_a_file_that_is_not_there_is_told_in_words(folder: Path) -> None:
    with pytest.raises(rules.PolicyError, match="读不出来"):
        rules.read_policy_file(folder / "1999.toml")
