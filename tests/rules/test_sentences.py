"""Sentences are made from the figures of the rule, or held against them; the unit is the policy's own word."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

import rules
from rules.describe import in_words
from rules.loader import POLICIES, read_policy_text
from rules.schema import read_policy
from tests.rules.bent import row
from tests.rules.tables import course, small

HUNAN = (POLICIES / "hunan/2025.toml").read_text(encoding="utf-8")
TRAINING = 'hours = 8, step = 0.5, sessions = "sessions"'


def test_a_figure_that_is_changed_changes_its_sentences() -> None:
    policy = read_policy_text("new.toml", HUNAN.replace(TRAINING, TRAINING.replace("8", "6"), 1))

    result = rules.credit(policy, kind="training", year=2024, facts={"days": 1})

    assert (result.hours, result.sum_text) == (6, "1 天 × 每天 6 学时 = 6 学时")
    assert result.says == "每天折算 6 学时，半天折算 3 学时。"
    assert policy.kind_of("training").says == "参加有关培训、研讨、会议等，每天折算 6 学时，半天折算 3 学时"


@pytest.mark.parametrize(
    ("says", "key"),
    [
        ("每天 6 学时", "kinds.course.rows[1].says"),
        ("每天折算 4 学时，半天折算 8 学时", "kinds.course.rows[1].says"),
        ("半天 8 学时", "kinds.course.rows[1].says"),
        ("每 2 天 8 学时", "kinds.course.rows[1].says"),
        ("每天 8 学分", "kinds.course.rows[1].says"),
        ("每天 {days}", "kinds.course.rows[1].says"),
    ],
)
def test_a_sentence_with_another_figure_than_its_line_is_refused(says: str, key: str) -> None:
    values = small()
    row(values, 0)["says"] = says

    with pytest.raises(rules.PolicyError) as refusal:
        read_policy("small.toml", values)

    assert refusal.value.key == key


@pytest.mark.parametrize(
    ("says", "told"),
    [
        ("每天 {hours}，半天 {half}", "每天 8 学时，半天 4 学时"),
        ("每天折算 8 学时，半天折算 4 学时", "每天折算 8 学时，半天折算 4 学时"),
        ("2020 年以来每天 8 学时，0.5 天起算", "2020 年以来每天 8 学时，0.5 天起算"),
        ("按天折算{unit}", "按天折算学时"),
    ],
)
def test_a_sentence_may_say_the_figures_of_its_line(says: str, told: str) -> None:
    values = small()
    row(values, 0)["says"] = says

    assert read_policy("small.toml", values).kinds[0].rows[0].says == told


def test_what_is_added_and_the_limit_have_names_of_their_own() -> None:
    values = small()
    row(values, 1)["says"] = "每门 {hours}，每 2 份另加 {add1.hours}，以 {cap}为限"

    told = read_policy("small.toml", values).kinds[0].rows[1].says

    assert told == "每门 2 学时，每 2 份另加 1 学时，以 20 学时为限"


@pytest.mark.parametrize(
    ("place", "bend"),
    [
        ("kinds.course.says", lambda v: course(v).update(says="每天 9 学时")),
        ("minimums[1].says", lambda v: v["minimums"][0].update(says="每年 12 学时")),
        ("kinds.course.rows[3].table[1].says", lambda v: row(v, 2)["table"][0].update(says="2 学时")),
        ("kinds.course.rows[4].says", lambda v: row(v, 3).update(says="满 7 个月")),
        ("kinds.course.rows[4].says", lambda v: row(v, 3).update(says="超过 2 年")),
        ("kinds.course.rows[4].too_short", lambda v: row(v, 3).update(too_short="不足 3 个月")),
    ],
)
def test_every_sentence_with_figures_is_held_against_them(place: str, bend: Any) -> None:
    values = small()
    bend(values)

    with pytest.raises(rules.PolicyError) as refusal:
        read_policy("small.toml", values)

    assert refusal.value.key == place


def test_the_same_sentences_with_the_right_figures_are_taken() -> None:
    values = small()
    course(values)["says"] = "每天 {hours}，以 20 学时为限的除外，第二条每门 {row2.hours}"
    values["minimums"][0]["says"] = "每年 {total}，主科 {main}"
    row(values, 2)["table"][0]["says"] = "第一名 {hours}"
    row(values, 3).update(says="满 6 个月、超过 1 年的视同 10 学时", too_short="不足 6 个月")
    with pytest.raises(rules.PolicyError, match="20 学时"):
        read_policy("small.toml", values)
    course(values)["says"] = "每天 {hours}，第二条每门 {row2.hours}"

    policy = read_policy("small.toml", values)

    assert policy.kinds[0].says == "每天 8 学时，第二条每门 2 学时"
    assert policy.minimums[0].says == "每年 10 学时，主科 3.5 学时"


def in_credits(text: str) -> rules.Policy:
    return read_policy_text("credits.toml", text.replace('unit = "学时（分）"', 'unit = "学分"', 1))


def test_the_unit_of_the_policy_stands_in_every_sum_and_sentence() -> None:
    policy = in_credits(HUNAN)
    figure = re.compile(r"[0-9.]+ (学时|学分)")

    asked: list[tuple[str, dict[str, object]]] = [
        ("training", {"days": "3.5"}),
        ("training", {"days": 1, "ended_on": 2023}),
        ("expert", {"mode": "online", "clock_hours": 2}),
        ("distance", {"stated_hours": 2}),
        ("distance", {}),
        ("invention", {"rank": 2, "granted_on": "2024"}),
    ]
    sums = [rules.credit(policy, kind=kind, year=2024, facts=facts) for kind, facts in asked]
    told = [text for each in sums for text in (each.says, each.sum_text, *rules.explain_credit(policy, each))]
    year = rules.assess_year(policy, 2024, [rules.Item("public", 31), rules.Item(None, basis="deemed")])
    short = rules.assess_year(policy, 2024, [rules.Item("public", 31)])
    told += [year.says, short.says, *(gap.says for gap in short.gaps), *(r.says for r in year.remarks)]
    told += rules.explain_year(policy, short)

    assert sums[0].sum_text == "3.5 天 × 每天 8 学分 = 28 学分"
    assert short.says.startswith("2024 年度公需科目 31、专业科目 0，合计 31 学分；")
    assert not [text for text in told if "学时" in figure.sub("", text) or "学时" in figure.findall(text)]


def test_the_unit_of_the_policy_stands_in_what_is_read_out() -> None:
    told = "\n".join(
        line for line in in_words(in_credits(HUNAN)) if line.startswith(("  - 折算", "学时要求"))
    )

    assert "每天 8 学分" in told
    assert not re.search(r"[0-9.]+ 学时", told)


def test_the_certificate_counts_in_the_unit_of_its_policy() -> None:
    texts = in_credits(HUNAN).certificate

    assert texts is not None
    assert texts.sentence.endswith("培训学分达到《专业技术人员继续教育规定》学分。")


def test_the_unit_has_a_word_for_sentences_and_one_for_headings() -> None:
    hunan, henan = rules.load_policy("hunan-2025").hours, rules.load_policy("henan-2025").hours

    assert (hunan.name, hunan.word, hunan.heading) == ("学时（分）", "学时", "学时分")
    assert (henan.name, henan.word, henan.heading) == ("学时", "学时", "学时")
    assert hunan.text(Decimal("7.50")) == "7.5 学时"


def test_one_unit_lasts_as_long_as_the_policy_says() -> None:
    values = small()
    values["hours"]["minutes"] = 45
    row(values, 0).update(measure="per_hour", fact="days")
    del row(values, 0)["hours"]
    row(values, 0)["step"] = Decimal("0.75")

    policy = read_policy("small.toml", values)

    result = rules.credit(policy, kind="course", year=2024, facts={"mode": "day", "days": 3})
    assert (result.hours, policy.hours.minutes) == (4, 45)


@pytest.mark.parametrize(
    ("unit", "more", "hours"),
    [
        ("分钟", {}, 2),
        ("学分", {}, 180),
        ("学分", {"hours": 3}, 270),
        ("分钟", {"hours": 3}, 6),
        ("分钟", {"per": 30}, None),
        ("份", {}, None),
        ("份", {"hours": 1}, 90),
    ],
)
def test_minutes_and_other_units_convert_as_the_policy_says(
    unit: str, more: dict[str, int], hours: int | None
) -> None:
    """A quantity needs no figures of its own where [hours] has them; what it says itself goes first."""
    values = small()
    values["hours"] |= {"minutes": 45, "conversions": [{"unit": "学分", "hours": 2}]}
    course(values)["facts"][1]["unit"] = unit
    values["kinds"]["course"]["rows"][0] = {
        "when": {"mode": ["day"]}, "measure": "quantity", "fact": "days", "says": "折算", **more
    }  # fmt: skip
    if hours is None:
        with pytest.raises(rules.PolicyError, match=r"rows\[1\]\.hours"):
            read_policy("small.toml", values)
        return

    policy = read_policy("small.toml", values)

    assert rules.credit(policy, kind="course", year=2024, facts={"mode": "day", "days": 90}).hours == hours


@pytest.mark.parametrize(
    ("hours", "key"),
    [
        ({"minutes": 0}, "hours.minutes"),
        ({"conversions": [{"unit": "学分", "hours": 0}]}, "hours.conversions[1].hours"),
        ({"conversions": [{"unit": "学时", "hours": 1}]}, "hours.unit"),
        ({"unit": "（分）"}, "hours.unit"),
        ({"conversions": [{"unit": "学分", "hours": 1, "step": 1}]}, "hours.conversions[1].step"),
    ],
)
def test_a_unit_that_means_nothing_is_refused(hours: dict[str, object], key: str) -> None:
    values = small()
    values["hours"] |= hours

    with pytest.raises(rules.PolicyError) as refusal:
        read_policy("small.toml", values)

    assert refusal.value.key == key


def test_a_fact_in_hours_counts_in_the_unit_of_the_policy() -> None:
    values = small()
    fact = {"key": "stated", "name": "载明", "type": "hours", "required": False}
    course(values)["facts"].append(fact)
    assert read_policy("small.toml", values).kinds[0].facts[-1].unit == "学时"

    fact["unit"] = "学分"
    with pytest.raises(rules.PolicyError, match=r"facts\[7\]\.unit"):
        read_policy("small.toml", values)
