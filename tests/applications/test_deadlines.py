"""Until when: to the second, on Asia/Shanghai clocks, in words, before, within, after and in the grace days."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from applications.models import Application
from applications.presenters import deadlines
from applications.presenters.deadlines import Phase
from applications.states import State
from cehours.lib import clock
from cehours.lib.clock import SHANGHAI
from cehours.lib.refusal import Refusal
from tests.applications.typing_in import text_of, url
from tests.world import World

OPENS = datetime(2025, 5, 20, tzinfo=SHANGHAI)
CLOSES = datetime(2025, 7, 21, tzinfo=SHANGHAI)
REVIEWED = datetime(2025, 9, 1, tzinfo=SHANGHAI)
TICK = timedelta(microseconds=1)


@pytest.fixture
def case(world: World) -> Application:
    """A draft, filled in before the window of the notice was set: 5月20日至7月20日, both days included."""
    case = world.draft()
    world.move_session(opens_at=OPENS, closes_at=CLOSES, review_until=REVIEWED)
    return world.see("applicant", case.pk)


def phase(case: Application, now: datetime) -> Phase:
    return deadlines.of(case, now).phase


@pytest.mark.requirement("R028")
def test_the_window_opens_and_closes_with_the_first_and_last_microsecond(
    world: World, case: Application
) -> None:
    assert [phase(case, moment) for moment in (OPENS - TICK, OPENS, CLOSES - TICK, CLOSES)] == [
        Phase.BEFORE,
        Phase.OPEN,
        Phase.OPEN,
        Phase.OVER,
    ]


def returned_after_the_window(world: World, case: Application, at: datetime) -> Application:
    with clock.at(CLOSES - timedelta(hours=9)):
        world.submit(case)
    with clock.at(at):
        return world.return_(case, by="employer")


@pytest.mark.requirement("R028", "R193")
def test_the_grace_after_a_return_ends_on_the_microsecond(world: World, case: Application) -> None:
    returned = CLOSES + timedelta(days=4, hours=9, minutes=12, seconds=33)
    case = returned_after_the_window(world, case, returned)
    end = returned + timedelta(days=5)
    with world.acting("applicant"):
        assert [phase(case, moment) for moment in (end - TICK, end)] == [Phase.GRACE, Phase.OVER]
        assert "可以在 2025年7月30日09:12:33（北京时间）前重新提交" in deadlines.of(case, end - TICK).says
    with clock.at(end), pytest.raises(Refusal, match="申报期已结束"):
        world.submit(case)
    with clock.at(end - TICK):
        assert world.submit(case).state == State.EMPLOYER_REVIEW


def test_the_grace_never_outlasts_the_reviewing(world: World, case: Application) -> None:
    case = returned_after_the_window(world, case, REVIEWED - timedelta(days=2))
    with world.acting("applicant"):
        assert deadlines.of(case, REVIEWED - TICK).until == REVIEWED


@pytest.mark.parametrize(
    ("moment", "says", "left"),
    [
        (OPENS - timedelta(days=3, hours=4), "申报将于 2025年5月20日0时 开始", "距开始还有 3 天 4 小时"),
        (CLOSES - timedelta(days=30), "申报截止：2025年7月20日24时（北京时间）。", "还有 30 天 0 小时"),
        (
            CLOSES - timedelta(hours=4, minutes=12, seconds=9),
            "申报截止：2025年7月20日24时",
            "还有 4 小时 12 分",
        ),
        (CLOSES - timedelta(seconds=1), "申报截止：2025年7月20日24时", "还有 0 分 1 秒"),
        (CLOSES, "申报已于 2025年7月20日24时 截止，不能再提交", ""),
    ],
)
def test_the_page_says_date_and_time_and_how_long_is_left(
    world: World, case: Application, moment: datetime, says: str, left: str
) -> None:
    with clock.at(moment):
        page = text_of(world.browser("applicant").get(url("detail", case)))
    banner = page.split("data-countdown=")[1].split("</div>")[0]
    assert says in re.sub(r"<[^>]+>", "", banner)
    assert left in banner
    milliseconds = re.search(r'^"(\d+)"', banner)
    target = OPENS if moment < OPENS else CLOSES
    assert milliseconds
    assert int(milliseconds[1]) == (target - moment) // timedelta(milliseconds=1)


@pytest.mark.parametrize("moment", [OPENS - timedelta(days=1), CLOSES + timedelta(days=1)])
def test_outside_the_window_everything_but_submitting_works(
    world: World, case: Application, moment: datetime
) -> None:
    me = world.browser("applicant")
    with clock.at(moment):
        for name in ("detail", "header", "papers", "check"):
            assert me.get(url(name, case)).status_code == 200
        listed = text_of(me.get(url("detail", case)))
        assert "暂不能提交" in listed and "可以提交" not in listed
        with world.acting("applicant") as actor:
            world.attach(actor, case, 2020, "signin")
        case = world.see("applicant", case.pk)
        answer = me.post(url("submit", case), {"version": case.version, "declared_true": "on"})
        assert answer.status_code == 422
    assert world.see("applicant", case.pk).state == State.DRAFT


def test_withdrawing_after_a_resubmission_in_the_grace_days_gives_the_exact_reason(
    world: World, case: Application
) -> None:
    case = returned_after_the_window(world, case, CLOSES + timedelta(days=1))
    with clock.at(CLOSES + timedelta(days=2)):
        world.submit(case)
        asked = text_of(world.browser("applicant").get(url("withdraw", case)))
    assert "申报已于 2025年7月20日24时 截止。撤销后不能再提交" in asked
    assert "自行撤销的没有宽限期" in asked


def test_deleting_when_nothing_could_be_submitted_again_says_so_first(
    world: World, case: Application
) -> None:
    with clock.at(CLOSES - TICK):
        assert "不能在本申报期提交" not in text_of(world.browser("applicant").get(url("discard", case)))
    with clock.at(CLOSES):
        asked = text_of(world.browser("applicant").get(url("discard", case)))
    assert asked.index("即使重新新增，也不能在本申报期提交") < asked.index("不能恢复")
