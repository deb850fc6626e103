"""Results in sentences, and an engine that knows no province."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import rules
from rules.schema import read_policy
from tests.rules.bent import row
from tests.rules.tables import small

CODE = [file for file in Path(rules.__file__).parent.rglob("*.py") if file.name != "__pycache__"]


@pytest.mark.requirement("R001")
def test_a_credit_explains_itself() -> None:
    policy = rules.load_policy("hunan-2025")
    result = rules.credit(policy, kind="expert", year=2024, facts={"mode": "online", "clock_hours": "6.9"})

    assert rules.explain_credit(policy, result) == (
        "专家服务基层：2024 年度 6.5 学时",
        "规则：线上服务的按实际服务时间折算，每小时 1 学时。6.9 小时按 6.5 小时计算，不足部分不计。",
        "事实：服务方式 线上服务；线上实际服务时间 6.9 小时",
        "计算：6.5 小时 × 每小时 1 学时 = 6.5 学时",
        "依据：湘人社办函〔2025〕37号 附件2·二·6",
    )


def test_a_credit_without_figure_says_so() -> None:
    policy = rules.load_policy("hunan-2025")
    result = rules.credit(policy, kind="health_front", year=2024, facts={})

    assert rules.explain_credit(policy, result)[0] == "公共卫生事件防控一线：2024 年度 不能自动折算"


@pytest.mark.requirement("R001")
def test_a_year_explains_itself_item_by_item() -> None:
    policy = rules.load_policy("hunan-2025")
    old = {"rank": 1, "granted_on": "2020-01-01"}
    result = rules.assess_year(
        policy, 2024, [rules.Item("public", 30), rules.Item(None, kind="invention", facts=old)]
    )

    lines = rules.explain_year(policy, result)

    assert lines[0].endswith("专业科目还差 60 学时，合计还差 60 学时。")
    assert lines[1] == "要求：每年不少于 90 学时，公需科目不少于 30，专业科目不少于 60"
    assert lines[2].startswith("第 2 项不计入：")
    assert lines[-1] == "依据：湘人社办函〔2025〕37号 正文一（二）"


def test_every_measure_and_condition_has_words() -> None:
    policy = read_policy("small.toml", small())
    [kind] = policy.kinds

    assert [rules.row_text(kind, row) for row in kind.rows] == [
        "方式为按天：每天 8 学时",
        "方式为按门，门数不少于 3：每项 2 学时，另加每 2 份 1 学时，以 20 学时为限",
        "方式为按门：前 1 名 1 学时，其余 2 学时",
        "方式为驻外：满 6 个月的期满年度；超过 12 个月的涉及的各年度，视同完成 10 学时",
    ]
    assert rules.way_text(policy, policy.proofs[0].ways[0]) == "证明（加盖公章） + 证明或函件（至少 2 种）"


def test_additions_are_summed_and_capped() -> None:
    policy = read_policy("small.toml", small())

    below = rules.credit(policy, kind="course", year=2025, facts={"mode": "item", "items": 4, "extra": 5})
    above = rules.credit(policy, kind="course", year=2025, facts={"mode": "item", "items": 9, "extra": 9})

    assert below.hours == 10
    assert below.sum_text == "4 项 × 每项 2 学时 = 8 学时；4 份 × 每 2 份 1 学时 = 2 学时；共 10 学时"
    exactly = rules.credit(policy, kind="course", year=2025, facts={"mode": "item", "items": 9, "extra": 4})
    assert exactly.hours == 20
    assert "为限" not in exactly.sum_text
    assert above.hours == 20
    assert above.sum_text.endswith("以 20 学时为限 = 20 学时")


@pytest.mark.parametrize("file", CODE, ids=lambda file: file.name)
def test_no_code_names_a_province_a_category_or_a_minimum(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    constants = [
        node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in docstrings
    ]

    words = "\n".join(value for value in constants if isinstance(value, str))
    assert not [
        name
        for name in ("hunan", "湖南", "广东", "河南", "公需", "专业科目", "public", "professional")
        if name in words
    ]
    assert not {30, 90} & {value for value in constants if isinstance(value, int)}


def test_facts_are_told_in_words() -> None:
    policy = rules.load_policy("hunan-2025")
    days = {"days": "1.5", "sessions": "2024-03-01、2024-03-02半天"}
    aid = {"place": "tibet", "start": "2024-01-01", "end": "2024-12-31", "passed": "否"}

    training = rules.credit(policy, kind="training", year=2024, facts=days)
    posting = rules.credit(policy, kind="aid", year=2024, facts=aid)

    assert training.facts_used == (("培训天数", "1.5 天"), ("逐日日期", "2024-03-01、2024-03-02半天"))
    assert posting.facts_used[1:] == (
        ("派出日期", "2024年1月1日"),
        ("期满日期", "2024年12月31日"),
        ("考核合格", "否"),
    )


def test_a_text_is_kept_without_its_margins_and_has_a_limit() -> None:
    policy = rules.load_policy("hunan-2025")

    def number(text: object) -> rules.Credit:
        return rules.credit(policy, kind="prior_certificate", year=2024, facts={"number": text})

    assert number(" 2020000000 ").facts_used == (("继续教育登记证书编号", "2020000000"),)
    assert number("九" * 200).hours is None
    for refused in ("九" * 201, 2020000000):
        with pytest.raises(rules.RuleInputError, match="不超过 200 字"):
            number(refused)


def test_a_line_of_a_rule_tells_its_years_first() -> None:
    kind = rules.load_policy("guangdong-2025").kind_of("training")

    assert [rules.row_text(kind, row) for row in kind.rows] == [
        "2020 年及以前：每天 6 学时",
        "2021 年起：每天 8 学时，另加每 45 分钟 1 学时",
    ]


def test_a_line_with_years_and_conditions_tells_both() -> None:
    values = small()
    row(values, 0).update(from_year=2020, to_year=2022)
    kind = read_policy("small.toml", values).kind_of("course")

    assert rules.row_text(kind, kind.rows[0]) == "2022 年及以前，2020 年起，方式为按天：每天 8 学时"


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"min": 3}, "门数不少于 3"),
        ({"max": 4}, "门数不超过 4"),
        ({"min": 3, "max": 4}, "门数不少于 3且不超过 4"),
    ],
)
def test_a_condition_tells_its_limits(limits: dict[str, int], words: str) -> None:
    values = small()
    row(values, 1)["when"]["items"] = limits
    kind = read_policy("small.toml", values).kind_of("course")

    assert rules.row_text(kind, kind.rows[1]).startswith(f"方式为按门，{words}：每项 2 学时")
