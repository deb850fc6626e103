"""The 公共机构学习平台: asked for a person's year when they choose it, and again while something may change.

What it gives goes the way of every provider's records. Nothing here is waited for by a page.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction

from cehours.lib import clock
from organizations import outbox
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed
from organizations.acting.scope import scope
from organizations.registry import identity
from training.feeds import queries
from training.feeds.reported import Reported
from training.models import Channel, Fault, PlatformAsk
from training.platform import breaker, client
from training.platform.answers import Wanted
from training.platform.client import Unanswered
from training.services import feeds
from training.services.feeds import Parcel

ASK = "training.ask_platform"
FRESH = timedelta(minutes=10)  # an answer so young is not asked for again
BY_THE_DAY = timedelta(days=1)
WANTED_FOR = timedelta(days=180)  # so long after the year was last opened, corrections are looked for
FIRST_PAUSE, LONGEST_PAUSE = 60, 3600  # seconds after the first fault, and at most
KEY_PAUSE = 900  # after our key was refused: somebody must mend it
AT_ONCE = 30  # a minute; the platform allows 60 requests
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What became of one question: the records, or why there are none. `until`: it was not asked before then."""

    records: Sequence[Reported] | None = None
    fault: Fault | None = None
    wait: int | None = None
    until: datetime | None = None


@transaction.atomic
def want_platform(*, actor: Actor, year: int) -> None:
    """The actor chose a year: its records are fetched by a task, unless they just were or the platform rests."""
    if not queries.platform_in_use() or not actor.is_applicant or actor.person_id is None:
        return
    now = clock.now()
    PlatformAsk.objects.bulk_create(
        [PlatformAsk(person_id=actor.person_id, year=year, wanted_at=now, next_at=now)], ignore_conflicts=True
    )
    ask = PlatformAsk.objects.select_for_update(of=("self",)).get(person_id=actor.person_id, year=year)
    resting = ask.failures > 0 and ask.next_at is not None and ask.next_at > now
    fresh = ask.answered_at is not None and ask.failures == 0 and ask.answered_at > now - FRESH
    if resting or fresh:
        return
    ask.wanted_at = ask.next_at = now
    ask.save(update_fields=["wanted_at", "next_at"])
    outbox.ring(ASK, ask.pk)


def platform_question(key: str) -> Wanted | Outcome | None:
    """Whom to ask for, in the task's scope; an outcome where that cannot be, None where there is nothing to ask."""
    ask = PlatformAsk.objects.select_related("person").filter(pk=key).first()
    if ask is None or not queries.platform_in_use():
        return None
    if queries.platform_provider() is None:
        log.error("learning_platform_without_provider", code=settings.LEARNING_PLATFORM_PROVIDER)
        return Outcome(fault=Fault.REJECTED)
    try:
        number = identity.number_of(ask.person)
    except NotAllowed:  # it does not open, and is in the log
        return Outcome(fault=Fault.REJECTED)
    return Wanted(ask.person.id_kind, number, ask.person.name, ask.year)


def ask_platform(wanted: Wanted) -> Outcome:
    """The asking itself, in no transaction."""
    until = breaker.closed_until()
    if until is not None:
        return Outcome(until=until)
    try:
        if breaker.is_trying():
            client.is_well()
        found = client.records(wanted)
    except Unanswered as problem:
        return _unanswered(problem)
    breaker.note_answer()
    return Outcome(records=found)


def _unanswered(problem: Unanswered) -> Outcome:
    wait = problem.wait
    if problem.fault == Fault.REFUSED:
        wait = KEY_PAUSE
    if problem.fault == Fault.REJECTED:
        breaker.note_answer()  # it is there, and does not like this one question
    else:
        breaker.note_fault(wait)
    told = log.error if problem.fault in (Fault.REFUSED, Fault.REJECTED) else log.warning
    told("learning_platform_unanswered", fault=problem.fault.value, says=str(problem), wait=wait)
    return Outcome(fault=problem.fault, wait=wait)


def take_answer(key: str, outcome: Outcome | None) -> None:
    """The work of ASK: keeps what the platform gave, or when it is asked again."""
    ask = PlatformAsk.objects.select_for_update(of=("self",)).filter(pk=key).first()
    if ask is None or outcome is None:
        return
    now = clock.now()
    if outcome.until is not None:
        ask.next_at = outcome.until
    elif outcome.records is None:
        ask.asked_at, ask.fault = now, outcome.fault or Fault.FAILED
        ask.failures += 1
        ask.next_at = now + _pause(ask, outcome)
    else:
        _keep(key, outcome.records)
        ask.asked_at = ask.answered_at = now
        ask.fault, ask.failures = "", 0
        ask.found = sum(not row.withdrawn for row in outcome.records)
        ask.next_at = now + BY_THE_DAY if ask.wanted_at > now - WANTED_FOR else None
    ask.save(update_fields=["asked_at", "answered_at", "fault", "failures", "found", "next_at"])


def ask_platform_again() -> int:
    """Rings for what is due, oldest first, as many as the platform allows in a minute. Returns how many."""
    if not queries.platform_in_use():
        return 0
    resting = breaker.state().until
    if resting is not None and resting > clock.now():
        return 0
    due = PlatformAsk.objects.filter(next_at__lte=clock.now()).order_by("next_at", "pk")
    keys = list(due.values_list("pk", flat=True)[:AT_ONCE])
    outbox.ring_many(ASK, keys)
    return len(keys)


def _pause(ask: PlatformAsk, outcome: Outcome) -> timedelta:
    """Longer after each failure, never shorter than the platform asked for; a day for what it will not take."""
    if outcome.fault == Fault.REJECTED:
        return BY_THE_DAY
    growing = min(FIRST_PAUSE * 2 ** min(ask.failures - 1, 12), LONGEST_PAUSE)
    return timedelta(seconds=max(growing, outcome.wait or 0))


def _keep(key: str, records: Sequence[Reported]) -> None:
    """Delivers in the platform's name what is newer than what we have."""
    with scope(Actor.program(_provider())) as program:
        fresh = feeds.newer(actor=program, rows=records)
        if not fresh:
            return
        written = "\n".join(f"{row.number} {row.version}" for row in fresh)
        digest = hashlib.sha256(f"{key}\n{written}".encode()).hexdigest()
        feeds.deliver(actor=program, parcel=Parcel(Channel.PLATFORM, digest, digest), rows=fresh)


def _provider() -> UUID:
    provider = queries.platform_provider()
    assert provider is not None  # asked before the platform was
    return provider.pk
