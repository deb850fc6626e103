"""The second wall's key: tells PostgreSQL, for one transaction, who is acting."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction

from organizations.acting.actor import Actor

SETTINGS = ("app.kind", "app.user", "app.person", "app.unit", "app.task", "app.client")
SET = "SELECT " + ", ".join(f"set_config('{name}', %s, true)" for name in SETTINGS)

_current: ContextVar[Actor | None] = ContextVar("actor", default=None)
_serving: ContextVar[bool] = ContextVar("serving", default=False)


@contextmanager
def scope_of_a_request(actor: Actor) -> Iterator[Actor]:
    """The scope of one request. Nothing in it becomes the system, though the database would believe it, as in tests.

    What an act needs beyond its actor's rows is a function of the database (QUESTION and ACT in organizations.walls),
    or work for the outbox.
    """
    token = _serving.set(True)
    try:
        with scope(actor):
            yield actor
    finally:
        _serving.reset(token)


@contextmanager
def scope(actor: Actor) -> Iterator[Actor]:
    """Opens a transaction in which row-level security shows exactly what `actor` may see.

    The settings are local to the transaction, so a pooled connection never carries them on; leaving an
    inner scope puts the outer actor back. An exception rolls the scope's writes back.
    """
    if actor.kind == "system" and _serving.get():
        raise RuntimeError(f"a request does not become the system's act ({actor.task})")
    outer = _current.get()
    token = _current.set(actor)
    try:
        with transaction.atomic():
            _tell_database(actor)
            yield actor
            # After an exception the rollback to the savepoint restores the outer settings by itself.
            _tell_database(outer)
    finally:
        _current.reset(token)


def acting() -> Actor | None:
    """The actor in whose scope the caller runs; None outside of any."""
    return _current.get()


def _tell_database(actor: Actor | None) -> None:
    values = ("",) * len(SETTINGS)
    if actor is not None:
        values = (
            actor.kind,
            str(actor.user_id or ""),
            str(actor.person_id or ""),
            str(actor.unit_id or ""),
            actor.task,
            str(actor.client or ""),
        )
    with connection.cursor() as cursor:
        cursor.execute(SET, values)
