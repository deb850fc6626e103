"""What the attacks share: a browser that reports errors as pages, and a picture of the whole database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.cached_db import KEY_PREFIX
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client

from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from tests.world import World

Picture = dict[str, tuple[int, int]]
ASIDE = {"django_session", "django_migrations", "review_sampleseed"}
_IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TOKEN = re.compile(r"[A-Za-z0-9]{64}")


def browser_of(world: World, role: str) -> Client:
    """A client that answers a crash with the 500 page instead of raising it here."""
    client = Client() if role == "visitor" else world.browser(role)
    client.raise_request_exception = False
    return client


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def database() -> Picture:
    """Each table's number of rows and a digest of them; aside sessions, which remember a visit, and sample seeds,
    which a unit's first choosing draws once for all (and nobody can change: tests/review/test_batch_hold.py)."""
    with scope(Actor.system("test")), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = sorted({name for (name,) in cursor.fetchall()} - ASIDE)
        one = "SELECT '{0}', count(*), coalesce(sum(hashtext(t::text)), 0) FROM \"{0}\" t"
        cursor.execute(" UNION ALL ".join(one.format(name) for name in tables))
        found = {name: (int(count), int(digest)) for name, count, digest in cursor.fetchall()}
    assert found["organizations_unit"][0], "the picture must see behind the wall"
    return found


def once(client: Client, method: str, url: str, *arguments: Any) -> Any:
    """The answer to one request; afterwards neither cookies nor rows remember it."""
    with undone():
        return _forgotten(client, method, url, *arguments)


def _forgotten(client: Client, method: str, url: str, *arguments: Any) -> Any:
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    answer = getattr(client, method)(url, *arguments)
    answer.body = body_of(answer)
    answer.page = _plain(answer.body, url)
    client.cookies.clear()
    client.cookies.load(cookies)
    # Sessions stand in the cache, too, where no rollback reaches: the next request reads the row again.
    cache.delete(f"{KEY_PREFIX}{cookies.get(settings.SESSION_COOKIE_NAME, '')}")
    return answer


def attempt(client: Client, method: str, url: str, *arguments: Any) -> tuple[Any, list[str]]:
    """Like `once`, and the tables that the request changed."""
    before = database()
    with undone():
        answer = _forgotten(client, method, url, *arguments)
        tables = changed(before, database())
    return answer, tables


def changed(before: Picture, after: Picture) -> list[str]:
    return [name for name in after if before.get(name) != after[name]]


def page_of(response: Any, url: str = "/\0") -> str:
    """The body without what differs between two equal answers: its own address, ids and the form token."""
    return _plain(body_of(response), url)


def body_of(response: Any) -> str:
    """Reading a download to its end also lets the test client finish the request."""
    content = b"".join(response) if response.streaming else response.content
    return str(content.decode("utf-8", "replace"))


def _plain(text: str, url: str) -> str:
    return _TOKEN.sub("TOKEN", _IDS.sub("ID", text.replace(url, "HERE")))


def to_sign_in(response: Any) -> bool:
    return response.status_code == 302 and response["Location"].startswith("/account/login/")
