"""People and their logins, entered as registration enters them."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from django.contrib.auth.hashers import make_password

from cehours.lib.idnumbers import IdKind, make_resident_id
from organizations import audit
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import Membership, Unit, User
from organizations.models.user import Role
from organizations.registry import identity

PASSWORD = "Demo-2025"  # noqa: S105 -- printed for everybody who starts the demo; refused without DEMO
FIRST_BIRTH = date(1968, 3, 1)
BIRTH_STEP = timedelta(days=37)
PHONES = 19900000000  # never handed out to anybody in the sample twice


@cache
def _encoded_password() -> str:
    """One hash for all: hashing two hundred times would take longer than everything else together."""
    return make_password(PASSWORD)


def enter(
    *, number: int, login: str, name: str, region: str, unit: Unit | None = None, role: Role = Role.ADMIN
) -> Actor:
    """Person number `number` of the sample with a login, acting for `unit` in `role` if there is one."""
    with scope(Actor.public()):
        person_id = identity.create_person(
            name=name, id_kind=IdKind.RESIDENT, id_number=id_number_of(number, region)
        )
        user = User(
            username=login,
            display_name=name,
            person_id=person_id,
            phone=phone_of(number),
            phone_verified=True,
            password=_encoded_password(),
        )
        user.save(force_insert=True)
        membership = Membership.objects.create(user=user, unit=unit, role=role) if unit else None
    actor = Actor.of(user, membership)
    if unit:
        with scope(actor):
            audit.record(actor, "member_joined", unit, user=user.pk, role=role)
    return actor


def known(login: str) -> Actor:
    """Somebody entered before."""
    user = User.objects.get(username=login)
    return Actor.of(user, user.memberships.select_related("unit").first())


def id_number_of(number: int, region: str) -> str:
    return make_resident_id(region, FIRST_BIRTH + BIRTH_STEP * number, 100 + number)


def phone_of(number: int) -> str:
    return str(PHONES + number)
