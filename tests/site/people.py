"""Actors of every role, made without a database."""

from __future__ import annotations

from uuid import UUID, uuid4

from organizations.acting.actor import Actor
from organizations.models import Membership, Unit, User

PERSON = UUID("00000000-0000-4000-8000-000000000001")


def signed_in(unit: Unit | None = None, role: str = "reviewer") -> Actor:
    user = User(username="ouyang", display_name="欧阳明玥", person_id=PERSON)
    membership = Membership(pk=7, user=user, unit=unit, role=role) if unit else None
    actor = Actor.of(user, membership)
    vars(actor)["memberships"] = [membership] if membership else []
    return actor


def applicant() -> Actor:
    return signed_in()


def employer(role: str = "reviewer") -> Actor:
    return signed_in(Unit(id=uuid4(), name="长沙市第一医院"), role)


def bureau(level: str = "city") -> Actor:
    return signed_in(Unit(id=uuid4(), name="长沙市人力资源和社会保障局", bureau_level=level))
