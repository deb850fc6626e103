"""What the database may hand out in any order, tests get in another one."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Count, Exists, OuterRef

from organizations.models import Region, Unit
from tests.harness import unordered_rows


@pytest.fixture
def nations(db: None) -> list[str]:
    """The regions' codes in order; the reference data stands in every test's database."""
    return sorted(Region.objects.order_by("code").values_list("code", flat=True))


def orders_of(rows: Any) -> set[tuple[Any, ...]]:
    """The orders in which three seeds return the rows."""
    seen = set()
    for seed in (1, 2, 3):
        patch = unordered_rows.shuffle(seed)
        seen.add(tuple(rows()))
        patch.undo()
    return seen


def test_rows_without_an_order_come_shuffled_and_complete(nations: list[str]) -> None:
    plain = Region.objects.order_by()

    seen = orders_of(lambda: [row.code for row in plain.all()])

    assert len(seen) == 3
    assert all(sorted(order) == nations for order in seen)


def test_values_pairs_and_iterated_rows_are_shuffled_too(nations: list[str]) -> None:
    plain = Region.objects.order_by()

    assert len(orders_of(lambda: plain.values_list("code", flat=True))) == 3
    assert len(orders_of(lambda: [row["code"] for row in plain.values("code")])) == 3
    assert len(orders_of(lambda: [row.code for row in plain.iterator(chunk_size=5000)])) == 3
    assert len(orders_of(lambda: [row["level"] for row in plain.values("level").annotate(n=Count("pk"))])) > 1


def test_the_same_seed_gives_the_same_order(nations: list[str]) -> None:
    twice = []
    for _ in range(2):
        patch = unordered_rows.shuffle(7)
        random.random()  # what a test draws for itself changes nothing
        twice.append([row.code for row in Region.objects.order_by()])
        patch.undo()

    assert twice[0] == twice[1]


def test_an_order_stays_as_it_is(nations: list[str]) -> None:
    assert orders_of(lambda: Region.objects.order_by("code").values_list("code", flat=True)) == {
        tuple(nations)
    }


def test_counting_existing_locking_and_fetching_one_work_as_ever(world: Any) -> None:
    units = Unit.objects.order_by()

    assert units.count() == len(units) == len(list(units.distinct()))
    assert units.exists()
    assert units.get(name="湘水大学") == world.university
    with_children = units.filter(Exists(Unit.objects.filter(parent=OuterRef("pk"))))
    assert set(with_children) == {world.commission, world.group}
    with transaction.atomic():
        assert set(units.select_for_update(of=("self",)).filter(pk=world.school.pk)) == {world.school}


def test_a_slice_without_an_order_fails(nations: list[str]) -> None:
    with pytest.raises(pytest.fail.Exception, match="a slice of rows without an order"):
        list(Region.objects.order_by()[:3])
