"""A record that changes after it was used: the year must be looked at again, and the case in review stops."""

from __future__ import annotations

from decimal import Decimal

import pytest

from applications import services as filing
from applications.models import Application
from cehours.lib.idnumbers import make_resident_id
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed
from organizations.acting.scope import scope
from organizations.registry import identity
from tests.training import feeding
from tests.training.feeding import delivered, of, row, withdrawn
from tests.world import WHY, World
from training.models import RecognisedHours, RecordStanding, Standing


@pytest.fixture
def case(world: World) -> Application:
    """A complete application that took over a record of 30 hours beside enough typed ones."""
    feeding.base(world)
    delivered(world, [of(world, "applicant", year=2022, hours="30")])
    case = world.draft()
    with world.acting("applicant") as actor:
        record = RecognisedHours.objects.get(number="XSDX-K-1")
        filing.save_year(
            actor=actor,
            application_id=case.pk,
            seen=case.version,
            year=2022,
            activities=[
                filing.ActivityInput("public", "公需", Decimal(30), "03"),
                filing.ActivityInput("professional", "专业", Decimal(60), "01"),
            ],
            records=[record.pk],
        )
    return world.see("applicant", case.pk)


def test_a_corrected_record_stops_the_approval(world: World, case: Application) -> None:
    filed = world.submit(case)

    delivered(world, [of(world, "applicant", year=2022, hours="20")])

    with pytest.raises(NotAllowed, match="学时记录已被撤销或已变动"):
        world.approve(filed, by="employer", opinion=WHY)


def test_a_withdrawn_record_stops_submitting(world: World, case: Application) -> None:
    withdrawn(world, "K-1")

    with pytest.raises(NotAllowed, match=r"2022 年：.*学时记录已被撤销"):
        world.submit(case)


def test_a_record_that_is_corrected_in_its_title_alone_stops_nothing(world: World, case: Application) -> None:
    filed = world.submit(case)

    delivered(world, [of(world, "applicant", year=2022, hours="30", title="更名后的课程")])

    assert world.approve(filed, by="employer", opinion=WHY).step > filed.step


def test_a_base_reports_many_corrects_some_and_half_of_them_register_later(world: World) -> None:
    feeding.base(world)
    born = feeding.date(1991, 1, 1)
    people = [(f"学员{each}", make_resident_id("430102", born, each)) for each in range(1, 41)]
    rows = [row(f"M-{each}", name=name, id_number=number) for each, (name, number) in enumerate(people)]
    with scope(Actor.public()):
        for name, number in people[:20]:
            identity.create_person(name=name, id_kind="resident", id_number=number)
    delivered(world, rows)
    corrected = [
        row(f"M-{each}", name=name, id_number=number, hours="4")
        for each, (name, number) in enumerate(people)
        if each % 4 == 0
    ]
    delivered(world, corrected)

    with scope(Actor.public()):
        for name, number in people[20:]:
            identity.create_person(name=name, id_kind="resident", id_number=number)
    feeding.worked_off()

    with scope(Actor.system("tests")):
        assert set(RecordStanding.objects.values_list("state", flat=True)) == {Standing.COUNTED}
        hours = list(
            RecognisedHours.objects.filter(source="base", valid=True).values_list("hours", flat=True)
        )
    assert sorted(hours) == [Decimal(4)] * 10 + [Decimal("12.5")] * 30
