"""Settling a correction: the person's row, and the applications they have not submitted yet."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from applications.models import Application
from applications.states import EDITABLE
from cehours.lib import names
from cehours.lib.idnumbers import IdKind, gender
from cehours.lib.pinyin import name_keys
from organizations import audit
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import DataRequest
from organizations.registry import identity
from organizations.services import data_requests
from organizations.services.data_requests import Identity

TASK = "my_data.correction"
FOLLOWING = ["name", "pinyin", "initials", "id_kind", "id_cipher", "id_index", "gender", "version"]


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
    # The database lets only the applicant touch what is being filled in: the system acts in their place.
    with scope(Actor.in_place_of(request.user, TASK)):
        cases = Application.objects.filter(person_id=request.person_id, state__in=EDITABLE)
        for case in cases.select_for_update(of=("self",)):
            if wanted.name:
                case.name = names.tidy(wanted.name)
                case.pinyin, case.initials = name_keys(case.name)
            if wanted.id_number:
                case.id_kind = wanted.id_kind
                case.id_cipher = identity.seal(wanted.id_number, table="application", pk=case.pk)
                case.id_index = identity.index_of(wanted.id_kind, wanted.id_number)
                if IdKind(wanted.id_kind).tells_gender:
                    case.gender = gender(wanted.id_number)
            case.version += 1
            case.save(update_fields=FOLLOWING)
            audit.record(Actor.system(TASK), "identity_corrected", case, request=request.pk)
