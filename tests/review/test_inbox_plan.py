"""At a million applications the inbox still walks its index, with every policy on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan

from applications.models import Application
from organizations.acting.actor import Actor
from review.lists import queries
from review.lists.criteria import ListCriteria
from tests import crowd
from tests.world import World

MILLION = 1_000_000


def plan_of(rows: QuerySet[Any, Any]) -> list[dict[str, Any]]:
    """All nodes of the executed plan, flattened."""
    sql, parameters = rows.query.sql_with_params()
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

    with world.acting("other_employer"):
        assert not Application.objects.filter(current_unit=world.province).exists()


def _after(clerk: Actor, last: Application) -> QuerySet[Any, Any]:
    """The page that follows `last`, as cehours.lib.paging asks for it."""
    rows = queries.inbox_rows(clerk, ListCriteria()).filter(
        TupleGreaterThan(Tuple("arrived_at", "id"), (last.arrived_at, last.pk))
    )
    return rows.order_by("arrived_at", "pk")[:51]


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
