"""What was typed and does not enter the sum is named, never dropped without a word."""

from __future__ import annotations

import pytest

import rules
from rules.schema import read_policy
from tests.rules.tables import full

HUNAN = rules.load_policy("hunan-2025")
GUANGDONG = rules.load_policy("guangdong-2025")


def earned(policy: rules.Policy, kind: str, year: int = 2024, **facts: object) -> rules.Credit:
    return rules.credit(policy, kind=kind, year=year, facts=facts)


def test_hours_online_typed_with_days_on_site_are_named() -> None:
    result = earned(HUNAN, "expert", mode="onsite", days=2, clock_hours=5)

    [said] = result.remarks
    assert result.hours == 16
    assert said == (
        "“线上实际服务时间”填写的 5 小时没有计入，这种情形不按它折算；另有这样的活动，请另列一项。"
    )
    assert result.says.endswith(said)


def test_minutes_typed_for_a_year_that_counted_whole_days_are_named() -> None:
    before, since = (earned(GUANGDONG, "training", year, days=1, minutes=90) for year in (2020, 2021))

    assert (before.hours, since.hours) == (6, 10)
    assert "“不足一天部分的分钟数”填写的 90 分钟没有计入" in before.says
    assert since.remarks == ()


@pytest.mark.parametrize("minutes", [0, None, ""])
def test_nothing_typed_is_nothing_to_name(minutes: object) -> None:
    assert earned(GUANGDONG, "training", 2020, days=1, minutes=minutes).remarks == ()


def test_a_rank_typed_where_every_participant_earns_the_same_is_named() -> None:
    facts = {"sponsor": "government", "role": "participant", "rank": 2, "closed_on": "2024"}

    city, provincial = (earned(HUNAN, "project", level=level, **facts) for level in ("city", "provincial"))

    assert [len(each.remarks) for each in (city, provincial)] == [1, 0]
    assert "“除主持人外的署名次序”填写的 2没有计入" in city.says


def test_what_everybody_fills_in_and_what_tells_one_achievement_from_others_needs_no_remark() -> None:
    own = earned(
        HUNAN, "project", sponsor="own", level="city", role="leader", closed_on="2024", project_number="1"
    )
    failed = earned(HUNAN, "aid", place="tibet", start="2024-01-01", end="2024-12-31", passed="否")

    assert (own.remarks, failed.remarks) == ((), ())


def test_days_that_end_in_another_year_than_the_date_given_are_named() -> None:
    days = {"days": 2, "sessions": "2023-12-29、2023-12-30"}

    early = earned(HUNAN, "training", 2023, ended_on="2024", **days)
    none = earned(HUNAN, "training", 2024, ended_on="2024", **days)

    assert (early.hours, none.hours) == (16, 0)
    assert early.remarks == none.remarks
    assert early.says.endswith(
        "逐日日期到 2023-12-30 为止，与“结业日期”2024年不一致，请核对；学时按逐日日期分到各年度。"
    )


@pytest.mark.parametrize("ended_on", ["2023", "2023-12", "2023-12-30", None])
def test_days_that_end_when_the_date_says_need_no_remark(ended_on: object) -> None:
    result = earned(HUNAN, "training", 2023, days=1, sessions="2023-12-30", ended_on=ended_on)

    assert result.remarks == ()


@pytest.mark.parametrize("ended_on", ["2023-11", "2023-12-29", "2022"])
def test_any_other_end_is_named(ended_on: str) -> None:
    assert earned(HUNAN, "training", 2023, days=1, sessions="2023-12-30", ended_on=ended_on).remarks


def test_a_kind_whose_year_is_a_day_compares_to_the_day() -> None:
    """In the small policy the year goes by `end`, a date, and days may be listed one by one."""
    policy = read_policy("full.toml", full())

    same = earned(policy, "course", mode="day", days=1, on="2024-05-01", end="2024-05-01")
    other = earned(policy, "course", mode="day", days=1, on="2024-05-01", end="2024-05-02")

    assert (same.remarks, len(other.remarks)) == ((), 1)


def test_a_year_carries_the_remark_of_its_item() -> None:
    item = rules.Item("public", kind="expert", facts={"mode": "onsite", "days": 2, "clock_hours": 5})
    declared = rules.Item("public", 8, kind="expert", facts=item.facts)

    result = rules.assess_year(HUNAN, 2024, [item, declared])

    assert [(each.place, each.counts) for each in result.remarks] == [(0, True), (1, True)]
    assert all("5 小时没有计入" in each.says for each in result.remarks)
    assert result.total == 24
