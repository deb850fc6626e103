"""Whatever changes in a policy is told, in words a clerk understands."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

import rules
from rules.schema import read_policy
from tests.rules.bent import fact, row
from tests.rules.tables import course, full, small

Path = tuple[str | int, ...]


def leaves(values: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(values, dict | list):
        for key, inner in values.items() if isinstance(values, dict) else enumerate(values):
            yield from leaves(inner, (*path, key))
    else:
        yield path, values


def changed(value: Any) -> Any:
    match value:
        case bool():
            return not value
        case int() | Decimal():
            return value + 1
        case date():
            return value + timedelta(days=1)
        case _:
            return f"{value}改"


def test_no_change_of_a_policy_goes_untold() -> None:
    original = read_policy("old.toml", full())
    told = 0

    for path, value in leaves(full()):
        values: Any = copy.deepcopy(full())
        place = values
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = changed(value)
        try:
            policy = read_policy("new.toml", values)
        except rules.PolicyError:
            continue
        assert path == ("policy", "key") or rules.compare(original, policy), path
        told += 1

    assert told > 70


CHANGES: list[tuple[str, Callable[[dict[str, Any]], object], str]] = [
    (
        "a draft",
        lambda v: v["policy"].update(draft=True),
        "状态：由“正式”改为“草稿”",
    ),
    (
        "guidance where there was none",
        lambda v: v["policy"].update(guidance="说明"),
        "学习内容说明：由“无”改为“说明”",
    ),
    (
        "a year of its own",
        lambda v: course(v).update(year_fact="end", year_word="期满"),
        "新增 活动种类·课程·年度：“期满当年（end）”",
    ),
    (
        "a fact that is now required",
        lambda v: fact(v, 5).update(required=True),
        "活动种类·课程·填写项·另加：由“数字（extra），选填”改为“数字（extra），必填”",
    ),
    (
        "a fact without its least",
        lambda v: fact(v, 2).pop("min"),
        "活动种类·课程·填写项·门数：由“整数（items），方式为按门时必填，不小于 1”改为“整数（items），方式为按门时必填”",
    ),
    (
        "a fact with a most",
        lambda v: fact(v, 5).update(max=9),
        "活动种类·课程·填写项·另加：由“数字（extra），选填”改为“数字（extra），选填，不大于 9”",
    ),
    (
        "one more choice",
        lambda v: fact(v, 0)["choices"].update(other="其他"),
        "活动种类·课程·填写项·方式：由“选一项（mode），必填，选项：按天（day）、按门（item）、驻外（stay）”"
        "改为“选一项（mode），必填，选项：按天（day）、按门（item）、驻外（stay）、其他（other）”",
    ),
    (
        "another limit",
        lambda v: row(v, 1).update(cap=18),
        "活动种类·课程·折算第 2 档：由“方式为按门，门数不少于 3：每项 2 学时，另加每 2 份 1 学时，以 20 学时为限”"
        "改为“方式为按门，门数不少于 3：每项 2 学时，另加每 2 份 1 学时，以 18 学时为限”",
    ),
    (
        "days split over years",
        lambda v: (
            course(v)["facts"].append({"key": "on", "name": "逐日", "type": "sessions", "required": False}),
            row(v, 0).update(sessions="on"),
        ),
        "活动种类·课程·折算第 1 档·说明：由“按天，按“天数”以 0.5 天为单位计”"
        "改为“按天，按“天数”以 0.5 天为单位计，可按“逐日”分年”",
    ),
    (
        "a closed rank table",
        lambda v: (row(v, 2)["table"].pop(), row(v, 2).update(beyond="不计")),
        "活动种类·课程·折算第 3 档·说明：由“少门，按“门数”，一，余”改为“少门，按“门数”，一，其后：不计”",
    ),
    (
        "papers that are no longer needed",
        lambda v: (v["evidence"][0].update(nothing_needed=True), v["evidence"][0].pop("ways")),
        "取消 所需材料·培训·所需材料（原为“证明（加盖公章） + 证明或函件（至少 2 种）”）",
    ),
    (
        "papers of one kind",
        lambda v: v["evidence"][0].update(kinds=["course"]),
        "新增 所需材料·课程：“提供证明（四）”",
    ),
    (
        "an earlier slip",
        lambda v: v.update(prior_certificate={"document": "paper", "cite": "三"}),
        "新增 以前年度的认定：“证明可作相应年度的佐证材料（三）”",
    ),
    (
        "a hint",
        lambda v: v["documents"]["letter"].update(hint="原件"),
        "材料种类·letter：由“函件”改为“函件（原件）”",
    ),
    (
        "what a good paper shows",
        lambda v: v["documents"]["letter"].update(good="看得清公章。"),
        "新增 材料说明·letter：“看得清公章。”",
    ),
    (
        "a form outside the notice's list",
        lambda v: v["forms"][0].update(printed=False),
        "继续教育形式·01：由“培训（培训，通知所列，二）”改为“培训（培训，其他来源，二）”",
    ),
    (
        "fewer years than the span",
        lambda v: v["span"].update(require_all=False),
        "核认跨度：由“2022—2024 年，须齐全（五）”改为“2022—2024 年，不要求齐全（五）”",
    ),
    (
        "an exception that applies by itself",
        lambda v: v["span"].update(
            exceptions=[
                {
                    "key": "phd",
                    "name": "博士",
                    "when": {"education": ["11"]},
                    "min_years": 1,
                    "says": "理由",
                    "automatic": True,
                    "reviewer_confirms": False,
                }
            ]
        ),
        "新增 跨度例外·phd：“博士：博士，自动适用，至少 1 个年度。理由”",
    ),
    (
        "an exception to choose",
        lambda v: v["span"].update(
            exceptions=[{"key": "a", "name": "甲", "min_years": 1, "says": "理由", "cite": "九"}]
        ),
        "新增 跨度例外·a：“甲：不限对象，由申报人选择，至少 1 个年度，审核人员确认。理由（九）”",
    ),
    (
        "a route for some units only",
        lambda v: v["routes"][0].update(without_unit=False, natures=["enterprise"], departments="any"),
        "核认渠道·all：由“全部（各类单位，没有单位的人员）：用人单位初审 → 市级人社部门，审核，上级单位不可略过，"
        "按单位所在地（属地，六）”改为“全部（企业）：用人单位初审 → 市级人社部门，审核，上级单位可以略过，"
        "按单位所在地（属地，六）”",
    ),
    (
        "a route that needs entrusting",
        lambda v: v["routes"][0].update(
            affiliations=["none"], needs_entrusted=True, refusal="未委托", anchors=["unit", "archive"]
        ),
        "核认渠道·all：由“全部（各类单位，没有单位的人员）：用人单位初审 → 市级人社部门，审核，上级单位不可略过，"
        "按单位所在地（属地，六）”改为“全部（无，没有单位的人员）：用人单位初审 → 市级人社部门，审核，"
        "上级单位不可略过，按单位所在地或人事档案所在地，须本年度委托，否则：未委托（属地，六）”",
    ),
    (
        "a region with steps of its own",
        lambda v: v["routes"][0].update(regions={"990100": ["bureau:county", "bureau:city"]}),
        "新增 核认渠道·all·990100：“县级人社部门 → 市级人社部门”",
    ),
    ("no window", lambda v: v.pop("session"), "取消 申报期限（原为“2025-05-01 至 2025-06-01”）"),
    ("no certificate", lambda v: v.pop("certificate"), "取消 认定单名称（原为“甲单”）"),
]


@pytest.mark.parametrize(("bend", "says"), [each[1:] for each in CHANGES], ids=[each[0] for each in CHANGES])
def test_a_change_is_told_in_words(bend: Callable[[dict[str, Any]], object], says: str) -> None:
    values = small()
    bend(values)

    told = rules.compare(read_policy("old.toml", small()), read_policy("new.toml", values))

    assert says in told


def test_a_refusal_reads_as_its_sentence() -> None:
    assert str(rules.RuleInputError("days", "请填写。")) == "请填写。"
