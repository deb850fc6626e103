"""A training base of the test world, and rows as it reports them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import OutboxItem, Person
from organizations.registry import identity
from tests.world import World
from training import services
from training.feeds.reported import Reported, judged
from training.models import Channel, Delivery, Provider, RecordStanding

NUMBER = "430102199003070012"


def base(world: World, *, unit: str = "university", code: str = "XSDX") -> Provider:
    """湘水大学 as a provider, unless it is one already."""
    with world.acting("bureau") as bureau:
        known = Provider.objects.filter(code=code).first()
        return known or services.admit_provider(actor=bureau, unit=world.units[unit], code=code)


def number_of(world: World, who: str) -> tuple[str, str]:
    """Name and identity number of somebody of the world."""
    with world.acting(who) as actor:
        person = Person.objects.get(pk=actor.person_id or "")
        return person.name, identity.number_of(person)


def raw(number: str = "K-1", **changes: Any) -> dict[str, Any]:
    return {
        "number": number,
        "id_kind": "resident",
        "id_number": NUMBER,
        "name": "迟到者",
        "year": 2024,
        "category": "public",
        "hours": Decimal("12.5"),
        "title": "人工智能大模型技术及应用",
        "completed_on": date(2024, 6, 1),
        **changes,
    }


def row(number: str = "K-1", **changes: Any) -> Reported:
    read, faults = judged(1, raw(number, **changes))
    assert read is not None, faults
    return read


def of(world: World, who: str, number: str = "K-1", **changes: Any) -> Reported:
    """A row about somebody of the world."""
    name, id_number = number_of(world, who)
    return row(number, **{"name": name, "id_number": id_number, **changes})


def parcel(key: str = "", body: str = "") -> services.Parcel:
    key = key or uuid4().hex
    return services.Parcel(Channel.API, key, hashlib.sha256((body or key).encode()).hexdigest())


def delivered(
    world: World, rows: Sequence[Reported], *, by: str | Actor = "university_admin", **how: str
) -> Delivery:
    """A delivery that was taken and worked off, with whatever else waits in the outbox for it."""
    with world.acting(by) as actor:
        delivery, _ = services.deliver(actor=actor, parcel=parcel(**how), rows=rows)
    worked_off()
    return delivery


def withdrawn(world: World, *numbers: str) -> Delivery:
    with world.acting("university_admin") as actor:
        delivery, _ = services.withdraw(actor=actor, parcel=parcel(), numbers=numbers)
    worked_off()
    return delivery


def worked_off() -> None:
    """The tasks of the outbox that this is about, as the sweeper would ring for them."""
    from training import tasks

    with scope(Actor.system("tests")):
        waiting = list(
            OutboxItem.objects.filter(state="pending", task__startswith="training.take").order_by(
                "created_at"
            )
        )
    for item in waiting:
        {"training.take_up": tasks.take_up, "training.take_waiting": tasks.take_waiting}[item.task](item.key)


def standing(number: str = "K-1") -> RecordStanding:
    with scope(Actor.system("tests")):
        return RecordStanding.objects.select_related("recognised", "record").get(number=number)
