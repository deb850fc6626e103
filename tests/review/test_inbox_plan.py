"""At a million applications the inbox still walks its index in every order, with every policy on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan
from django.test.utils import CaptureQueriesContext

from applications.models import Application
from cehours.lib.paging import PAGE_SIZE, Page, keyset_page
from organizations.acting.actor import Actor
from review.lists import queries
from review.lists.criteria import ListCriteria
from tests import crowd
from tests.review.batching import at_the_city
from tests.world import World

MILLION = 1_000_000
INDEXES = {
    "": "application_inbox",
    "submitted": "application_inbox_submitted",
    "unit": "application_inbox_unit",
    "name": "application_inbox_name",
}


def plan_of(rows: QuerySet[Any, Any]) -> list[dict[str, Any]]:
    """All nodes of the executed plan, flattened."""
    return _explained(*rows.query.sql_with_params())


def _explained(sql: str, parameters: Any = None) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", parameters)
        found = cursor.fetchone()[0]
    top = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    return list(_nodes(top))


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", []):
        yield from _nodes(child)


def read(nodes: list[dict[str, Any]], table: str) -> tuple[set[str], float]:
    """How `table` was reached, and how many of its rows were touched."""
    on_table = [node for node in nodes if node.get("Relation Name") == table]
    ways = {str(node.get("Index Name", node["Node Type"])) for node in on_table}
    touched = sum(
        (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
        for node in on_table
    )
    return ways, touched


def paged(
    clerk: Actor, order: str, cursor: str | None, size: int = PAGE_SIZE
) -> tuple[Page[Any], list[dict[str, Any]]]:
    """A page of the inbox in one of its orders, and the plan of the one statement that asked for it."""
    rows = queries.inbox_rows(clerk, ListCriteria())
    with CaptureQueriesContext(connection) as asked:
        page = keyset_page(rows, order=queries.ORDERS[order], cursor=cursor, size=size)
    assert len(asked) == 1
    return page, _explained(asked[0]["sql"].replace("%", "%%"))


def conditions(nodes: list[dict[str, Any]], index: str) -> list[str]:
    """What the index itself was asked; the rest is filtered row by row."""
    return [str(node["Index Cond"]) for node in nodes if node.get("Index Name") == index]


@pytest.mark.django_db
@pytest.mark.parametrize("order", INDEXES)
def test_under_the_policies_each_order_compares_keys_in_its_index(world: World, order: str) -> None:
    """Where a comparison may leak, row-level security keeps it out of the index: a deep page reads all before it."""
    for each in ("applicant", "other_applicant"):
        at_the_city(world, by=each)
    with world.acting("city_bureau") as clerk, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        first, _ = paged(clerk, order, None, size=1)
        _, plan = paged(clerk, order, first.next, size=1)

        assert [each for each in conditions(plan, INDEXES[order]) if "ROW(" in each], plan


@pytest.mark.long
def test_first_and_deep_page_of_the_inbox_read_only_their_own_rows(committed_db: str) -> None:
    world = World.build()
    clerk = world.bureau
    crowd.gather(
        committed_db,
        n=MILLION,
        session=world.session.pk,
        unit=world.province.pk,
        seen_by_unit=True,
        decided_by=(clerk.user_id, clerk.person_id),
    )

    with world.acting("bureau") as clerk:
        inbox = queries.inbox(clerk)
        deep = inbox[5_000]
        pages = {
            "first": queries.inbox_rows(clerk, ListCriteria())[:51],
            "second": _after(clerk, inbox[300]),
            "deep": _after(clerk, deep),
        }
        for name, page in pages.items():
            ways, touched = read(plan_of(page), "applications_application")
            assert ways == {"application_inbox"}, name
            assert touched <= 60, f"{name} page touched {touched} rows"
        # Near the end the planner may rather sort the rest, which is never long.
        ways, touched = read(plan_of(_after(clerk, inbox[9_500])), "applications_application")
        assert ways == {"application_inbox"}
        assert touched <= 1_100
        _the_other_lists_read_only_what_they_show(clerk)
        for order in INDEXES:
            _each_page_walks_its_index(clerk, order)

    with world.acting("other_employer"):
        assert not Application.objects.filter(current_unit=world.province).exists()


def _after(clerk: Actor, last: Application) -> QuerySet[Any, Any]:
    """The page that follows `last`, as cehours.lib.paging asks for it."""
    rows = queries.inbox_rows(clerk, ListCriteria()).filter(
        TupleGreaterThan(Tuple("arrived_at", "id"), (last.arrived_at, last.pk))
    )
    return rows.order_by("arrived_at", "pk")[:51]


def _each_page_walks_its_index(clerk: Actor, order: str) -> None:
    """First, second and deep, and back again: one walk of the order's own index, of no more rows than are shown."""
    first, plan = paged(clerk, order, None)
    plans = {"first": plan}
    second, plans["second"] = paged(clerk, order, first.next)
    _, plans["back"] = paged(clerk, order, second.previous)
    deep = keyset_page(
        queries.inbox_rows(clerk, ListCriteria()), order=queries.ORDERS[order], cursor=None, skip=5_000
    )
    _, plans["deep"] = paged(clerk, order, deep.next)
    for name, plan in plans.items():
        ways, touched = read(plan, "applications_application")
        assert ways == {INDEXES[order]}, (order, name)
        assert touched <= 60, f"{name} page by {order or 'waiting'} touched {touched} rows"


def _the_other_lists_read_only_what_they_show(clerk: Actor) -> None:
    """Warned cases, 已办, and names: common, rare and of nobody; none reads much more than it shows."""
    warned = plan_of(queries.inbox_rows(clerk, ListCriteria(view="warned"))[:51])
    assert read(warned, "applications_application")[0] == {"application_inbox_warned"}

    handled = plan_of(queries.handled_rows(clerk, ListCriteria())[:51])
    ways, touched = read(handled, "applications_decision")
    assert ways == {"decision_handled"} and touched <= 60
    assert read(handled, "applications_participant")[1] <= 120

    for text in ("王伟", "伟芳", crowd.NOBODY, "wangweif"):
        plan = plan_of(queries.inbox_rows(clerk, ListCriteria(text=text))[:51])
        ways, touched = read(plan, "review_namekey")
        assert ways == {"review_namekey_pkey"}, text
        assert touched <= 2_000, f"{text} touched {touched} keys"
