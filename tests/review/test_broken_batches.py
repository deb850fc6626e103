"""A batch whose work fails for good says so and can be started again; one token serves one hat only."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.urls import reverse

from applications.states import State
from cehours.lib.refusal import Refusal
from organizations import outbox
from organizations.accounts.hats import HAT
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import Event, Membership, OutboxItem
from organizations.models.outbox import OutboxState
from organizations.models.user import Role
from organizations.outbox import MOST_ATTEMPTS
from review import services
from review.models import Batch, BatchState
from review.services import batches
from tests.review.batching import at_the_city, confirmed, filed, now_of, worked_off
from tests.review.desks import body
from tests.world import World

SYSTEM = Actor.system("tests")


def broken_after_one(world: World, monkeypatch: pytest.MonkeyPatch) -> Batch:
    """Three cases; the first chunk of one is done, the next one fails as often as anybody rings."""
    cases = [at_the_city(world, by=who) for who in ("applicant", "other_applicant", "third_applicant")]
    monkeypatch.setattr(batches, "CHUNK", 1)
    batch = confirmed(world, "city_bureau", [(case.pk, now_of(case).version) for case in cases])
    worked_off(batch, chunks=1)

    def fails(**_: Any) -> Any:
        raise OperationalError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(batches.deciding_many, "decide_many", fails)
        for _ in range(MOST_ATTEMPTS):
            with pytest.raises(OperationalError):
                outbox.perform(batches.RUN, f"{batch.pk}:1", lambda: batches.run_chunk(f"{batch.pk}:1"))
    return batch


def test_a_batch_that_failed_for_good_says_so_and_goes_on_when_started_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = broken_after_one(world, monkeypatch)
    browser, address = world.browser("city_bureau"), reverse("review:batch_run", args=[batch.pk])

    page = body(browser.get(address))
    assert "办理出现故障，已办 1 件，其余没有办理" in page
    assert "?seen=running" not in page
    assert "重新开始" in page
    assert "办理出现故障" in body(browser.get(reverse("review:batch")))
    polled = browser.get(address, {"seen": "running"}, headers={"HX-Request": "true"})
    assert polled["HX-Refresh"] == "true"

    again = body(browser.post(reverse("review:batch_restart", args=[batch.pk]), follow=True))

    assert "已重新开始" in again
    assert "办理出现故障" not in again
    batch = worked_off(batch)
    assert (batch.state, batch.done) == (BatchState.DONE, 3)
    with scope(SYSTEM):
        event = Event.objects.get(subject_id=batch.pk, act="batch_restarted")
        assert event.person_id == world.city_bureau.person_id


def test_a_broken_batch_can_be_stopped_instead(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = broken_after_one(world, monkeypatch)
    browser = world.browser("city_bureau")

    page = body(browser.post(reverse("review:batch_stop", args=[batch.pk]), follow=True))

    assert "已停止" in page
    assert "重新开始" not in page
    with pytest.raises(Refusal, match="无需重新开始"), world.acting("city_bureau") as actor:
        services.restart_batch(actor=actor, batch_id=batch.pk)


def test_what_is_still_being_tried_is_not_started_a_second_time(world: World) -> None:
    case = at_the_city(world)
    batch = confirmed(world, "city_bureau", [(case.pk, now_of(case).version)])

    answer = world.browser("city_bureau").post(reverse("review:batch_restart", args=[batch.pk]), follow=True)

    assert "无需重新开始" in body(answer)
    with scope(SYSTEM):
        assert OutboxItem.objects.filter(task=batches.RUN, state=OutboxState.PENDING).count() == 1


@pytest.mark.parametrize("who", ["second_clerk", "other_bureau", "society_admin", "applicant"])
def test_nobody_else_starts_it_again(world: World, monkeypatch: pytest.MonkeyPatch, who: str) -> None:
    world.add_person("second_clerk", unit="changsha")
    batch = broken_after_one(world, monkeypatch)

    answer = world.browser(who).post(reverse("review:batch_restart", args=[batch.pk]))

    assert answer.status_code in (403, 404)
    with scope(SYSTEM):
        assert not OutboxItem.objects.filter(task=batches.RUN, state=OutboxState.PENDING).exists()


def test_a_page_opened_under_one_hat_and_sent_under_another_is_refused_with_a_sentence(world: World) -> None:
    clerk = world.city_bureau
    second_hat = Membership.objects.create(user=clerk.user, unit=world.lusong, role=Role.ADMIN)
    case = at_the_city(world)
    there = world.approve(filed(world, by="other_applicant", unit="factory"), by="factory_admin")
    token = uuid4()
    confirmed(world, "city_bureau", [(case.pk, now_of(case).version)], token=token)
    browser = world.browser("city_bureau")
    session = browser.session
    session[HAT] = second_hat.pk
    session.save()

    answer = browser.post(
        reverse("review:batch"),
        {
            "pick": f"{there.pk}:{now_of(there).version}",
            "act": "approve",
            "next_unit": str(world.zhuzhou.pk),
            "opinion": "同意",
            "confirm": "yes",
            "token": str(token),
        },
    )

    assert answer.status_code == 422
    assert "以另一单位的身份打开" in body(answer)
    assert "同意" in body(answer)
    assert now_of(there).state == State.BUREAU_REVIEW
    with scope(SYSTEM):
        assert Batch.objects.count() == 1
