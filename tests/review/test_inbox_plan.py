"""At a million applications the inbox still walks its index, with every policy on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from applications.models import Application
from review import queries
from tests import crowd
from tests.world import World

MILLION = 1_000_000


def plan_of(rows: QuerySet[Any]) -> list[dict[str, Any]]:
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
    crowd.gather(committed_db, n=MILLION, session=world.session.pk, unit=world.province.pk)

    with world.acting("bureau") as clerk:
        inbox = queries.inbox(clerk)
        deep = inbox[9_000]
        pages = {
            "first": inbox[:51],
            "deep": inbox.filter(arrived_at__gte=deep.arrived_at)[:51],
        }
        for name, page in pages.items():
            ways, touched = read(plan_of(page), "applications_application")
            assert ways == {"application_inbox"}, name
            assert touched <= 60, f"{name} page touched {touched} rows"

    with world.acting("other_employer"):
        assert not Application.objects.filter(current_unit=world.province).exists()
