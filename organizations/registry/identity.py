"""Identity numbers at rest: sealed to their row, found by a keyed blind index."""

from __future__ import annotations

from functools import cache
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection

from cehours.lib import masking, names
from cehours.lib.crypto import BlindIndex, Cipher, Tampered, record_aad
from cehours.lib.idnumbers import IdKind, validate
from organizations.acting.errors import NotAllowed
from organizations.models import Person

DAMAGED = "（证件号码已损坏，请联系系统运维人员）"
log = structlog.get_logger(__name__)


@cache
def _cipher() -> Cipher:
    return Cipher(settings.FIELD_KEYS)


@cache
def _index() -> BlindIndex:
    return BlindIndex(settings.BLIND_INDEX_KEY)


def seal(number: str, *, table: str, pk: object) -> bytes:
    """Encrypts a normalised number so that it opens only on this row."""
    return _cipher().seal(number, aad=record_aad(table, "id_cipher", pk))


def unseal(data: bytes | memoryview, *, table: str, pk: object) -> str:
    """Opens what `seal` made; raises Tampered when it was changed or moved to another row."""
    return _cipher().unseal(bytes(data), aad=record_aad(table, "id_cipher", pk))


def shown(data: bytes | memoryview, *, table: str, pk: object) -> str:
    """The number for a page, or DAMAGED in its place: one row that does not open leaves all others alone.

    Raises nothing. Operators learn of it by `ciphertext_damaged` in the log (docs/operations.md). What writes the
    number on, or decides by it, asks `unseal`.
    """
    try:
        return unseal(data, table=table, pk=pk)
    except Tampered as error:
        log.error("ciphertext_damaged", table=table, row=str(pk), why=type(error).__name__)
        return DAMAGED


def opens(person: Person) -> bool:
    """Whether the person's number can be read; a damaged one is in the log afterwards."""
    return shown(person.id_cipher, table="person", pk=person.pk) != DAMAGED


def shown_masked(data: bytes | memoryview, *, table: str, pk: object) -> str:
    """First and last character of the number, or DAMAGED."""
    number = shown(data, table=table, pk=pk)
    return number if number == DAMAGED else masking.mask_id(number)


def index_of(kind: str, number: str) -> bytes:
    """The blind index (32 bytes) under which a person with this identity document is found."""
    return _index().of(number, purpose=f"person:{IdKind(kind).indexed_as}")


def number_of(person: Person) -> str:
    """The full number; callers put the look on record. Raises NotAllowed for a number that does not open."""
    number = shown(person.id_cipher, table="person", pk=person.pk)
    if number == DAMAGED:
        raise NotAllowed("登记的证件号码已损坏，不能继续办理。请联系系统运维人员从备份恢复后再办。")
    return number


def find_person(kind: str, number: str) -> UUID | None:
    """The id of the person with this document, whoever asks; nothing more than the id leaves the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT person_with_index(%s)", [index_of(kind, number)])
        row = cursor.fetchone()
    return row[0] if row else None


def contact_digest(address: str) -> str:
    """64 hex digits that recognise a contact of a closed account and give it away to nobody."""
    return _index().of(address, purpose="contact").hex()


def platform_digest(subject: str) -> str:
    """64 hex digits by which the trail recognises a platform account without naming it."""
    return _index().of(subject, purpose="platform").hex()


def create_person(*, name: str, id_kind: str, id_number: str) -> UUID:
    """Enters a natural person; raises IntegrityError `one_person_per_identity_number` when already known.

    `id_number` is validated here (BadIdNumber with a sentence for the person). The new row may be invisible
    to the actor, so only its id is returned.
    """
    number = validate(IdKind(id_kind), id_number)
    person = Person(
        name=names.tidy(name),
        spelling=names.spelling(name),
        id_kind=id_kind,
        id_index=index_of(id_kind, number),
    )
    person.id_cipher = seal(number, table="person", pk=person.pk)
    Person.objects.bulk_create([person])
    return person.pk
