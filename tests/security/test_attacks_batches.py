"""Batches and mergers: what is not one's own cannot be put in, started, stopped or moved by naming it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from applications.models import Application
from review.models import Batch, BatchAct, BatchItem
from tests.review.batching import at_the_city, confirmed, filed
from tests.security.attacking import browser_of, changed, database
from tests.world import World

BATCH = reverse("review:batch")


@pytest.fixture
def case(world: World) -> Application:
    """On the desk of 星城市人社局."""
    return at_the_city(world)


def sent(case: Application, *more: str, **fields: Any) -> dict[str, Any]:
    return {
        "pick": [f"{case.pk}:{case.version}", *more],
        "confirm": "1",
        "act": "return",
        "opinion": "请补充材料后再提交。",
        "token": str(uuid4()),
        **fields,
    }


def test_a_batch_takes_no_case_of_another_desk_and_tells_none_from_one_that_is_not(
    world: World, case: Application
) -> None:
    foreign = filed(world, by="other_applicant")  # with the employer: no bureau has seen it
    browser, told = browser_of(world, "city_bureau"), []
    for pk in (foreign.pk, uuid4()):
        answer = browser.post(BATCH, sent(case, f"{pk}:{foreign.version}"))
        assert answer.status_code == 302
        with world.acting("city_bureau"):
            batch = Batch.objects.latest("created_at")
            told.append((batch.total, batch.gone))
            assert list(BatchItem.objects.filter(batch=batch).values_list("application_id", flat=True)) == [
                case.pk
            ]

    assert told == [(1, 1), (1, 1)]


@pytest.mark.parametrize("version", ["-5", "", "9" * 30, "１２", "1_0", " 1", "NaN", "\x00"])
def test_a_version_that_no_list_shows_is_no_choice(world: World, case: Application, version: str) -> None:
    browser = browser_of(world, "city_bureau")

    answer = browser.post(BATCH, sent(case, pick=[f"{case.pk}:{version}"]))

    assert answer.status_code in (302, 422)
    with world.acting("city_bureau"):
        assert not Batch.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"act": "delete"},
        {"act": "reject", "opinion": " "},
        {"token": "HERE"},
        {"token": ""},
        {"opinion": "长" * 501},
    ],
)
def test_a_batch_that_is_not_filled_in_rightly_starts_nothing(
    world: World, case: Application, wrong: dict[str, str]
) -> None:
    fields = {name: value.replace("HERE", f"{world.zhuzhou.pk}x") for name, value in wrong.items()}
    browser, before = browser_of(world, "city_bureau"), database()

    answer = browser.post(BATCH, sent(case, **fields))

    assert answer.status_code == 422
    assert changed(before, database()) == []


def test_looking_at_an_address_that_looks_like_a_confirmation_starts_nothing(
    world: World, case: Application
) -> None:
    browser, before = browser_of(world, "city_bureau"), database()

    assert browser.get(BATCH, sent(case)).status_code == 200
    assert changed(before, database()) == []


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2025-13-01", "x", "2025-01-01T00:00:00"]
)
def test_a_moment_from_the_end_of_time_is_answered(world: World, case: Application, at: str) -> None:
    answer = browser_of(world, "city_bureau").post(BATCH, {"all": "", "shown_at": at, "shown": "9" * 40})

    assert answer.status_code == 200


def test_a_batch_is_neither_seen_nor_stopped_by_a_colleague(world: World, case: Application) -> None:
    world.add_person("second_city", unit="changsha")
    batch = confirmed(
        world, "city_bureau", [(case.pk, case.version)], act=BatchAct.RETURN, opinion="请补充材料后再提交。"
    )
    browsers = [browser_of(world, who) for who in ("second_city", "bureau", "society_admin")]
    own, before = browser_of(world, "city_bureau"), database()
    for browser in browsers:
        assert browser.get(reverse("review:batch_run", args=[batch.pk])).status_code == 404
        assert browser.post(reverse("review:batch_stop", args=[batch.pk])).status_code == 404
    assert own.get(reverse("review:batch_stop", args=[batch.pk])).status_code == 405
    assert changed(before, database()) == []


def test_a_bureau_merges_no_unit_of_another_place_and_into_none(world: World) -> None:
    browser, before = browser_of(world, "other_bureau"), database()
    own, foreign = world.factory, world.school
    version = {"version": str(own.audit_seq), "into_text": ""}

    for unit, into, statuses in (
        (foreign, own, {404}),
        (world.hospital, own, {404}),
        (own, foreign, {422}),
        (own, world.zhuzhou, {422}),
        (own, own, {422}),
    ):
        answer = browser.post(
            reverse("review:merge_unit", args=[unit.pk]),
            {**version, "into": str(into.pk), "into_text": into.name},
        )
        assert answer.status_code in statuses, (unit.name, into.name)
    assert changed(before, database()) == []
