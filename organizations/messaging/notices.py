"""Telling a person what happened: in the app at once, by e-mail and SMS through the outbox."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import QuerySet

from cehours.lib import clock
from organizations import outbox
from organizations.acting.actor import Actor
from organizations.acting.errors import NotYours
from organizations.messaging import channels, messages
from organizations.models import Notice, User

DELIVER = "organizations.deliver_notice"
TELL_MANY = """
INSERT INTO organizations_notice (id, person_id, subject, subject_id, kind, title, body, link, created_at)
SELECT m.id, m.person_id, %(subject)s, m.subject_id, m.kind, m.title, m.body, m.link, %(now)s
FROM unnest(%(ids)s::uuid[], %(people)s::uuid[], %(subjects)s::uuid[], %(kinds)s::text[], %(titles)s::text[],
    %(bodies)s::text[], %(links)s::text[]) AS m (id, person_id, subject_id, kind, title, body, link)
"""
MOST_COUNTED = 99  # the bell shows 99+ beyond


@dataclass(frozen=True)
class Words:
    """What a notice says: kind (a short key), title (≤ 120 characters), body, and the page it leads to."""

    kind: str
    title: str
    body: str
    link: str = ""


def tell(*, person_id: UUID, subject: str, subject_id: UUID, words: Words) -> Notice:
    """Writes a notice in the caller's transaction; e-mail and SMS leave when it commits.

    The second wall lets a reviewer write to the applicant of a case before them, and to nobody else.
    """
    notice = Notice(
        person_id=person_id,
        subject=subject,
        subject_id=subject_id,
        kind=words.kind,
        title=words.title[:120],
        body=words.body[:1000],
        link=words.link,
    )
    # One statement without RETURNING: the writer may not read what was written to somebody else.
    Notice.objects.bulk_create([notice])
    outbox.ring(DELIVER, notice.pk)
    return notice


def tell_many(subject: str, told: Iterable[tuple[UUID, UUID, Words]]) -> None:
    """`tell` for many (person, subject's id, words) at once, in the caller's transaction."""
    rows = list(told)
    keys = [uuid4() for _ in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            TELL_MANY,
            {
                "subject": subject,
                "now": clock.now(),
                "ids": keys,
                "people": [person_id for person_id, _, _ in rows],
                "subjects": [subject_id for _, subject_id, _ in rows],
                "kinds": [words.kind for _, _, words in rows],
                "titles": [words.title[:120] for _, _, words in rows],
                "bodies": [words.body[:1000] for _, _, words in rows],
                "links": [words.link for _, _, words in rows],
            },
        )
    outbox.ring_many(DELIVER, keys)


def deliver(key: str) -> None:
    """Queues the notice for every account of the person, by each channel that is wanted there."""
    notice = Notice.objects.get(pk=key)
    for user in User.objects.filter(person_id=notice.person_id, is_active=True):
        for channel in channels.ALL:
            if channel.is_wanted(user):
                subject, body = channel.words(notice)
                for address in channel.addresses(user):
                    messages.send(channel=channel.key, recipient=address, subject=subject, body=body)


def of(actor: Actor) -> QuerySet[Notice]:
    """The person's own notices, newest first."""
    if actor.person_id is None:
        return Notice.objects.none()
    return Notice.objects.filter(person_id=actor.person_id)


def unread(actor: Actor) -> int:
    """How many the person has not opened, counted up to MOST_COUNTED + 1."""
    return of(actor).filter(read_at=None).order_by()[: MOST_COUNTED + 1].count()


def mark_read(actor: Actor, pk: UUID) -> Notice:
    """Opens one: it counts as read from now on. Raises NotYours."""
    notice = of(actor).filter(pk=pk).first()
    if notice is None:
        raise NotYours("没有找到该通知。")
    if notice.read_at is None:
        notice.read_at = clock.now()
        notice.save(update_fields=["read_at"])
    return notice


def read_all(actor: Actor) -> int:
    """Marks everything as read; returns how many there were."""
    return of(actor).filter(read_at=None).update(read_at=clock.now())


@dataclass(frozen=True)
class Way:
    """One channel by which an account can be reached: its key and name, where to (masked), whether notices go there."""

    key: str
    name: str
    masked: str
    wanted: bool


def ways(user: User) -> list[Way]:
    """The channels an account has an address of."""
    return [
        Way(channel.key, channel.name, channel.masked(addresses[0]), channel.is_wanted(user))
        for channel in channels.ALL
        if (addresses := channel.addresses(user))
    ]


def choose_channels(*, user: User, wanted: Container[str]) -> None:
    """Where notices go besides the app: `wanted` are the keys of channels, the others are switched off."""
    for channel in channels.ALL:
        channel.choose(user, wanted=channel.key in wanted)
