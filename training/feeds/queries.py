"""Reads of what providers delivered. Each starts from the actor."""

from __future__ import annotations

from uuid import UUID

from django.core.cache import cache
from django.db.models import QuerySet

from organizations.acting.actor import Actor
from organizations.acting.errors import NotYours
from training.models import Delivery, LearningRecord, Provider, RecordStanding, Standing

SEALED = "learning_record"  # what the identity number on a record is sealed to
NO_PROVIDER = "没有找到该报送单位，或者它不归您管理。"
NO_RECORD = "没有找到该记录，或者它不在您的办理范围内。"
KNOWN_FOR = 60  # seconds
TO_LOOK_AT = (Standing.FLAGGED, Standing.MISMATCH)


def own_provider(actor: Actor, *, admin: bool = False) -> Provider:
    """What the actor delivers for: the provider of their unit, or of the program. Raises NotYours."""
    known = Provider.objects.select_related("unit")
    if actor.client is not None:
        found = known.filter(pk=actor.client, active=True).first()
    elif actor.unit_id is not None and (actor.is_unit_admin or not admin):
        found = known.filter(unit_id=actor.unit_id, active=True).first()
    else:
        found = None
    if found is None:
        raise NotYours(NO_PROVIDER)
    return found


def is_provider(actor: Actor) -> bool:
    """Whether the actor's unit delivers records; known for a minute, because every page's navigation asks."""
    if actor.unit_id is None or actor.is_bureau:
        return False
    key = f"provider:{actor.unit_id}"
    known = cache.get(key)
    if known is None:
        known = Provider.objects.filter(unit_id=actor.unit_id, active=True).exists()
        cache.set(key, known, KNOWN_FOR)
    return bool(known)


def deliveries(actor: Actor) -> QuerySet[Delivery]:
    """The provider's own, newest first. Raises NotYours."""
    return own_provider(actor).deliveries.all()


def delivered_records(actor: Actor) -> QuerySet[LearningRecord]:
    """Every version that the provider delivered. Raises NotYours."""
    return LearningRecord.objects.filter(provider=own_provider(actor))


def of_person(actor: Actor) -> QuerySet[LearningRecord]:
    """The newest version of each record that is the actor's own; whoever acts for a unit has none here."""
    if not actor.is_applicant or actor.person_id is None:
        return LearningRecord.objects.none()
    own = LearningRecord.objects.filter(standing__person_id=actor.person_id)
    return own.select_related("provider__unit", "standing").order_by("year", "provider__code", "number")


def providers(actor: Actor) -> QuerySet[Provider]:
    """All of them, for the province. Raises NotYours."""
    if not actor.is_province_bureau:
        raise NotYours(NO_PROVIDER)
    return Provider.objects.select_related("unit", "base")


def to_look_at(actor: Actor) -> QuerySet[RecordStanding]:
    """记录核对: what the policy does not bear out, and names that do not fit, oldest first. Raises NotYours."""
    return looked_at(actor).filter(state__in=TO_LOOK_AT)


def looked_at(actor: Actor) -> QuerySet[RecordStanding]:
    """The same with what was decided. Raises NotYours for everybody but the province."""
    if not actor.is_province_bureau:
        raise NotYours(NO_RECORD)
    return RecordStanding.objects.select_related("record__delivery", "provider__unit")


def one_to_look_at(actor: Actor, pk: UUID, *, lock: bool = False) -> RecordStanding:
    """One of `looked_at`. Raises NotYours."""
    found = looked_at(actor).filter(pk=pk)
    if lock:
        found = found.select_for_update(of=("self",))
    standing = found.first()
    if standing is None:
        raise NotYours(NO_RECORD)
    return standing
