"""A policy read out: every point in words, what belongs together under one head, sections apart."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest

import rules
from rules.cli import main
from rules.describe import describe, in_words
from rules.loader import POLICIES
from rules.points import orders, points
from rules.schema import read_policy
from tests.rules.tables import course, full, small

SMALL = read_policy("small.toml", small())


def test_the_points_of_a_thing_stand_under_it_and_sections_stand_apart() -> None:
    lines = list(in_words(SMALL))

    at = lines.index("活动种类·课程：培训（01），计入主科，按天折算（三）")
    assert lines[at - 1] == ""
    assert (
        lines[at + 1]
        == "  - 填写项·方式：选一项（mode），必填，选项：按天（day）、按门（item）、驻外（stay）"
    )
    assert lines[0] == "政策代号：small-2025"
    assert "" not in lines[:14]
    assert ("", "") not in pairwise(lines)
    assert lines[-1] != ""


def test_a_thing_that_is_only_there_in_parts_is_named_once() -> None:
    """Ways of proof stand under what they prove."""
    lines = list(in_words(rules.load_policy("hunan-2025")))

    at = lines.index("所需材料·培训班：参加培训班、研修班、进修班的提供以下材料之一（附件2·一·1）")
    assert [line[:18] for line in lines[at + 1 : at + 3]] == [
        "  - 第（1）种材料：培训通知 +",
        "  - 第（2）种材料：培训通知或培",
    ]


@pytest.mark.parametrize("key", rules.available_policies())
def test_every_text_of_the_file_is_read_out(key: str) -> None:
    policy = rules.load_policy(key)
    told = "\n".join(in_words(policy))

    assert [point.words for point in points(policy) if point.words not in told] == []
    for text in (policy.title, policy.routes[0].says, *(each.reason for each in policy.ambiguities)):
        assert text in told


def test_what_the_file_has_not_is_said_to_be_missing() -> None:
    told = list(in_words(SMALL))

    assert "学习内容说明：无" in told
    assert "一个单位的时长：未规定" in told
    assert "与其他单位的折算：无" in told
    assert not [line for line in told if line.startswith(("用人单位培训计划", "以前年度的认定", "登记矛盾"))]


def test_everything_a_file_may_hold_is_read_out() -> None:
    values = full()
    values["hours"] |= {"minutes": 45, "conversions": [{"unit": "学分", "hours": 2}]}
    values["forms"][0]["sources"] = ["plan", "platform"]
    values["plans"] = {"kind": "course", "require_before": False, "cite": "三"}
    values["recognised"] = {"platform": {"natures": ["enterprise"], "cite": "八", "says": "不行。"}}
    values["contradictions"] = [
        {"affiliations": ["none"], "superior": True, "cite": "八", "says": "矛盾。"},
        {"natures": ["enterprise"], "superior": False, "cite": "八", "says": "不全。"},
    ]
    values["review"] = {"batches": []}
    told = list(in_words(read_policy("full.toml", values)))

    for line in (
        "一个单位的时长：45 分钟",
        "与其他单位的折算：1 学分 为 2 学时",
        "用人单位培训计划：按“课程”（course）折算，不限报备时间（三）",
        "直接认定·事业单位培训平台：只限企业人员；其他人员：不行（八）",
        "登记矛盾·第 1 条：无，有上级主管单位：矛盾（八）",
        "登记矛盾·第 2 条：企业，没有上级主管单位，也不是一级单位：不全（八）",
        "可以批量审核的环节：无",
        "以前年度的认定：证明可作相应年度的佐证材料（三）",
    ):
        assert line in told


def test_two_things_of_one_name_are_told_apart() -> None:
    values = small()
    values["kinds"]["second"] = dict(course(values))
    ways = [{"all": [["paper"]]}, {"all": [["letter"]]}]
    values["evidence"][0]["ways"] = ways
    values["evidence"] = [
        {**values["evidence"][0], "kinds": ["course"]},
        {**values["evidence"][0], "kinds": ["second"]},
    ]

    labels = [point.label for point in points(read_policy("small.toml", values))]

    assert {"活动种类·课程（course）", "活动种类·课程（second）"} <= set(labels)
    assert "所需材料·课程·所需材料（第 2 种）" in labels


def test_a_list_is_told_in_its_order() -> None:
    told = {order.label: [name for _key, name in order.entries] for order in orders(SMALL)}

    assert told["活动种类·课程·填写项"] == ["方式", "天数", "门数", "起", "止", "另加"]
    assert told["学历"] == ["博士"]


def test_json_holds_every_line_part_by_part() -> None:
    [kind] = describe(SMALL)["forms"][0]["kinds"]  # type: ignore[index]

    assert [line["measure"] for line in kind["lines"]] == ["rate", "rate", "rank", "deemed"]
    assert kind["lines"][1] == {
        "when": [
            {"fact": "mode", "among": ["item"]},
            {"fact": "items", "min": "3", "max": None},
        ],
        "from_year": None,
        "to_year": None,
        "measure": "rate",
        "fact": "items",
        "hours": "2",
        "per": "1",
        "step": "1",
        "unit": "项",
        "sessions": None,
        "adds": [
            {
                "measure": "rate",
                "fact": "extra",
                "hours": "1",
                "per": "2",
                "step": "2",
                "unit": "份",
                "sessions": None,
            }
        ],
        "cap": "20",
        "says": kind["lines"][1]["says"],
    }
    assert kind["lines"][3]["split"] == {"main": "10"}


def test_json_of_every_shipped_policy_can_be_written(capsys: pytest.CaptureFixture[str]) -> None:
    for file in sorted(POLICIES.glob("*/*.toml")):
        assert main(["describe", "--json", "--policy", str(Path(file))]) == 0
        told = json.loads(capsys.readouterr().out)
        assert told["unit_word"] == "学时"
        assert {"certificate", "plans", "batches", "recognised", "contradictions"} <= set(told)


def test_the_years_of_a_minimum_are_those_it_holds_for() -> None:
    labels = [point.label for point in points(rules.load_policy("guangdong-2025"))]

    assert [label for label in labels if label.startswith("学时要求") and not label.endswith("原文")] == [
        "学时要求·2020 年及以前",
        "学时要求·2021 年起",
    ]
