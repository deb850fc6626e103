"""The first account of a bureau, made by the operator: everything after that is done by invitation."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import transaction

from cehours.lib import names
from cehours.lib.pinyin import unit_keys
from organizations import audit, digests
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed
from organizations.acting.scope import scope
from organizations.messaging import contacts
from organizations.messaging.contacts import Contact
from organizations.models import Affiliation, Membership, Nature, Region, Unit, User
from organizations.models.region import RegionLevel
from organizations.models.user import Role
from organizations.services import accounts

LOGIN = re.compile(r"[a-z][a-z0-9_.-]{2,29}")
OPERATOR = Actor.system("operator.create_bureau")


@dataclass(frozen=True)
class AdminInput:
    """The bureau's first administrator; `login` is the name they sign in with, `contact` may be missing."""

    name: str
    id_kind: str
    id_number: str
    login: str
    password: str
    contact: Contact | None = None


@transaction.atomic
def create_bureau(*, region_code: str, name: str, admin: AdminInput) -> Unit:
    """Enters the 经办机构 of a region and its administrator. Raises NotAllowed with a sentence."""
    name = names.tidy(name)
    region = Region.objects.filter(code=region_code).first()
    if region is None:
        raise NotAllowed(f"没有行政区划 {region_code}，请先装入行政区划。")
    taken = Unit.objects.filter(region=region, active=True).exclude(bureau_level="").first()
    if taken is not None:
        raise NotAllowed(f"{region.name}已有经办机构：{taken.name}。")
    if Unit.objects.filter(name=name).exists():
        raise NotAllowed(f"已有名为{name}的单位。")
    login = admin.login.strip().lower()
    if not LOGIN.fullmatch(login):
        raise NotAllowed("用户名应为 3 至 30 位小写字母、数字、点、横线或下划线，以字母开头。")
    if User.objects.filter(username=login).exists():
        raise NotAllowed(f"用户名 {login} 已被使用。")
    with scope(OPERATOR):
        unit = _enter(region, name)
        user = _open(admin, login)
        Membership.objects.create(user=user, unit=unit, role=Role.ADMIN)
        audit.record(
            OPERATOR,
            "bureau_created",
            unit,
            region=region.code,
            user=user.pk,
            digest=digests.one("organizations_unit", unit.pk),
        )
    return unit


def _enter(region: Region, name: str) -> Unit:
    keys = unit_keys(name)
    province = region.level == RegionLevel.PROVINCE
    return Unit.objects.create(
        name=name,
        pinyin=keys.full,
        initials=keys.initials,
        affiliation=Affiliation.PROVINCIAL if province else Affiliation.CITY,
        nature=Nature.GOVERNMENT,
        region=region,
        bureau_level=region.level,
    )


def _open(admin: AdminInput, login: str) -> User:
    person_id = accounts.identify(
        actor=OPERATOR, name=admin.name, id_kind=admin.id_kind, id_number=admin.id_number
    )
    user = User(username=login, display_name=names.tidy(admin.name), person_id=person_id)
    user.password = make_password(admin.password)
    user.save(force_insert=True)
    if admin.contact is not None:
        if contacts.holder(admin.contact) is not None:
            raise NotAllowed(f"{admin.contact.kind}已属于另一个账号。")
        contacts.give(user, admin.contact)
    return user
