"""After a delivery: whose its records are, the hours on record, and who is told. Done by tasks of ours."""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from organizations import audit
from organizations.acting.actor import Actor
from organizations.models import Person
from training.feeds import matching, notices
from training.models import Delivery, RecordStanding, Standing

TAKE_UP, TAKE_WAITING = "training.take_up", "training.take_waiting"


def take_up(key: str) -> None:
    """The work of TAKE_UP: matches a delivery's records with people, enters their hours, tells them."""
    delivery = Delivery.objects.select_for_update(of=("self",)).select_related("provider__unit").get(pk=key)
    with (
        connection.cursor() as cursor
    ):  # one after the other, so that what changed is compared with what stood
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"{TAKE_UP} {delivery.provider_id}"])
    changes = matching.take_up(delivery.pk)
    audit.record(Actor.system(TAKE_UP), "records_taken_up", delivery, changed=len(changes))
    notices.tell(delivery.provider, delivery.pk, changes)


def take_waiting(person_id: str) -> None:
    """The work of TAKE_WAITING: what waited for somebody who is registered now, or under another name, is theirs."""
    person = Person.objects.filter(pk=person_id).first()
    if person is not None:
        _take(RecordStanding.objects.filter(id_index=bytes(person.id_index)))


def take_all_waiting() -> int:
    """Whoever registered in the very moment in which their record came in; run by the hour. Returns how many."""
    return _take(RecordStanding.objects.filter(id_index__in=Person.objects.values("id_index")), anew=True)


def _take(waiting: QuerySet[RecordStanding], *, anew: bool = False) -> int:
    states = [Standing.WAITING] if anew else [Standing.WAITING, Standing.MISMATCH]
    locked = waiting.filter(state__in=states).select_for_update(of=("self",)).order_by("pk")
    found = list(locked.select_related("record", "provider__unit"))
    by_delivery: dict[UUID, list[RecordStanding]] = {}
    for standing in found:
        by_delivery.setdefault(standing.record.delivery_id, []).append(standing)
    for delivery_id, standings in by_delivery.items():
        changes = matching.ask_again([each.pk for each in standings])
        notices.tell(standings[0].provider, delivery_id, changes)
    return len(found)
