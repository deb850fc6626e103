"""A case is found by the 受理编号 that its applicant reads out on the telephone, on each of the unit's lists."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from applications import services
from applications.filed import receipt
from applications.models import Application, FilingSession
from tests.review.desks import body, submitted
from tests.world import World

SEARCH = reverse("review:search")


def number_of(world: World, case: Application) -> str:
    with world.acting("applicant"):
        return receipt.number_of(case)


def listed(world: World, typed: str, *, on: str = "inbox", by: str = "employer") -> str:
    browser = world.browser(by)
    return body(browser.get(browser.post(SEARCH, {"list": on, "find": typed})["Location"]))


def test_the_number_of_the_receipt_stands_on_the_case_and_finds_it(world: World) -> None:
    wanted, other = submitted(world), submitted(world, by="other_applicant")
    number = number_of(world, wanted)

    page = listed(world, number)

    assert str(wanted.pk) in page and str(other.pk) not in page
    assert f"受理编号：{number}" in page
    case_page = body(world.browser("employer").get(reverse("review:case", args=[wanted.pk])))
    assert f"受理编号 {number}" in case_page.replace('<span class="number nowrap">', "").replace(
        "</span>", ""
    )


def test_it_finds_on_the_lists_of_the_past_too(world: World) -> None:
    decided, taken_back = submitted(world), submitted(world, by="other_applicant")
    world.approve(decided, by="employer")
    with world.acting("other_applicant") as actor:
        services.withdraw(actor=actor, application_id=taken_back.pk, seen=taken_back.version)
        number = receipt.number_of(taken_back)

    assert str(decided.pk) in listed(world, number_of(world, decided), on="handled")
    assert str(taken_back.pk) not in listed(world, number_of(world, decided), on="handled")
    assert taken_back.name in listed(world, number, on="withdrawn")
    assert decided.name not in listed(world, number, on="withdrawn")


def test_another_unit_and_another_year_find_nothing(world: World) -> None:
    case = submitted(world)
    number = number_of(world, case)

    assert str(case.pk) not in listed(world, number, by="other_employer")
    assert str(case.pk) not in listed(world, f"2019{number[4:]}")


@given(key=st.uuids(version=4))
def test_every_number_is_read_back_however_it_is_typed(key: UUID) -> None:
    case = Application(pk=key, session=FilingSession(year=2025))
    number = receipt.number_of(case)

    for typed in (number, number.lower(), number.replace("-", ""), f" {number.replace('-', ' - ')} "):
        assert receipt.read(typed) == (2025, str(key)[-16:])
    assert receipt.read(number.replace("0", "O").replace("1", "l")) == (2025, str(key)[-16:])


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "张三",
        "43010219800101123X",
        "430102800101123",
        "2025-7K3M-9QXA",
        "20",
        "544a89c3-08c8-475c-84bc-ab48c7a51db6",
    ],
)
def test_what_is_no_number_of_a_receipt_is_none(typed: str) -> None:
    assert receipt.read(typed) is None
