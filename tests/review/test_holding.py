"""A decision takes effect a while after it was made: until then nothing has left, and it can be taken back (A75)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from applications.models import Application, Decision
from applications.services import withdraw
from applications.states import State
from cehours.lib import clock
from certificates.models import Certificate
from organizations import outbox
from organizations.acting.errors import NotAllowed, NotNow, NotYours
from organizations.acting.scope import scope
from organizations.models import Event, Membership, Notice, OutboxItem
from organizations.models.outbox import OutboxState
from review import services
from review.batches.verdicts import Order
from review.cases.assessing import YearMark
from review.models import BatchAct, HeldDecision, HeldState
from review.services import holding
from tests.review.batching import SYSTEM, at_the_city, confirmed, filed, now_of, worked_off
from tests.review.desks import body
from tests.world import World

REASON = "请补充 2024 年签到表。"
OK = Order(BatchAct.APPROVE, "同意。")


@pytest.fixture(autouse=True)
def a_minute(settings: Any, decisions_take_effect_at_once: None) -> None:
    settings.DECISION_DELAY_SECONDS = 60


def held_by(world: World, who: str, case: Application, order: Order = OK, **more: Any) -> HeldDecision:
    with world.acting(who) as actor:
        return services.hold(actor=actor, case_id=case.pk, seen=now_of(case).version, order=order, **more)


def due(held: HeldDecision, *, after: float = 61) -> HeldDecision:
    """What the sweeper's bell brings about once the time has come."""
    with clock.at(held.decided_at + timedelta(seconds=after)):
        outbox.perform(holding.TAKE_EFFECT, str(held.pk), lambda: holding.take_effect(str(held.pk)))
        with scope(SYSTEM):
            return HeldDecision.objects.get(pk=held.pk)


def left_behind(case: Application) -> tuple[int, int, int]:
    """Decisions, certificates and notices of a case."""
    with scope(SYSTEM):
        return (
            Decision.objects.filter(application=case).count(),
            Certificate.objects.filter(application=case).count(),
            Notice.objects.filter(subject_id=case.pk).count(),
        )


@pytest.fixture
def case(world: World) -> Iterator[Application]:
    """On its last desk: approving it would number and issue a certificate."""
    return at_the_city(world)


def test_until_it_takes_effect_nothing_has_left(world: World, case: Application) -> None:
    before, state = left_behind(case), now_of(case)
    held = held_by(world, "city_bureau", case)
    assert left_behind(case) == before
    after = now_of(case)
    assert (after.state, after.version) == (state.state, state.version)
    with scope(SYSTEM):
        item = OutboxItem.objects.get(task=holding.TAKE_EFFECT)
    assert item.run_after == held.effective_at == held.decided_at + timedelta(seconds=60)

    assert due(held).state == HeldState.DONE
    assert now_of(case).state == State.APPROVED
    decisions, certificates, notices = left_behind(case)
    assert (decisions, certificates, notices) == (before[0] + 1, 1, before[2] + 1)


def test_it_counts_as_made_when_it_was_made_and_arrives_when_it_takes_effect(world: World) -> None:
    case = filed(world)
    held = held_by(world, "society_admin", case, Order(BatchAct.APPROVE, "", world.changsha.pk))
    due(held, after=90)
    with scope(SYSTEM):
        decision = Decision.objects.get(application=case)
    assert decision.decided_at == held.decided_at
    assert now_of(case).arrived_at == held.decided_at + timedelta(seconds=90)


def test_a_decision_made_before_the_review_ends_takes_effect_after_it(
    world: World, case: Application
) -> None:
    held = held_by(world, "city_bureau", case)
    over = held.decided_at + timedelta(seconds=30)
    world.move_session(closes_at=over, review_until=over)
    assert due(held).state == HeldState.DONE


def test_a_bell_that_comes_too_early_does_nothing(world: World, case: Application) -> None:
    held = held_by(world, "city_bureau", case)
    assert due(held, after=30).state == HeldState.WAITING
    assert due(held).state == HeldState.DONE


def test_taken_back_it_never_happened_but_is_on_record(world: World, case: Application) -> None:
    before = left_behind(case)
    held = held_by(world, "city_bureau", case, Order(BatchAct.REJECT, REASON))
    with world.acting("city_bureau") as actor:
        services.take_back(actor=actor, held_id=held.pk)
    assert due(held).state == HeldState.TAKEN_BACK
    assert left_behind(case) == before
    with scope(SYSTEM):
        acts = list(Event.objects.filter(subject_id=case.pk).order_by("seq").values_list("act", flat=True))
    assert acts[-2:] == ["decision_held", "decision_taken_back"]
    assert held_by(world, "city_bureau", case).state == HeldState.WAITING


def test_only_who_decided_takes_back_and_only_before_it_took_effect(world: World, case: Application) -> None:
    world.add_person("colleague", unit="changsha")
    held = held_by(world, "city_bureau", case)
    for who in ("colleague", "society_admin", "applicant"):
        with world.acting(who) as actor, pytest.raises(NotYours):
            services.take_back(actor=actor, held_id=held.pk)
        with world.acting(who) as actor, pytest.raises(NotYours):
            services.at_once(actor=actor, held_id=held.pk)
    due(held)
    with world.acting("city_bureau") as actor, pytest.raises(NotNow, match="已生效"):
        services.take_back(actor=actor, held_id=held.pk)


def test_what_the_act_itself_refuses_is_refused_at_once(world: World, case: Application) -> None:
    with pytest.raises(NotAllowed, match="请写明原因"):
        held_by(world, "city_bureau", case, Order(BatchAct.RETURN, "退"))
    with pytest.raises(NotYours):
        held_by(world, "other_bureau", case)
    with scope(SYSTEM):
        assert not HeldDecision.objects.exists()


def test_marks_travel_with_the_decision(world: World, case: Application) -> None:
    marks = {2024: YearMark(False, "签到表没有盖章", {"professional": Decimal("59.5")})}
    held = held_by(world, "city_bureau", case, Order(BatchAct.RETURN, REASON), marks=marks)
    due(held)
    with scope(SYSTEM):
        rows = Decision.objects.get(application=case, unit=world.changsha).assessments.all()
        kept = {row.category: (row.recognised, row.in_order, row.remark) for row in rows}
    assert kept["professional"] == (Decimal("59.5"), False, "签到表没有盖章")


def test_a_colleague_neither_decides_it_nor_batches_it_meanwhile(world: World, case: Application) -> None:
    world.add_person("colleague", unit="changsha")
    held_by(world, "city_bureau", case)
    with pytest.raises(NotNow, match="已决定"):
        world.approve(case, by="colleague")
    with pytest.raises(NotNow, match="已决定"):
        held_by(world, "colleague", case)
    batch = worked_off(confirmed(world, "colleague", [(case.pk, now_of(case).version)]))
    assert (batch.done, batch.refused) == (0, 1)


def test_the_applicant_may_withdraw_meanwhile_and_the_reviewer_is_told(
    world: World, case: Application
) -> None:
    held = held_by(world, "city_bureau", case, Order(BatchAct.RETURN, REASON))
    with world.acting("applicant") as actor:
        withdraw(actor=actor, application_id=case.pk, seen=now_of(case).version)
    dropped = due(held)
    assert (dropped.state, dropped.ended_says) == (HeldState.DROPPED, "申报人已撤销该申报。")
    with scope(SYSTEM):
        told = Notice.objects.get(kind="decision_dropped")
    assert told.person_id == world.city_bureau.person_id
    assert REASON in told.body and "申报人已撤销" in told.body


def test_filed_again_meanwhile_it_is_decided_anew(world: World) -> None:
    case = filed(world)
    first = held_by(world, "society_admin", case, Order(BatchAct.REJECT, REASON))
    world.withdraw(case)
    world.submit(now_of(case))
    second = held_by(world, "society_admin", case, Order(BatchAct.RETURN, REASON))
    assert due(first).state == HeldState.DROPPED
    assert due(second).state == HeldState.DONE
    assert now_of(case).state == State.RETURNED


def test_who_lost_the_right_meanwhile_is_told_that_nothing_happened(world: World, case: Application) -> None:
    held = held_by(world, "city_bureau", case)
    Membership.objects.filter(pk=world.city_bureau.membership.pk).delete()
    dropped = due(held)
    assert (dropped.state, dropped.ended_says) == (HeldState.DROPPED, holding.RIGHT_LOST)
    assert now_of(case).state == State.BUREAU_REVIEW


def test_what_fails_for_good_is_given_up_and_told(world: World, case: Application) -> None:
    held = held_by(world, "city_bureau", case)
    with scope(SYSTEM):
        holding.give_up(str(held.pk))
        given_up = HeldDecision.objects.get(pk=held.pk)
        assert Notice.objects.filter(kind="decision_dropped").count() == 1
    assert (given_up.state, given_up.ended_says) == (HeldState.DROPPED, holding.CANNOT)


def test_the_sweeper_rings_for_it_when_it_is_due_and_not_before(
    world: World, case: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[str] = []
    monkeypatch.setattr(outbox, "_bell", lambda task, *_: rung.append(task))
    held = held_by(world, "city_bureau", case)
    outbox.sweep()
    assert holding.TAKE_EFFECT not in rung
    with clock.at(held.effective_at):
        outbox.sweep()
    assert holding.TAKE_EFFECT in rung
    with scope(SYSTEM):
        assert OutboxItem.objects.get(task=holding.TAKE_EFFECT).state == OutboxState.PENDING


# -- pages


def press(world: World, who: str, case: Application, act: str, **typed: Any) -> Any:
    fields = {"version": now_of(case).version, "opinion": REASON, "confirm": "yes", **typed}
    return world.browser(who).post(reverse(f"review:{act}", args=[case.pk]), fields, follow=True)


@pytest.mark.parametrize("act", ["approve", "return", "reject"])
def test_every_act_says_when_it_takes_effect_and_can_be_taken_back(
    world: World, case: Application, act: str
) -> None:
    page = body(press(world, "city_bureau", case, act))
    assert "秒后生效" in page and "撤回" in page and "立即生效" in page
    assert now_of(case).state == State.BUREAU_REVIEW
    with scope(SYSTEM):
        held = HeldDecision.objects.get()
    browser = world.browser("city_bureau")
    again = browser.post(reverse("review:take_back", args=[held.pk]), follow=True)
    assert "已撤回" in body(again)
    assert "秒后生效" not in body(again)


def test_at_once_does_it_in_the_request(world: World, case: Application) -> None:
    press(world, "city_bureau", case, "approve")
    with scope(SYSTEM):
        held = HeldDecision.objects.get()
    page = world.browser("city_bureau").post(reverse("review:at_once", args=[held.pk]), follow=True)
    assert "已生效" in body(page)
    assert now_of(case).state == State.APPROVED
    assert due(held).state == HeldState.DONE


def test_the_own_list_names_what_waits_and_others_see_none_of_it(world: World, case: Application) -> None:
    world.add_person("colleague", unit="changsha")
    press(world, "city_bureau", case, "return")
    assert REASON in body(world.browser("city_bureau").get(reverse("review:held")))
    assert "没有待生效的决定" in body(world.browser("colleague").get(reverse("review:held")))


def test_a_colleague_reads_who_decided_and_when_it_takes_effect(world: World, case: Application) -> None:
    world.add_person("colleague", unit="changsha")
    press(world, "city_bureau", case, "return")
    name, browser = world.city_bureau.display_name, world.browser("colleague")
    page = body(browser.get(reverse("review:case", args=[case.pk])))
    assert name in page and "已决定" in page and "秒后生效" in page
    assert reverse("review:return", args=[case.pk]) not in page
    assert REASON in page
    assert f"{name} 已决定" in body(browser.get(reverse("review:inbox")))


def test_the_next_case_is_another_one(world: World, case: Application) -> None:
    second = at_the_city(world, by="other_applicant")
    third = at_the_city(world, by="third_applicant")
    press(world, "city_bureau", second, "return")
    page = body(world.browser("city_bureau").get(reverse("review:case", args=[case.pk])))
    assert reverse("review:case", args=[third.pk]) in page
    assert reverse("review:case", args=[second.pk]) not in page


def test_the_applicant_sees_it_still_in_review(world: World, case: Application) -> None:
    press(world, "city_bureau", case, "reject")
    page = body(world.browser("applicant").get(reverse("applications:progress", args=[case.pk])))
    assert REASON not in page and "审核不通过" not in page
    with world.acting("applicant"):
        assert not HeldDecision.objects.exists()
