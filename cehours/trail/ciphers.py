"""Identity numbers that do not open on their row, or are found under another's index: exchanged or damaged."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from cehours.lib.crypto import Tampered
from organizations.audit import Fault
from organizations.registry import identity

# Under which name each table's numbers are sealed, and whether the row carries the blind index of its number.
SEALED = {
    "application": "SELECT id, id_cipher, id_kind, id_index FROM applications_application ORDER BY id",
    "person": "SELECT id, id_cipher, id_kind, id_index FROM organizations_person WHERE id_cipher <> '' ORDER BY id",
}


def faults(cursor_of: Callable[[], AbstractContextManager[Any]]) -> Iterator[Fault]:
    """Every number that is not its row's own, read by cursors that see all rows; an erased person has none."""
    for table, query in SEALED.items():
        with cursor_of() as cursor:
            cursor.execute(query)
            while rows := cursor.fetchmany(2000):
                for pk, sealed, kind, index in rows:
                    if said := _wrong(table, pk, bytes(sealed), kind, bytes(index)):
                        yield Fault(table, pk, 0, said)


def _wrong(table: str, pk: object, sealed: bytes, kind: str, index: bytes) -> str:
    try:
        number = identity.unseal(sealed, table=table, pk=pk)
        found = identity.index_of(kind, number)
    except Tampered:
        return "the identity number does not open on this row"
    except ValueError:
        return "the kind of identity document is none"
    return "" if hmac.compare_digest(found, index) else "the identity number is found under another's index"
