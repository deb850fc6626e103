"""Rows of a query without an order come back shuffled, as PostgreSQL may hand them out any day.

The statement is left alone: what arrives is shuffled, so subqueries, EXISTS, DISTINCT, aggregates and locks
stay as they are. A slice without an order would choose other rows each time; no shuffling of what arrived
shows that, so it fails outright.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.db.models.query import MAX_GET_RESULTS
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.constants import GET_ITERATOR_CHUNK_SIZE, MULTI
from django.db.models.sql.query import Query


def shuffle(seed: int) -> pytest.MonkeyPatch:
    """From now on; `undo()` of what is returned ends it. The same seed gives the same rows the same order."""
    patch = pytest.MonkeyPatch()
    plain = SQLCompiler.execute_sql

    def execute_sql(
        self: SQLCompiler,
        result_type: str = MULTI,
        chunked_fetch: bool = False,
        chunk_size: int = GET_ITERATOR_CHUNK_SIZE,
    ) -> Any:
        found = plain(self, result_type, chunked_fetch, chunk_size)
        if result_type != MULTI or has_order(self.query) or self.query.explain_info:
            return found
        dice = random.Random(f"{seed} {self.query.get_meta().label}")
        chunks = found if chunked_fetch else [[row for chunk in found for row in chunk]]
        mixed = _mixed(chunks, dice, self.query)
        return mixed if chunked_fetch else list(mixed)

    patch.setattr(SQLCompiler, "execute_sql", execute_sql)
    return patch


def has_order(query: Query) -> bool:
    """As QuerySet.ordered has it, for a query alone."""
    if query.order_by or query.extra_order_by:
        return True
    return bool(query.default_ordering and query.get_meta().ordering and not query.group_by)


def is_slice(query: Query) -> bool:
    """Whether some of the rows are left out. `get()` looks at a few only to refuse more than one."""
    return query.is_sliced and (query.low_mark, query.high_mark) != (0, MAX_GET_RESULTS)


def _mixed(chunks: Iterable[list[Any]], dice: random.Random, query: Query) -> Iterator[list[Any]]:
    for rows in chunks:
        if rows and is_slice(query):
            pytest.fail(f"a slice of rows without an order: {query}", pytrace=False)
        dice.shuffle(rows)
        yield rows
