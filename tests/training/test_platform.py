"""The public institutions' platform as its contract says (docs/platform-contract.md), slow, wrong, away and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from applications import services as filing
from applications.models import Application
from cehours.lib import clock
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed
from organizations.acting.scope import scope
from organizations.models import Notice
from tests.applications.typing_in import add_year, text_of, url
from tests.training import platform_world
from tests.training.feeding import standing
from tests.training.platform_world import CODE, KEY, SECRET, Peer, again, ask, record, worked_off
from tests.world import WHY, World
from training.models import Fault, LearningRecord, PlatformAsk, RecognisedHours, Standing
from training.platform import breaker


@pytest.fixture(scope="module")
def peer_process() -> Iterator[Peer]:
    with platform_world.peer_process() as peer:
        yield peer


@pytest.fixture
def peer(world: World, peer_process: Peer, settings: Any) -> Peer:
    """The counterpart with nothing in it, and ours set up to ask it."""
    peer_process.start_over()
    settings.LEARNING_PLATFORM_URL = peer_process.url
    settings.LEARNING_PLATFORM_KEY, settings.LEARNING_PLATFORM_SECRET = KEY, SECRET
    settings.LEARNING_PLATFORM_PROVIDER, settings.LEARNING_PLATFORM_TIMEOUT = CODE, 5
    platform_world.provider(world)
    return peer_process


@pytest.fixture
def case(world: World) -> Application:
    """A draft of somebody at a hospital, which is a public institution."""
    return world.draft(years=(2020,), evidence=False)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Moves our clock on; the counterpart's stands, so only less than its five minutes can be signed across."""

    def move(**by: float) -> None:
        moment = clock.now() + timedelta(**by)
        monkeypatch.setattr(clock, "_set_moment", moment)

    return move


def choose(world: World, case: Application, year: int = 2022, who: str = "applicant") -> str:
    """The page after the year was chosen."""
    answer = world.browser(who).get(url("year_add", case), {"year": str(year)})
    assert answer.status_code == 200
    return text_of(answer)


def hours() -> list[tuple[int, str, Decimal, bool]]:
    with scope(Actor.system("tests")):
        rows = RecognisedHours.objects.filter(source="platform").order_by("number")
        return list(rows.values_list("year", "number", "hours", "valid"))


@pytest.mark.requirement("R071", "R172", "R173")
def test_choosing_a_year_fetches_its_records_which_are_ticked_and_confirmed(
    world: World, peer: Peer, case: Application
) -> None:
    peer.put(record(world), record(world, id="SY-2", category="professional", hours=12.5))

    assert "正在向事业单位培训平台取得 2022 年的学时记录" in choose(world, case)
    worked_off()

    page = choose(world, case)
    for words in ("记录已取得", "有 2 条", f"{CODE}-SY-1", "确认选择"):
        assert words in page
    assert hours() == [
        (2022, f"{CODE}-SY-1", Decimal(30), True),
        (2022, f"{CODE}-SY-2", Decimal("12.5"), True),
    ]
    [row] = [row for row in _own(world) if row.number == f"{CODE}-SY-1"]
    add_year(world.browser("applicant"), case, year="2022", take=str(row.pk))
    with world.acting("applicant"):
        assert case.years.get(year=2022).activities.filter(recognised=row).exists()


def _own(world: World) -> list[RecognisedHours]:
    with world.acting("applicant"):
        return list(RecognisedHours.objects.all())


@pytest.mark.requirement("R071")
def test_nobody_outside_public_institutions_is_asked_for(world: World, peer: Peer) -> None:
    at_the_firm = world.draft(unit="firm", years=(2020,), evidence=False)

    page = choose(world, at_the_firm)
    worked_off()

    assert "培训平台取得" not in page and "培训平台暂时" not in page
    assert peer.asked() == []


def test_without_an_address_nothing_is_asked_and_nothing_shown(
    world: World, peer: Peer, case: Application, settings: Any
) -> None:
    settings.LEARNING_PLATFORM_URL = ""

    assert "正在向事业单位培训平台" not in choose(world, case)
    assert platform_world.again() == 0
    with scope(Actor.system("tests")):
        assert not PlatformAsk.objects.exists()


def test_a_fresh_answer_is_not_asked_for_again_and_an_old_one_is(
    world: World, peer: Peer, case: Application, later: Callable[..., None]
) -> None:
    choose(world, case)
    worked_off()
    choose(world, case)
    worked_off()
    assert len(peer.asked()) == 1

    with scope(Actor.system("tests")):
        PlatformAsk.objects.update(answered_at=clock.now() - timedelta(hours=1))
    choose(world, case)
    worked_off()
    assert len(peer.asked()) == 2


def test_what_comes_twice_and_in_many_pages_is_kept_once(world: World, peer: Peer, case: Application) -> None:
    peer.put(*(record(world, id=f"SY-{each}", hours=1) for each in range(1, 8)))
    peer.put(record(world, id="SY-3", hours=2))
    peer.switch(duplicating=True, page=2)

    choose(world, case)
    worked_off()

    assert [(number, str(worth)) for _, number, worth, _ in hours()] == [
        (f"{CODE}-SY-{each}", "2.0" if each == 3 else "1.0") for each in range(1, 8)
    ]


def test_asked_again_unchanged_records_make_no_new_version(
    world: World, peer: Peer, case: Application
) -> None:
    peer.put(record(world))
    for _ in range(2):
        choose(world, case)
        with scope(Actor.system("tests")):
            PlatformAsk.objects.update(next_at=clock.now())
        again()

    with scope(Actor.system("tests")):
        assert LearningRecord.objects.count() == 1


@pytest.mark.requirement("R071")
def test_a_late_correction_stops_the_approval_of_what_rests_on_it(world: World, peer: Peer) -> None:
    peer.put(record(world, year=2022))
    peer.switch(correcting=True)
    case = world.draft()
    choose_filled(world, case)
    worked_off()
    with world.acting("applicant") as actor:
        row = RecognisedHours.objects.get(number=f"{CODE}-SY-1")
        filing.save_year(
            actor=actor,
            application_id=case.pk,
            seen=world.see("applicant", case.pk).version,
            year=2022,
            activities=[filing.ActivityInput("professional", "专业", Decimal(60), "01")],
            records=[row.pk],
        )
    filed = world.submit(world.see("applicant", case.pk))

    with scope(Actor.system("tests")):
        PlatformAsk.objects.update(next_at=clock.now())
    assert again() == 1

    assert hours() == [(2022, f"{CODE}-SY-1", Decimal(15), True)]
    with pytest.raises(NotAllowed, match="学时记录已被撤销或已变动"):
        world.approve(filed, by="employer", opinion=WHY)
    with scope(Actor.system("tests")):
        person = world.people["applicant"].person_id
        assert Notice.objects.filter(person_id=person or "", kind="record_changed").exists()


def choose_filled(world: World, case: Application) -> None:
    """Opens a year that is filled in already."""
    assert world.browser("applicant").get(url("year", case, 2022)).status_code == 200


def test_a_withdrawn_record_falls_and_comes_back_with_its_next_version(
    world: World, peer: Peer, case: Application
) -> None:
    for changes, valid in (({}, True), ({"status": "withdrawn"}, False), ({"status": "valid"}, True)):
        peer.put(record(world, **changes))
        choose(world, case)
        with scope(Actor.system("tests")):
            PlatformAsk.objects.update(next_at=clock.now())
        again()
        assert hours() == [(2022, f"{CODE}-SY-1", Decimal(30), valid)]
    assert standing("SY-1").version == 3


def test_an_older_copy_of_a_record_changes_nothing(world: World, peer: Peer, case: Application) -> None:
    peer.put(record(world))
    peer.put(record(world, hours=20))
    choose(world, case)
    worked_off()
    peer.switch(stale=True)
    with scope(Actor.system("tests")):
        PlatformAsk.objects.update(next_at=clock.now())

    again()

    assert hours() == [(2022, f"{CODE}-SY-1", Decimal(20), True)]
    assert ask().fault == ""


@pytest.mark.parametrize(
    ("switches", "fault"),
    [
        ({"off": True}, Fault.SILENT),
        ({"closed": True}, Fault.CLOSED),
        ({"failing": -1}, Fault.FAILED),
        ({"slow": 1.5}, Fault.SILENT),
        ({"garbled": "text"}, Fault.GARBLED),
        ({"garbled": "shape"}, Fault.GARBLED),
        ({"garbled": "large"}, Fault.GARBLED),
        ({"garbled": "html"}, Fault.FAILED),
        ({"expire": True, "page": 1}, Fault.FAILED),
    ],
    ids=str,
)
def test_whatever_is_wrong_there_the_page_says_so_and_filing_goes_on(
    world: World, peer: Peer, case: Application, settings: Any, switches: dict[str, Any], fault: Fault
) -> None:
    settings.LEARNING_PLATFORM_TIMEOUT = 0.8
    peer.put(record(world), record(world, id="SY-2"))
    peer.switch(**switches)

    choose(world, case)
    worked_off()

    assert ask().fault == fault
    assert ask().asked_at is not None and ask().answered_at is None
    page = choose(world, case)
    assert "暂时无法连接" in page and "还没有取得过 2022 年的记录" in page
    assert add_year(world.browser("applicant"), case, year="2022").status_code == 302
    assert hours() == []


def test_an_answer_that_is_cut_off_leaves_nothing(world: World, peer: Peer, case: Application) -> None:
    peer.put(record(world))
    peer.switch(garbled="cut")

    choose(world, case)
    worked_off()

    assert ask().fault in (Fault.SILENT, Fault.GARBLED)
    assert hours() == []


def test_records_of_somebody_else_are_never_taken(world: World, peer: Peer, case: Application) -> None:
    peer.put(record(world))
    peer.switch(garbled="other")

    choose(world, case)
    worked_off()

    assert [number for _, number, _, _ in hours()] == [f"{CODE}-SY-1"]
    with scope(Actor.system("tests")):
        assert LearningRecord.objects.count() == 1


def test_away_it_says_when_it_last_answered_and_comes_back_by_itself(
    world: World, peer: Peer, case: Application, later: Callable[..., None]
) -> None:
    peer.put(record(world))
    choose(world, case)
    worked_off()
    peer.switch(off=True)
    peer.put(record(world, hours=20))
    with scope(Actor.system("tests")):
        PlatformAsk.objects.update(next_at=clock.now(), answered_at=clock.now() - timedelta(hours=1))
    again()

    last = clock.local(ask().answered_at or clock.now())
    page = choose(world, case)
    assert "暂时无法连接" in page and f"上次于 {last.year}年{last.month}月{last.day}日" in page
    assert "系统会自动再试，不影响填写和提交" in page
    assert f"{CODE}-SY-1" in page  # what was fetched before can be ticked all the same

    peer.switch(off=False)
    assert again() == 0  # not before its pause is over
    later(seconds=61)
    assert again() == 1
    assert hours() == [(2022, f"{CODE}-SY-1", Decimal(20), True)]
    assert "记录已取得" in choose(world, case)


def test_pauses_grow_with_every_failure(world: World, peer: Peer, case: Application) -> None:
    peer.switch(failing=-1)
    choose(world, case)
    pauses = []
    for _ in range(4):
        worked_off()
        breaker.note_answer()
        asked = ask()
        assert asked.next_at is not None and asked.asked_at is not None
        pauses.append((asked.next_at - asked.asked_at).total_seconds())
        with scope(Actor.system("tests")):
            PlatformAsk.objects.update(next_at=clock.now())
        from training import tasks

        tasks.ask_platform_again()
    assert pauses == [60, 120, 240, 480]


def test_after_several_faults_nobody_is_asked_for_until_one_try_succeeds(
    world: World, peer: Peer, case: Application, later: Callable[..., None]
) -> None:
    peer.put(record(world))
    peer.switch(failing=3)
    for year in (2022, 2023, 2024):
        choose(world, case, year)
    worked_off()
    assert len(peer.asked()) == 3

    choose(world, case, 2021)
    worked_off()
    assert len(peer.asked()) == 3  # it rests
    assert ask(2021).asked_at is None and ask(2021).next_at == breaker.state().until
    later(seconds=70)
    again()

    assert {each["status"] for each in peer.asked()} == {500, 200}
    assert ask(2022).fault == "" and ask(2021).answered_at is not None
    assert breaker.state().faults == 0


def test_a_pause_that_the_platform_asks_for_is_kept(world: World, peer: Peer, case: Application) -> None:
    peer.switch(closed=True, retry_after=240)
    choose(world, case)
    worked_off()

    waiting = breaker.state().until
    assert waiting is not None
    assert timedelta(seconds=200) < waiting - clock.now() <= timedelta(seconds=240)
    assert (ask().next_at or clock.now()) - clock.now() > timedelta(seconds=200)


def test_a_limit_of_requests_is_a_pause_and_no_fault_of_the_person(
    world: World, peer: Peer, case: Application
) -> None:
    peer.switch(limit=1)
    choose(world, case)
    choose(world, case, 2023)
    worked_off()

    faults = sorted(ask(year).fault for year in (2022, 2023))
    assert faults == ["", Fault.CLOSED]


def test_a_refused_key_is_not_tried_again_and_again(
    world: World, peer: Peer, case: Application, settings: Any
) -> None:
    settings.LEARNING_PLATFORM_SECRET = "another"
    choose(world, case)
    worked_off()

    assert ask().fault == Fault.REFUSED
    waiting = breaker.state().until
    assert waiting is not None and waiting - clock.now() > timedelta(minutes=14)


def test_another_name_there_lies_with_the_bureau(world: World, peer: Peer, case: Application) -> None:
    peer.put(record(world, name="另一个名字"))
    choose(world, case)
    worked_off()

    assert standing("SY-1").state == Standing.MISMATCH
    assert hours() == []


def test_the_status_line_asks_for_itself_until_the_records_are_there(
    world: World, peer: Peer, case: Application
) -> None:
    peer.put(record(world))
    browser = world.browser("applicant")
    choose(world, case)

    assert "hx-get" in text_of(browser.get(url("year_platform", case, 2022)))
    worked_off()
    arrived = text_of(browser.get(url("year_platform", case, 2022)))

    assert "显示取得的记录" in arrived and "hx-get" not in arrived
    redrawn = text_of(
        browser.post(url("year_add", case), {"year": "2022", "act": "platform", "version": case.version})
    )
    assert f"{CODE}-SY-1" in redrawn


def test_nobody_sees_or_writes_what_was_asked_for_somebody_else(
    world: World, peer: Peer, case: Application
) -> None:
    peer.put(record(world))
    choose(world, case)
    worked_off()

    for who in ("other_applicant", "employer", "bureau"):
        with world.acting(who):
            assert not PlatformAsk.objects.exists(), who
            assert not RecognisedHours.objects.filter(source="platform").exists(), who
    with world.acting("other_applicant"), pytest.raises(DatabaseError), transaction.atomic():
        mine = world.people["applicant"].person_id
        PlatformAsk.objects.bulk_create([PlatformAsk(person_id=mine, year=2024)])
    with world.acting("applicant"), pytest.raises(DatabaseError), transaction.atomic():
        PlatformAsk.objects.update(answered_at=clock.now())


def test_without_its_provider_nothing_is_asked(
    world: World, peer: Peer, case: Application, settings: Any
) -> None:
    settings.LEARNING_PLATFORM_PROVIDER = "NONE"
    choose(world, case)
    worked_off()

    assert peer.asked() == []
    assert ask().fault == Fault.REJECTED
