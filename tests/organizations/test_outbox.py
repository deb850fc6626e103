"""Work is a row first and a bell second: a bell may be lost, the work is not, and it is done once."""

from __future__ import annotations

from datetime import timedelta
from threading import Event as Flag
from threading import Thread
from typing import Any

import pytest
from celery import current_app
from django.core import mail
from django.db import connection, connections, transaction
from kombu.exceptions import OperationalError

from cehours.lib import clock
from organizations import outbox, tasks
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.messaging import messages
from organizations.models import Message, OutboxItem

SYSTEM = Actor.system("tests")
TASK = "tests.work"


@pytest.fixture
def bells(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What was rung, in order, instead of being sent to the broker."""
    rung: list[tuple[str, str]] = []
    monkeypatch.setattr(current_app, "send_task", lambda task, args, **_: rung.append((task, args[0])))
    return rung


def ask(key: str = "1") -> None:
    with scope(Actor.public()):
        outbox.ring(TASK, key)


def row(key: str = "1") -> OutboxItem:
    with scope(SYSTEM):
        return OutboxItem.objects.filter(task=TASK, key=key).order_by("-created_at").first()


def fail() -> None:
    raise ValueError("磁盘已满")


def test_the_bell_follows_the_commit(committed_db: str, bells: list[tuple[str, str]]) -> None:
    with scope(Actor.public()):
        outbox.ring(TASK, "1")
        assert bells == []
    assert bells == [(TASK, "1")]


def test_what_is_rolled_back_is_neither_asked_nor_rung(
    committed_db: str, bells: list[tuple[str, str]]
) -> None:
    with scope(Actor.public()), transaction.atomic():
        outbox.ring(TASK, "1")
        transaction.set_rollback(True)
    assert bells == []
    assert row() is None


def test_asked_twice_before_it_ran_it_is_one_row(db: None, bells: list[tuple[str, str]]) -> None:
    ask()
    ask()
    with scope(SYSTEM):
        assert OutboxItem.objects.filter(task=TASK).count() == 1


def test_a_broker_that_is_down_stops_nobodys_work(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_: Any, **__: Any) -> None:
        raise OperationalError("no broker")

    monkeypatch.setattr(current_app, "send_task", down)
    ask()
    assert row().state == "pending"


def test_a_lost_bell_is_rung_again_by_the_sweeper(db: None, bells: list[tuple[str, str]]) -> None:
    ask()
    bells.clear()
    with clock.at(clock.now() + timedelta(hours=1)):
        assert outbox.sweep() == 1
    assert bells == [(TASK, "1")]


def test_the_sweeper_leaves_what_is_done_or_not_yet_due(db: None, bells: list[tuple[str, str]]) -> None:
    ask("done")
    ask("later")
    outbox.perform(TASK, "done", lambda: None)
    with scope(SYSTEM):
        OutboxItem.objects.filter(key="later").update(run_after=clock.now() + timedelta(hours=2))
    bells.clear()
    with clock.at(clock.now() + timedelta(hours=1)):
        assert outbox.sweep() == 0
    assert bells == []


def test_a_task_run_twice_has_one_effect(db: None, bells: list[tuple[str, str]]) -> None:
    ask()
    effects: list[int] = []
    assert outbox.perform(TASK, "1", lambda: effects.append(1)) is True
    assert outbox.perform(TASK, "1", lambda: effects.append(1)) is False
    assert effects == [1]
    assert (row().state, row().attempts) == ("done", 1)


def test_two_workers_with_the_same_bell_do_the_work_once(
    committed_db: str, bells: list[tuple[str, str]]
) -> None:
    ask()
    begun, go_on, effects = Flag(), Flag(), []

    def slow() -> None:
        begun.set()
        go_on.wait(10)
        effects.append("first")

    def first() -> None:
        try:
            outbox.perform(TASK, "1", slow)
        finally:
            connections.close_all()

    thread = Thread(target=first)
    thread.start()
    assert begun.wait(10)
    assert outbox.perform(TASK, "1", lambda: effects.append("second")) is False
    go_on.set()
    thread.join()
    assert effects == ["first"]


def test_a_failed_task_keeps_its_row_with_the_error_and_comes_again_later(
    db: None, bells: list[tuple[str, str]]
) -> None:
    ask()
    with pytest.raises(ValueError, match="磁盘已满"):
        outbox.perform(TASK, "1", fail)
    item = row()
    assert (item.state, item.attempts, item.error) == ("pending", 1, "ValueError: 磁盘已满")
    assert item.run_after > clock.now()
    bells.clear()
    assert outbox.sweep() == 0
    with clock.at(item.run_after + timedelta(seconds=1)):
        assert outbox.sweep() == 1


def test_a_failed_task_leaves_none_of_its_effects(db: None, bells: list[tuple[str, str]]) -> None:
    ask()

    def half() -> None:
        outbox.ring("tests.other", "1")
        fail()

    with pytest.raises(ValueError, match="磁盘已满"):
        outbox.perform(TASK, "1", half)
    with scope(SYSTEM):
        assert not OutboxItem.objects.filter(task="tests.other").exists()


def test_the_pauses_grow_and_the_last_failure_stays_visible(db: None, bells: list[tuple[str, str]]) -> None:
    ask()
    pauses = []
    for _ in range(outbox.MOST_ATTEMPTS):
        now = row().run_after + timedelta(seconds=1)
        with clock.at(now), pytest.raises(ValueError, match="磁盘已满"):
            outbox.perform(TASK, "1", fail)
        pauses.append(row().run_after - now)
    assert pauses == sorted(pauses)
    assert pauses[-1] <= timedelta(hours=1)
    assert (row().state, row().error) == ("failed", "ValueError: 磁盘已满")
    with clock.at(now + timedelta(days=1)):
        assert outbox.sweep() == 0
    assert outbox.perform(TASK, "1", fail) is False


def test_what_waits_for_somebody_else_never_fails_and_is_asked_for_ever_less_often(
    db: None, bells: list[tuple[str, str]]
) -> None:
    def not_yet() -> None:
        raise outbox.NotYet("印章服务没有应答")

    ask()
    pauses = []
    for _ in range(2 * outbox.MOST_ATTEMPTS):
        now = row().run_after + timedelta(seconds=1)
        with clock.at(now):
            assert outbox.perform(TASK, "1", not_yet) is False
        pauses.append(row().run_after - now)
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (outbox.WAIT, outbox.LONGEST_WAIT)
    assert (row().state, row().attempts, row().error) == ("pending", 0, "印章服务没有应答")
    assert outbox.perform(TASK, "1", lambda: None) is True


def test_what_failed_can_be_asked_for_anew(db: None, bells: list[tuple[str, str]]) -> None:
    ask()
    with scope(SYSTEM):
        OutboxItem.objects.filter(task=TASK).update(state="failed")
    ask()
    assert outbox.perform(TASK, "1", lambda: None) is True


def test_the_work_runs_as_the_system_and_the_callers_scope_comes_back(
    db: None, bells: list[tuple[str, str]]
) -> None:
    ask()
    seen: list[str] = []

    def look() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('app.kind') || ' ' || current_setting('app.task')")
            seen.append(cursor.fetchone()[0])

    outbox.perform(TASK, "1", look)
    assert seen == [f"system {TASK}"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.kind', true)")
        assert not cursor.fetchone()[0]


def test_people_and_public_see_no_row_of_the_outbox(db: None, bells: list[tuple[str, str]]) -> None:
    ask()
    with scope(Actor.public()):
        assert not OutboxItem.objects.exists()


def test_a_message_leaves_once_and_its_text_is_wiped(
    db: None, bells: list[tuple[str, str]], settings: Any
) -> None:
    settings.DEMO = False
    with scope(Actor.public()), transaction.atomic():
        message = messages.send(
            channel="email", recipient="a@b.example", subject="激活码", body="激活码 123456"
        )
    for _ in range(2):
        tasks.send_message(str(message.pk))
    assert [sent.body for sent in mail.outbox] == ["激活码 123456"]
    with scope(SYSTEM):
        assert Message.objects.get(pk=message.pk).body == ""
