"""A training base of the sample: its records of an applicant, of somebody unknown, and two that the bureau looks at."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal

from django.db import transaction

from cehours.lib import uscc
from cehours.lib.idnumbers import make_resident_id
from cehours.sample import people, recorded
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import Affiliation, Nature, Person, Unit
from organizations.registry import identity
from organizations.services.units import UnitInput, add_unit
from training import services
from training.feeds.reported import Reported, judged
from training.models import Channel, Provider, Source

BASE, CODE, UNIT, PROVINCE = "gaoxiao1", "XLDX", "湘澜大学", "shengting"
PLATFORM, PLATFORM_CODE = "湘澜事业单位培训监督服务平台", "SYPT"
UNKNOWN = ("于未来", make_resident_id("430102", date(1992, 5, 17), 31))
# number, who, year, category, hours, title
ROWS = (
    ("2021-0117", "known", 2021, "public", "30", "数字技能与人工智能通识"),
    ("2022-0342", "known", 2022, "professional", "40", "重症护理质量管理"),
    ("2024-0051", "unknown", 2024, "public", "30", "加强应急处突能力建设"),
    ("2024-0052", "known", 2024, "professional", "120", "护理科研方法高级研修班"),
    ("2024-0053", "misspelt", 2024, "public", "8", "人工智能大模型技术及应用"),
)


@transaction.atomic
def load() -> int:
    """Admits the base and delivers its records, unless that was done; returns how many records."""
    _admit_the_platform()
    with scope(Actor.system("sample_data")):
        if Provider.objects.filter(code=CODE).exists():
            return 0
        person = Person.objects.filter(users__username=recorded.WHO).first()
        if person is None:
            return 0
        known = (person.name, identity.number_of(person))
        unit = Unit.objects.get(name=UNIT)
    with scope(people.known(PROVINCE)) as bureau:
        services.admit_provider(actor=bureau, unit=unit, code=CODE)
    who = {"known": known, "unknown": UNKNOWN, "misspelt": ("于" + known[0], known[1])}
    rows = [
        _row(place, number, who[whose], year, category, hours, title)
        for place, (number, whose, year, category, hours, title) in enumerate(ROWS, start=1)
    ]
    with scope(people.known(BASE)) as base:
        parcel = services.Parcel(Channel.FILE, "sample", hashlib.sha256(repr(ROWS).encode()).hexdigest())
        services.deliver(actor=base, parcel=parcel, rows=rows)
    return len(rows)


def _admit_the_platform() -> None:
    """The public institutions' platform, whose counterpart `./dev demo` starts (docs/platform-contract.md)."""
    with scope(people.known(PROVINCE)) as bureau:
        if Provider.objects.filter(code=PLATFORM_CODE).exists():
            return
        data = UnitInput(
            name=PLATFORM,
            uscc=uscc.make("12", "430000", 900),
            affiliation=Affiliation.PROVINCIAL,
            nature=Nature.INSTITUTION,
            region_id="430000",
            parent_id=None,
            top_level=True,
            active=True,
            years=frozenset(),
        )
        unit = Unit.objects.filter(name=PLATFORM).first() or add_unit(actor=bureau, data=data)
        services.admit_provider(actor=bureau, unit=unit, code=PLATFORM_CODE, source=Source.PLATFORM)


def _row(
    place: int, number: str, who: tuple[str, str], year: int, category: str, hours: str, title: str
) -> Reported:
    raw = {
        "number": number,
        "id_kind": "resident",
        "id_number": who[1],
        "name": who[0],
        "year": year,
        "category": category,
        "hours": Decimal(hours),
        "title": title,
        "completed_on": date(year, 6, 18),
    }
    row, faults = judged(place, raw)
    assert row is not None, faults
    return row
