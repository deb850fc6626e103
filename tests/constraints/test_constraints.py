"""Every constraint that we named forbids what its name says; a new one without a violation here is red."""

from __future__ import annotations

import pytest

from tests.constraints.conftest import House
from tests.constraints.violations import VIOLATIONS

OURS = "^(applications|certificates|organizations|review|training)_"
# Names that Django makes up begin with the table's; those of indexes are there for conditional uniqueness.
NAMED = """
SELECT conname FROM pg_constraint WHERE contype IN ('c', 'u', 'x')
    AND conrelid::regclass::text ~ %(ours)s AND conname !~ %(ours)s
UNION
SELECT indexrelid::regclass::text FROM pg_index WHERE indisunique
    AND indrelid::regclass::text ~ %(ours)s AND indexrelid::regclass::text !~ %(ours)s
"""


def test_every_named_constraint_has_a_violation(house: House) -> None:
    with house.link.cursor() as cursor:
        cursor.execute(NAMED, {"ours": OURS})
        assert {name for (name,) in cursor.fetchall()} == set(VIOLATIONS)


@pytest.mark.parametrize("name", VIOLATIONS)
def test_the_constraint_refuses_by_name(house: House, name: str) -> None:
    table = VIOLATIONS[name].split()[1 if VIOLATIONS[name].startswith("UPDATE") else 2]
    house.run(f"ALTER TABLE {table} DISABLE TRIGGER USER")

    refusal = house.refuses(VIOLATIONS[name])

    assert refusal.diag.constraint_name == name
