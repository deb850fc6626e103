"""Reads of what providers delivered. Each starts from the actor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.db.models import QuerySet

from cehours.lib import clock
from organizations.acting.actor import Actor
from organizations.acting.errors import NotYours
from training.models import (
    Delivery,
    LearningRecord,
    PlatformAsk,
    Provider,
    RecordStanding,
    Source,
    Standing,
)

SEALED = "learning_record"  # what the identity number on a record is sealed to
NO_PROVIDER = "没有找到该报送单位，或者它不归您管理。"
NO_RECORD = "没有找到该记录，或者它不在您的办理范围内。"
KNOWN_FOR = 60  # seconds
TO_LOOK_AT = (Standing.FLAGGED, Standing.MISMATCH)
SOON = timedelta(minutes=1)  # so long a page says that something is on its way


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


@dataclass(frozen=True)
class Fetching:
    """How the asking for one person's one year stands, for their page.

    `state`: fetching, fetched or away. `at`: when the platform last answered; None: never. `found`: how many records.
    """

    state: str
    at: datetime | None
    found: int


def platform_in_use() -> bool:
    return bool(settings.LEARNING_PLATFORM_URL)


def platform_provider() -> Provider | None:
    """The 报送单位 under which the platform's records are kept: of the configured code and of its source."""
    code = settings.LEARNING_PLATFORM_PROVIDER
    return Provider.objects.filter(code=code, source=Source.PLATFORM, active=True).first()


def fetching(actor: Actor, year: int) -> Fetching | None:
    """The actor's own asking for a year; None where nothing was asked."""
    if not platform_in_use() or not actor.is_applicant or actor.person_id is None:
        return None
    ask = PlatformAsk.objects.filter(person_id=actor.person_id, year=year).first()
    if ask is None:
        return None
    now = clock.now()
    if ask.next_at is not None and ask.next_at <= now and ask.wanted_at > now - SOON:
        state = "fetching"
    else:
        state = "fetched" if ask.answered_at is not None and not ask.failures else "away"
    return Fetching(state, ask.answered_at, ask.found)


def asked_of_platform(actor: Actor) -> QuerySet[PlatformAsk]:
    """For which years the actor's records were asked for."""
    if actor.person_id is None:
        return PlatformAsk.objects.none()
    return PlatformAsk.objects.filter(person_id=actor.person_id).order_by("year")
