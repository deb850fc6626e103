"""Work for Celery is a row first, a bell second."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from celery import current_app
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from kombu.exceptions import OperationalError

from cehours.lib import clock
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models.outbox import OutboxItem, OutboxState

MOST_ATTEMPTS = 8
SWEEP = "organizations.sweep"
RING_MANY = """
INSERT INTO organizations_outboxitem (id, task, key, state, attempts, run_after, error, created_at)
SELECT gen_random_uuid(), %(task)s, key, 'pending', 0, %(now)s, '', %(now)s FROM unnest(%(keys)s::text[]) AS key
ON CONFLICT DO NOTHING
"""
RING_AGAIN = timedelta(minutes=2)
# What waits for somebody else is asked for the less often the longer they are away, so that a long queue does
# not do all its work for nothing every minute.
WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(minutes=5)
log = structlog.get_logger(__name__)


class NotYet(Exception):
    """Raised by work that cannot be done now through no fault of its own: it is tried again, however long."""


@dataclass(frozen=True)
class Lot:
    """What became of several keys: done, or set aside to be done alone; the others were not come to."""

    done: Sequence[str] = ()
    aside: Sequence[str] = ()


def ring(task: str, key: object, *, not_before: datetime | None = None) -> None:
    """Asks for `task` to be run with `key`, in the caller's transaction; the bell follows on commit.

    Asked twice before it ran, it runs once. If the bell is lost, the sweeper rings again; and the sweeper alone
    rings for what is asked for `not_before` a moment, once it has come.
    """
    OutboxItem.objects.bulk_create(
        [OutboxItem(task=task, key=str(key), run_after=not_before or clock.now())], ignore_conflicts=True
    )
    if not_before is not None:
        return
    transaction.on_commit(lambda: _bell(task, str(key)))


def ring_many(task: str, keys: Iterable[object]) -> None:
    """`ring` for many keys, with one bell: that of the sweeper, which rings for each of them.

    So the caller's request or chunk does not wait for hundreds of messages to the broker.
    """
    with connection.cursor() as cursor:
        cursor.execute(RING_MANY, {"task": task, "keys": [str(key) for key in keys], "now": clock.now()})
    transaction.on_commit(lambda: _bell(SWEEP))


def _bell(task: str, *arguments: str) -> None:
    try:
        # No retry: with a dead broker a batch of bells would hold its request for minutes.
        current_app.send_task(task, args=list(arguments), ignore_result=True, retry=False)
    except (OperationalError, OSError):
        log.warning("bell_lost", task=task, key=arguments)  # the row stays; the sweeper finds it


def perform(
    task: str, key: str, work: Callable[[], None], *, given_up: Callable[[Exception], None] | None = None
) -> bool:
    """Runs `work` for the pending row of (task, key); returns False when there is none to do.

    The row is locked while the work runs, so a second bell finds nothing; effect and "done" commit
    together. A failure is written on the row with a growing delay, and after MOST_ATTEMPTS it stays
    visible as failed, and `given_up` is called, in the same transaction. `NotYet` counts as no failure: the sweeper
    rings again after a minute, later every five.
    """
    actor = Actor.system(task)
    try:
        with scope(actor):
            item = (
                OutboxItem.objects.select_for_update(skip_locked=True, of=("self",))
                .filter(task=task, key=key, state=OutboxState.PENDING)
                .first()
            )
            if item is None:
                return False
            work()
            item.state, item.done_at, item.error = OutboxState.DONE, clock.now(), ""
            item.attempts += 1
            item.save(update_fields=["state", "done_at", "error", "attempts"])
        return True
    except NotYet as reason:
        with scope(actor):
            _postpone(task, key, reason)
        return False
    except Exception as error:
        with scope(actor):
            if _note_failure(task, key, error) and given_up:
                given_up(error)
        raise


def perform_lot(task: str, work: Callable[[list[str]], Lot], *, most: int) -> int:
    """Runs `work` once for the keys of up to `most` due rows of `task`, oldest first; returns how many there were.

    They are locked meanwhile, and what `work` says is done commits together with its effect. Each row that it set
    aside is left to `perform`, which writes down why it fails; one that it did not come to stays as it is. When
    `work` raises, all of them are set aside; when it raises NotYet, all of them wait.
    """
    actor = Actor.system(task)
    keys: list[str] = []
    try:
        with scope(actor):
            keys = _locked(task, most)
            lot = work(keys) if keys else Lot()
            OutboxItem.objects.filter(task=task, key__in=lot.done, state=OutboxState.PENDING).update(
                state=OutboxState.DONE, done_at=clock.now(), error="", attempts=F("attempts") + 1
            )
    except NotYet as reason:
        with scope(actor):
            for key in keys:
                _postpone(task, key, reason)
        return 0
    except Exception:
        log.exception("outbox_lot_failed", task=task, keys=len(keys))
        lot = Lot(aside=keys)
    for key in lot.aside:
        _bell(task, key)
    return len(keys)


def _locked(task: str, most: int) -> list[str]:
    due = OutboxItem.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        task=task, state=OutboxState.PENDING, run_after__lte=clock.now()
    )
    return [item.key for item in due.order_by("created_at", "pk")[:most]]


def _postpone(task: str, key: str, reason: NotYet) -> None:
    item = OutboxItem.objects.filter(task=task, key=key, state=OutboxState.PENDING).first()
    if item is None:
        return
    now = clock.now()
    item.run_after = now + min(max((now - item.created_at) / 4, WAIT), LONGEST_WAIT)
    item.error = str(reason)[:2000]
    item.save(update_fields=["run_after", "error"])
    log.warning("outbox_postponed", task=task, key=key, reason=str(reason))


def _note_failure(task: str, key: str, error: Exception) -> bool:
    """Whether this was the last try."""
    item = (
        OutboxItem.objects.select_for_update(of=("self",))
        .filter(task=task, key=key, state=OutboxState.PENDING)
        .first()
    )
    if item is None:
        return False
    item.attempts += 1
    item.error = f"{type(error).__name__}: {error}"[:2000]
    item.run_after = clock.now() + timedelta(seconds=min(15 * 2**item.attempts, 3600))
    if item.attempts >= MOST_ATTEMPTS:
        item.state = OutboxState.FAILED
    item.save(update_fields=["attempts", "error", "run_after", "state"])
    log.error("outbox_failed", task=task, key=key, attempts=item.attempts, error=item.error)
    return item.state == OutboxState.FAILED


def sweep(limit: int = 500) -> int:
    """Rings again for everything due that no bell reached; returns how many.

    What is worked off in lots gets one bell for all of it, and keeps its place.
    """
    with scope(Actor.system("organizations.sweep")):
        now = clock.now()
        waiting = OutboxItem.objects.filter(state=OutboxState.PENDING, run_after__lte=now)
        due = list(
            waiting.exclude(task__in=settings.OUTBOX_LOTS)
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("run_after")[:limit]
        )
        # Rung once, an item gets its time in the queue; a backlog is not rung again and again.
        OutboxItem.objects.filter(pk__in=[item.pk for item in due]).update(run_after=now + RING_AGAIN)
        lots = [by for task, by in settings.OUTBOX_LOTS.items() if waiting.filter(task=task).exists()]
    for item in due:
        _bell(item.task, item.key)
    for task in lots:
        _bell(task)
    return len(due) + len(lots)


def go_on(task: str) -> None:
    """Rings for the next lot: there may be more."""
    _bell(task)
