import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cehours.lib.paging import keyset_page

pytestmark = pytest.mark.django_db

START = datetime(2025, 5, 20, 1, 2, 3, 456789, tzinfo=UTC)


@pytest.fixture
def sessions():
    """Twenty rows in pairs of equal times, so that the key has to break ties."""
    Session.objects.bulk_create(
        Session(session_key=f"row{n:02}", session_data="", expire_date=START + timedelta(minutes=n // 2))
        for n in range(20)
    )
    return Session.objects.filter(session_key__startswith="row")


def keys(page) -> list[str]:
    return [row.pk for row in page.rows]


def walk(queryset, order, size, cursor=None, *, towards="next"):
    """Every page from `cursor` on, following one kind of link."""
    pages = []
    while True:
        pages.append(keyset_page(queryset, order=order, cursor=cursor, size=size))
        cursor = getattr(pages[-1], towards)
        if cursor is None:
            return pages


@pytest.mark.parametrize("order", ["expire_date", "-expire_date"])
@pytest.mark.parametrize("size", [1, 3, 7, 19, 20, 21])
def test_following_next_shows_every_row_once_in_order(sessions, order, size):
    seen = [key for page in walk(sessions, order, size) for key in keys(page)]

    assert seen == sorted(seen, reverse=order.startswith("-"))
    assert len(seen) == 20


@pytest.mark.parametrize("order", ["expire_date", "-expire_date"])
@pytest.mark.parametrize("size", [1, 3, 10])
def test_following_previous_leads_back_over_the_same_rows(sessions, order, size):
    there = walk(sessions, order, size)
    back = walk(sessions, order, size, there[-1].previous, towards="previous")

    rows_before_the_last_page = [key for page in there[:-1] for key in keys(page)]
    assert [key for page in reversed(back) for key in keys(page)] == rows_before_the_last_page


def test_the_first_page_has_no_previous_and_the_last_no_next(sessions):
    pages = walk(sessions, "expire_date", 10)

    assert [(page.previous is None, page.next is None) for page in pages] == [(True, False), (False, True)]


def test_a_row_that_arrives_meanwhile_neither_repeats_nor_hides_another(sessions):
    first = keyset_page(sessions, order="-expire_date", cursor=None, size=5)
    Session.objects.create(session_key="row99", session_data="", expire_date=START + timedelta(days=1))

    second = keyset_page(sessions, order="-expire_date", cursor=first.next, size=5)

    assert keys(second) == ["row14", "row13", "row12", "row11", "row10"]


def test_when_the_rest_has_gone_the_first_page_is_shown(sessions):
    first = keyset_page(sessions, order="expire_date", cursor=None, size=5)
    sessions.filter(session_key__gt="row04").delete()

    page = keyset_page(sessions, order="expire_date", cursor=first.next, size=5)

    assert keys(page) == ["row00", "row01", "row02", "row03", "row04"]


def test_no_rows_make_one_empty_page():
    page = keyset_page(Session.objects.none(), order="expire_date", cursor=None)

    assert (page.rows, page.next, page.previous) == ([], None, None)


def forged(*parts) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "%00",
        "é",
        "a" * 5000,
        "bnVsbA",
        forged(),
        forged("expire_date", "n"),
        forged("session_key", "n", "row00", "row00"),
        forged("expire_date", "sideways", START.isoformat(), "row00"),
        forged("expire_date", "n", "soon", "row00"),
        forged("expire_date", "n", "2025-02-30", "row00"),
        forged("expire_date", "n", "2025-05-20T00:00:00", "row00"),
        forged("expire_date", "n", "0001-01-01T00:00:00+23:59", "row00"),
        forged("expire_date", "p", "9999-12-31T23:59:59-23:59", "row00"),
        forged("expire_date", "n", START.isoformat(), "row\x0000"),
        forged("expire_date", "n", START.isoformat(), "k" * 41),
        forged("expire_date", "n", {"a": 1}, ["row00"]),
        forged("expire_date", "n", None, None),
    ],
)
def test_a_cursor_that_is_not_ours_shows_the_first_page(sessions, cursor):
    assert keys(keyset_page(sessions, order="expire_date", cursor=cursor, size=2)) == ["row00", "row01"]


def test_a_cursor_of_another_order_shows_the_first_page(sessions):
    other = keyset_page(sessions, order="-expire_date", cursor=None, size=5).next

    assert keys(keyset_page(sessions, order="expire_date", cursor=other, size=1)) == ["row00"]


def test_a_page_is_one_query_with_one_row_comparison(sessions):
    first = keyset_page(sessions, order="-expire_date", cursor=None, size=5)

    with CaptureQueriesContext(connection) as queries:
        keyset_page(sessions, order="-expire_date", cursor=first.next, size=5)

    assert len(queries) == 1
    assert '("django_session"."expire_date", "django_session"."session_key") <' in queries[0]["sql"]
