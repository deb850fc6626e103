"""Settling a correction: the person's row, and the applications they have not submitted yet."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection, transaction

from cehours.lib import names
from cehours.lib.idnumbers import IdKind, gender
from cehours.lib.pinyin import name_keys
from organizations.acting.actor import Actor
from organizations.models import DataRequest
from organizations.registry import identity
from organizations.services import data_requests
from organizations.services.data_requests import Identity


@transaction.atomic
def settle(*, actor: Actor, request_id: UUID, granted: bool, answer: str) -> DataRequest:
    """办结 with everything that follows. Raises NotYours, Stale, NotAllowed.

    What was submitted stays as it was filed (R237); what is still being filled in follows the person's row.
    """
    request, wanted = data_requests.settle_correction(
        actor=actor, request_id=request_id, granted=granted, answer=answer
    )
    if granted:
        _follow(request, wanted)
    return request


def _follow(request: DataRequest, wanted: Identity) -> None:
    """The database lets only the applicant touch what is being filled in, and a granted correction of it."""
    name: list[Any] = [None, None, None]
    if wanted.name:
        tidy = names.tidy(wanted.name)
        name = [tidy, *name_keys(tidy)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT cases_to_correct(%s)", [request.pk])
        for (case,) in cursor.fetchall():
            cursor.execute(
                "SELECT case_is_corrected(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
                [request.pk, case, *name, *_number(wanted, case)],
            )


def _number(wanted: Identity, case: UUID) -> list[Any]:
    """Kind, sealed number, index and gender as they will stand on the case; None where nothing changes."""
    if not wanted.id_number:
        return [None, None, None, None]
    return [
        wanted.id_kind,
        identity.seal(wanted.id_number, table="application", pk=case),
        identity.index_of(wanted.id_kind, wanted.id_number),
        gender(wanted.id_number) if IdKind(wanted.id_kind).tells_gender else None,
    ]
