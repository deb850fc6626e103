"""Reads of certificates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from applications.models import Decision, Outcome, Participant
from applications.queries import mine
from applications.states import State
from cehours.lib import clock, names
from cehours.lib.masking import mask_name
from cehours.lib.pinyin import name_keys
from certificates.models import (
    LIVE,
    Certificate,
    CertificateState,
    LostNumbers,
    NumberCounter,
    Revocation,
    RevocationState,
)
from certificates.paper.sheet import Sheet
from organizations.acting.actor import Actor
from organizations.acting.errors import NotYours
from organizations.models import Nature, Unit
from organizations.models.name_key import NameKey
from organizations.registry import lookup


@dataclass(frozen=True)
class Verified:
    """What the public may learn: what the paper says, with the name masked, and whether it still stands.

    `successor` is the number of the certificate that replaces it, or ""; `sha256` the stored print's.
    """

    token: str
    sheet: Sheet
    state: str
    issued_at: datetime
    sha256: str
    rendered_at: datetime
    ended_at: datetime | None
    ended_reason: str
    successor: str

    @property
    def stands(self) -> bool:
        return self.state == CertificateState.READY

    @property
    def is_revoked(self) -> bool:
        return self.state == CertificateState.REVOKED

    def masked(self) -> Verified:
        return replace(self, sheet=replace(self.sheet, name=mask_name(self.sheet.name)))


@dataclass(frozen=True)
class NumberRange:
    """A year's numbers so far: the highest one given out, and runs (first, last) that a restore lost."""

    year: int
    last: str
    lost: tuple[tuple[str, str], ...]


def own(actor: Actor) -> QuerySet[Certificate]:
    """The person's own certificates, newest first."""
    if not actor.is_applicant or actor.person_id is None:
        return Certificate.objects.none()
    return Certificate.objects.filter(person_id=actor.person_id).select_related("issued_by")


def visible_to(actor: Actor) -> QuerySet[Certificate]:
    """The person's own certificates, or those of revisions that the actor's unit took part in.

    Who saw only an earlier revision, such as a former employer, has no part in what was approved later.
    """
    if actor.unit_id is None:
        return own(actor)
    part = Participant.objects.filter(
        application_id=OuterRef("application_id"), unit_id=actor.unit_id, revision__gte=OuterRef("revision")
    )
    return Certificate.objects.filter(Exists(part))


def visible_one(actor: Actor, pk: UUID) -> Certificate:
    certificate = visible_to(actor).filter(pk=pk).first()
    if certificate is None:
        raise NotYours("没有找到该学时认定单。")
    return certificate


def issued(actor: Actor) -> QuerySet[Certificate]:
    """The certificates that the actor's bureau issued; none for anybody who is not at a bureau."""
    if not actor.is_bureau:
        return Certificate.objects.none()
    return Certificate.objects.filter(issued_by_id=actor.unit_id).select_related("issued_by", "application")


@dataclass(frozen=True)
class IssuedCriteria:
    """What the bureau's list is asked for; empty means not asked.

    `words` is the beginning of a number, name, pinyin or initials; `state` one of `CertificateState`; `unit` part of
    the employer's name, pinyin or initials, or 自由职业; `since` and `until` are days in China (ISO), both included.
    """

    words: str = ""
    state: str = ""
    unit: str = ""
    since: str = ""
    until: str = ""


def issued_matching(actor: Actor, asked: IssuedCriteria) -> QuerySet[Certificate]:
    """Those of `issued` that fit, with the names of holder and employer."""
    rows = issued(actor).select_related("issued_by", "application__employer")
    if asked.words:
        rows = _beginning(rows, asked.words)
    if asked.state:
        rows = rows.filter(state=asked.state)
    if asked.unit == Nature.FREELANCE.label:
        rows = rows.filter(application__employer=None)
    elif asked.unit:
        rows = rows.filter(application__employer__in=Unit.objects.filter(lookup.named(asked.unit)))
    if asked.since:
        rows = rows.filter(issued_at__gte=_midnight(asked.since))
    if asked.until:
        rows = rows.filter(issued_at__lt=_midnight(asked.until) + timedelta(days=1))
    return rows


def _beginning(rows: QuerySet[Certificate], words: str) -> QuerySet[Certificate]:
    """With this number, or whose holder is called so; a whole name is found however it is spelt on the record."""
    if words.isdecimal():
        return rows.filter(number__startswith=words)
    key = names.key(words)
    if not key:
        return rows.none()
    found = Q(application__name__startswith=names.tidy(words)) | Q(application__pinyin__startswith=key)
    found |= Q(application__initials__startswith=key)
    spelt_otherwise = Q(application__pinyin=name_keys(words).full, name_key=key)
    return rows.alias(name_key=NameKey("application__name")).filter(found | spelt_otherwise)


def _midnight(day: str) -> datetime:
    """The first moment of a day on Chinese clocks."""
    return datetime.combine(date.fromisoformat(day), time.min, tzinfo=clock.SHANGHAI)


def open_revocations(actor: Actor) -> QuerySet[Revocation]:
    """What waits for a second person of the actor's bureau, the oldest first."""
    if actor.unit_id is None:
        return Revocation.objects.none()
    rows = Revocation.objects.filter(unit_id=actor.unit_id, state=RevocationState.REQUESTED)
    return rows.select_related("certificate__application").order_by("requested_at")


def to_confirm(actor: Actor) -> QuerySet[Revocation]:
    """Those of `open_revocations` that this person may confirm: neither asked for by them nor of their own."""
    rows = open_revocations(actor)
    if actor.person_id is None:
        return rows.none()
    own_ones = Q(requested_by_id=actor.person_id) | Q(certificate__person_id=actor.person_id)
    return rows.exclude(own_ones).order_by()


def revocation(actor: Actor, pk: UUID) -> Revocation:
    """A revocation that the actor's bureau asked for."""
    row = Revocation.objects.filter(pk=pk, unit_id=actor.unit_id).first() if actor.unit_id else None
    if row is None:
        raise NotYours("没有找到该撤销申请。")
    return row


def number_ranges(actor: Actor) -> list[NumberRange]:
    """The province's numbers by year, newest first; the provincial bureau alone reads them."""
    if not actor.is_province_bureau:
        return []
    lost: dict[int, list[tuple[str, str]]] = {}
    for gap in LostNumbers.objects.all():
        lost.setdefault(gap.year, []).append((_number(gap.year, gap.first), _number(gap.year, gap.last)))
    return [
        NumberRange(counter.year, _number(counter.year, counter.last), tuple(lost.get(counter.year, ())))
        for counter in NumberCounter.objects.filter(last__gt=0).order_by("-year")
    ]


def _number(year: int, serial: int) -> str:
    return f"{year}{serial:06d}"


def live(application_id: UUID, from_year: int, to_year: int) -> Certificate | None:
    """The live certificate of this range that rests on this approval as its newest."""
    rows = Certificate.objects.filter(application_id=application_id, from_year=from_year, to_year=to_year)
    return rows.filter(state__in=LIVE).first()


def approvals(actor: Actor) -> QuerySet[Decision]:
    """The final decisions on the person's approved applications, newest first, with what they recognised.

    An approval whose own certificate was revoked lends no years any more.
    """
    revoked = own(actor).filter(by_approval=True, state=CertificateState.REVOKED).order_by()
    return (
        Decision.objects.filter(
            application__in=mine(actor).filter(state=State.APPROVED).order_by(),
            outcome=Outcome.APPROVED,
            next_unit=None,
        )
        .exclude(application__in=revoked.values("application"))
        .select_related("application__session", "unit")
        .prefetch_related("assessments")
        .order_by("-decided_at", "-id")
    )


def approved_years(actor: Actor) -> list[int]:
    """The years that the person's approved applications cover, in order."""
    return sorted({row.year for decision in approvals(actor) for row in decision.assessments.all()})


def verify(number: str, name: str) -> Verified | None:
    """Whether number and name belong together; None tells nothing about which of them is wrong."""
    return _verified("certificate_for(%s, %s)", [number, name])


def verify_token(token: str) -> Verified | None:
    """The certificate whose QR code carries this token."""
    return _verified("certificate_with_token(%s)", [token])


def verify_digest(sha256: str) -> Verified | None:
    """The certificate whose stored PDF has this hash (hex): whoever has the bytes holds the paper."""
    return _verified("certificate_with_digest(%s)", [sha256])


def verify_all(pairs: Sequence[tuple[str, str]]) -> list[Verified | None]:
    """`verify` for many (number, name) in one question, in their order."""
    sql = f"""SELECT {COLUMNS} FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS asked (number, name, place)
        LEFT JOIN LATERAL certificate_for(asked.number, asked.name) ON true ORDER BY asked.place"""  # noqa: S608 -- fixed names
    with connection.cursor() as cursor:
        cursor.execute(sql, [[number for number, _ in pairs], [name for _, name in pairs]])
        return [_read(row) for row in cursor.fetchall()]


COLUMNS = "token, sheet, state, issued_at, sha256, rendered_at, ended_at, ended_reason, successor"


def _verified(function: str, parameters: list[str]) -> Verified | None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM {function}", parameters)  # noqa: S608 -- fixed names
        row = cursor.fetchone()
    return _read(row) if row else None


def _read(row: tuple[Any, ...]) -> Verified | None:
    if row[0] is None:
        return None
    return Verified(row[0], Sheet.from_json(row[1]), *row[2:])
