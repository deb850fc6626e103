"""`python -m rules`, as another program or a clerk uses it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rules.cli import main
from rules.cli.lines import LONGEST_LINE

ROOT = Path(__file__).parent.parent.parent
CITY = {"affiliation": "city", "nature": "institution"}


def ask(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str, *lines: str
) -> list[Any]:
    """Send lines to a command of the Hunan policy and read its answers."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("\n".join(lines).encode())))
    assert main([command, "--policy", "hunan-2025"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_stream_answers_every_line_and_survives_the_bad_ones() -> None:
    lines = [
        b'{"id": 1, "kind": "training", "year": 2024, "facts": {"days": 3.5}}',
        b"{",
        b"\xff\xfe",
        b"[1]",
        b"",
        b'{"kind": "training", "year": 2024, "facts": {"days": NaN}}',
        b'{"kind": "training", "year": 2024, "facts": {"days": 1, "days": 2}}',
        b'{"kind": "training", "yaer": 2024, "facts": {"days": 1}}',
        b'{"kind": "book", "year": 2024, "facts": {"author": "other", "published_on": "2024"}}',
    ]
    answers = _credit(b"\n".join(lines))

    assert [each.get("hours", "error") for each in answers] == ["28", *["error"] * 6, "30"]
    assert (answers[0]["id"], answers[1]["line"]) == (1, 2)
    assert all(each.get("error") for each in answers[1:-1])


def test_half_a_surrogate_pair_is_answered_like_any_other_line() -> None:
    lines = [
        rb'{"kind": "\ud800", "year": 2024}',
        rb'{"id": "\ud800", "kind": "training", "year": 2024, "facts": {"days": 1}}',
    ]

    refused, answered = _credit(b"\n".join(lines))

    assert refused["key"] == "kind"
    assert (answered["id"], answered["hours"]) == ("\ud800", "8")


def test_a_line_too_long_to_be_a_question_is_refused_and_the_next_is_answered() -> None:
    good = b'{"kind": "training", "year": 2024, "facts": {"days": 1}}'
    filler = b" " * (LONGEST_LINE - len(good))
    endless = b'{"kind": "' + b"a" * (3 * LONGEST_LINE) + b'"}'

    fits, too_long, far_too_long, after = _credit(
        b"\n".join([good + filler[:-1], good + filler + b" ", endless, good])
    )

    assert (fits["hours"], after["hours"]) == ("8", "8")
    for refused, line in ((too_long, 2), (far_too_long, 3)):
        assert (refused["key"], refused["line"]) == ("line", line)
        assert "太长" in refused["error"]


def test_a_byte_order_mark_is_no_part_of_the_question() -> None:
    [answered] = _credit(b'\xef\xbb\xbf{"kind": "training", "year": 2024, "facts": {"days": 1}}\r\n')

    assert answered["hours"] == "8"


def _credit(lines: bytes) -> list[Any]:
    """The answers of a process of its own, which must end well and complain of nothing."""
    run = subprocess.run(
        [sys.executable, "-m", "rules", "credit", "--policy", "hunan-2025"],
        input=lines,
        capture_output=True,
        cwd=ROOT,
        check=True,
    )
    assert run.stderr == b""
    return [json.loads(line) for line in run.stdout.decode().splitlines()]


def test_credit_names_category_citation_and_sum(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    [answered] = ask(
        monkeypatch,
        capsys,
        "credit",
        '{"kind": "invention", "year": 2024, "facts": {"rank": 2, "granted_on": "2024"}}',
    )

    assert answered["hours"] == "30"
    assert answered["category"] == "professional"
    assert answered["cite"].endswith("附件2·二·4")
    assert answered["sum"] == "第 2 名，30 学时"


def test_hours_that_cannot_be_computed_are_null(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    [answered] = ask(monkeypatch, capsys, "credit", '{"kind": "health_front", "year": 2022}')

    assert (answered["hours"], answered["basis"]) == (None, "none")


def test_assess_year_takes_hours_and_activities(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    items = [
        {"category": "public", "hours": "29.5"},
        {"kind": "digital_exam", "facts": {"subjects": 2, "passed_on": 2024}},
    ]

    good, bad, strange = ask(
        monkeypatch,
        capsys,
        "assess-year",
        json.dumps({"year": 2024, "items": items}),
        json.dumps({"year": 2024, "items": [{"category": "public", "hours": True}]}),
        json.dumps({"year": 2024, "items": "many"}),
    )

    assert (good["met"], good["totals"], good["total"]) == (
        False,
        {"public": "29.5", "professional": "60"},
        "89.5",
    )
    assert good["gaps"][0] == {"category": "public", "missing": "0.5", "says": "公需科目还差 0.5 学时"}
    assert (bad["key"], strange["key"]) == ("hours", "items")


def test_evidence_names_the_shortest_ways(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    slip = {"kind": "prior_certificate"}
    lacking, covered, bad = ask(
        monkeypatch,
        capsys,
        "evidence",
        '{"form": "02", "documents": [{"kind": "practice_notice"}]}',
        json.dumps({"form": "02", "documents": [slip], "year": 2020, "prior_span": [2019, 2023]}),
        '{"form": "02", "documents": [{"kind": "practice_notice", "stamped": "no"}]}',
    )

    assert [way["missing"] for way in lacking["ways"]] == [["派出通知（加盖公章）"], ["实践活动日志"]]
    assert (lacking["sufficient"], covered["sufficient"]) == (False, True)
    assert bad["key"] == "stamped"


def test_span_and_route_answer_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    [years] = ask(monkeypatch, capsys, "span", '{"target_title": "senior", "education": "21"}')
    unit = '{"affiliation": "city", "nature": "institution", "has_superior": true}'
    steps, freelance, bad = ask(
        monkeypatch,
        capsys,
        "route",
        f'{{"unit": {unit}, "region_code": "430202"}}',
        '{"region_code": "430100"}',
        '{"unit": {"affiliation": ["city"], "nature": "institution"}, "region_code": "430100"}',
    )

    assert years["years"] == [2020, 2021, 2022, 2023, 2024]
    assert steps["steps"] == ["employer", "department", "bureau:county", "bureau:city"]
    assert freelance["steps"] == ["bureau:city"]
    assert bad["key"] == "affiliation"


@pytest.mark.requirement("R001", "R078")
def test_describe_lists_what_a_program_needs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", "--policy", "hunan-2025", "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    project = next(kind for form in told["forms"] for kind in form["kinds"] if kind["key"] == "project")
    rank = next(fact for fact in project["facts"] if fact["key"] == "rank")

    assert [form["key"] for form in told["forms"] if form["printed"]] == [f"{n:02}" for n in range(1, 12)]
    assert rank["needed_when"] == [
        {"fact": "level", "among": ["provincial"]},
        {"fact": "role", "among": ["participant"]},
    ]
    assert {"categories", "documents", "evidence", "span", "routes", "ambiguities"} <= set(told)


@pytest.mark.parametrize("key", ["hunan-2025", "guangdong-2025", "henan-2025"])
def test_describe_also_speaks_in_words(key: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", "--policy", key]) == 0

    assert "每年不少于 90 学时" in capsys.readouterr().out


def test_list_names_the_policies(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0

    assert "hunan-2025" in capsys.readouterr().out.split()


def test_an_unknown_policy_ends_with_a_message(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["credit", "--policy", "atlantis-1"]) == 2

    assert "没有这份政策" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "line"),
    [
        ("credit", {"kind": "training", "year": 2024, "facts": {"days": 1}}),
        ("assess-year", {"year": 2024, "items": []}),
        ("evidence", {"form": "01", "documents": []}),
        ("span", {"target_title": "senior", "education": "21"}),
        ("route", {"region_code": "430102"}),
    ],
)
def test_a_name_nobody_reads_is_refused_and_those_that_are_read_are_told(
    command: str, line: dict[str, object], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = ask(
        monkeypatch, capsys, command, json.dumps({**line, "id": 7}), json.dumps({**line, "colour": 1})
    )

    assert ("error" in good, good["id"]) == (False, 7)
    assert (bad["key"], bad["line"]) == ("colour", 2)
    assert "没有“colour”这一项；可用的有 " in bad["error"]
    assert all(name in bad["error"] for name in line)


@pytest.mark.parametrize(
    ("command", "line", "key"),
    [
        ("assess-year", {"year": 2024, "items": [{"category": "public", "hours": 1, "colour": 1}]}, "colour"),
        ("assess-year", {"year": 2024, "items": [1]}, "items"),
        ("assess-year", {"year": True, "items": []}, "year"),
        ("assess-year", {"items": []}, "year"),
        ("assess-year", {"year": 2024, "items": [{"category": 1, "hours": 1}]}, "category"),
        ("assess-year", {"year": 2024, "items": [{"kind": "training", "facts": [1]}]}, "facts"),
        ("evidence", {"form": "01", "documents": [{"kind": "notice", "colour": 1}]}, "colour"),
        ("evidence", {"form": "01", "documents": ["notice"]}, "documents"),
        ("evidence", {"form": "01", "documents": {}}, "documents"),
        ("evidence", {"form": "01", "prior_span": [2019]}, "prior_span"),
        ("evidence", {"form": "01", "prior_span": [2019, True]}, "prior_span"),
        ("evidence", {"form": "01", "prior_span": "2019"}, "prior_span"),
        ("span", {"target_title": 1, "education": "21"}, "target_title"),
        ("span", {"education": "21"}, "target_title"),
        ("route", {"unit": [], "region_code": "430100"}, "unit"),
        ("route", {"unit": {**CITY, "colour": 1}, "region_code": "430100"}, "colour"),
        ("route", {"unit": {**CITY, "top_level": 1}, "region_code": "430100"}, "top_level"),
    ],
)
def test_a_question_of_another_shape_is_refused_by_its_key(
    command: str,
    line: dict[str, object],
    key: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    [answered] = ask(monkeypatch, capsys, command, json.dumps(line))

    assert answered["key"] == key
    assert set(answered) == {"error", "key", "line"}


def test_every_part_of_an_answer_is_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = {"mode": "onsite", "days": "2", "clock_hours": "5"}
    [credit] = ask(
        monkeypatch,
        capsys,
        "credit",
        json.dumps({"kind": "expert", "year": 2024, "facts": facts, "category": "public"}),
    )
    paper = {"serial": "cn", "author": "other", "published_on": "2024", "serial_number": "1"}
    item = {"kind": "paper", "facts": paper, "title": "题名"}
    deemed = {"category": "professional", "hours": 90, "basis": "deemed"}
    [once, whole] = ask(
        monkeypatch,
        capsys,
        "assess-year",
        json.dumps({"year": 2024, "items": [item, item]}),
        json.dumps({"year": 2024, "items": [deemed]}),
    )

    assert (credit["hours"], credit["unit"], credit["category"], credit["basis"]) == (
        "16",
        "学时",
        "public",
        "computed",
    )
    assert credit["facts"][0] == {"name": "服务方式", "value": "现场服务"}
    assert [says[:8] for says in credit["remarks"]] == ["“线上实际服务时"]
    assert (once["total"], once["unit"], once["deemed"]) == ("10", "学时", False)
    assert once["remarks"] == [
        {"item": 1, "counts": False, "says": "与第 1 项是同一成果，同一成果只计一次。"}
    ]
    assert (whole["deemed"], whole["met"], whole["entered"]) == (
        True,
        True,
        {"public": "30", "professional": "60"},
    )


def test_a_route_carries_whatever_the_registry_says(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    unit = {"affiliation": "central", "nature": "institution", "entrusted": True, "region_code": "430102"}
    top = {"affiliation": "provincial", "nature": "institution", "top_level": True}
    filed, straight, elsewhere = ask(
        monkeypatch,
        capsys,
        "route",
        json.dumps({"unit": unit, "region_code": "430102"}),
        json.dumps({"unit": top, "region_code": "430102"}),
        json.dumps({"unit": {**unit, "affiliation": "city"}, "region_code": "430202"}),
    )

    assert (filed["key"], filed["steps"], filed["refusal"]) == (
        "central",
        ["employer", "bureau:province"],
        None,
    )
    assert straight["steps"] == ["employer", "bureau:province"]
    assert "单位所在的行政区划" in elsewhere["refusal"]


def test_a_span_names_the_exception_that_was_chosen(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = {"target_title": "senior", "education": "21"}
    plain, chosen = ask(
        monkeypatch, capsys, "span", json.dumps(asked), json.dumps({**asked, "exception": "late_entry"})
    )

    assert (plain["exception"], plain["required"], plain["reviewer_confirms"]) == (None, True, False)
    assert (chosen["exception"], chosen["min_years"], chosen["reviewer_confirms"]) == ("late_entry", 1, True)
    assert [each["key"] for each in plain["exceptions"]] == ["late_entry", "transferred", "other"]
