"""A batch one can trust: a sample looked at first, a hold before the start, reasons of their own, doubts together."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import ProgrammingError, transaction
from django.urls import reverse

from applications.models import Application, Decision
from applications.states import State
from cehours.lib import clock
from organizations import outbox
from organizations.acting.errors import NotAllowed, NotNow, NotYours
from organizations.acting.scope import scope
from organizations.models import Event, OutboxItem
from organizations.models.outbox import OutboxState
from review import services
from review.batches import sampling, verdicts, warned
from review.batches.verdicts import WARNED, Order
from review.models import Batch, BatchAct, BatchItem, BatchState, SampleSeed
from review.services import batches
from tests.review.batching import SYSTEM, at_the_city, items_of, now_of, worked_off
from tests.review.desks import body
from tests.world import WHY, World

REASON = "请补充 2024 年签到表。"
QUARTER = timedelta(minutes=15)


@pytest.fixture(autouse=True)
def a_quarter(settings: Any, decisions_take_effect_at_once: None) -> None:
    settings.BATCH_DELAY_SECONDS = 900


@pytest.fixture
def cases(world: World) -> list[Application]:
    return [now_of(at_the_city(world, by=by)) for by in ("applicant", "other_applicant", "third_applicant")]


def held(world: World, cases: list[Application], **order: Any) -> Batch:
    with world.acting("city_bureau") as actor:
        return services.confirm_batch(
            actor=actor,
            token=uuid4(),
            order=Order(**{"act": BatchAct.APPROVE, **order}),
            chosen=[(case.pk, case.version) for case in cases],
            hold=True,
        )


def states(cases: list[Application]) -> list[str]:
    return [now_of(case).state for case in cases]


def test_a_held_batch_starts_by_itself_when_its_time_has_come(world: World, cases: list[Application]) -> None:
    batch = held(world, cases)
    assert batch.holds_until == pytest.approx(batch.created_at + QUARTER, abs=timedelta(seconds=5))
    assert worked_off(batch, chunks=1).state == BatchState.WAITING
    assert set(states(cases)) == {State.BUREAU_REVIEW}
    with clock.at(batch.holds_until + timedelta(seconds=1)):
        assert worked_off(batch).state == BatchState.DONE
    assert set(states(cases)) == {State.APPROVED}


def test_its_row_is_due_when_the_hold_ends(world: World, cases: list[Application]) -> None:
    batch = held(world, cases)
    with scope(SYSTEM):
        item = OutboxItem.objects.get(task=batches.RUN, state=OutboxState.PENDING)
    assert item.run_after == batch.holds_until


def test_it_can_be_started_at_once(world: World, cases: list[Application]) -> None:
    batch = held(world, cases)
    with world.acting("city_bureau") as actor:
        services.start_batch_now(actor=actor, batch_id=batch.pk)
    assert worked_off(batch).done == 3


def test_single_cases_are_taken_back_and_the_rest_goes_on(world: World, cases: list[Application]) -> None:
    batch = held(world, cases)
    with world.acting("city_bureau") as actor:
        assert services.take_back_of_batch(actor=actor, batch_id=batch.pk, cases=[cases[0].pk]) == 1
    with clock.at(batch.holds_until + timedelta(seconds=1)):
        batch = worked_off(batch)
    assert (batch.state, batch.done, batch.refused) == (BatchState.DONE, 2, 1)
    assert states(cases) == [State.BUREAU_REVIEW, State.APPROVED, State.APPROVED]
    assert batches.TAKEN_BACK in [item.says for item in items_of(batch)]
    with scope(SYSTEM):
        acts = list(Event.objects.filter(subject_id=batch.pk).order_by("seq").values_list("act", flat=True))
        assert not OutboxItem.objects.filter(task=batches.RUN, state=OutboxState.PENDING).exists()
    assert acts == ["batch_confirmed", "batch_cases_taken_back", "batch_done"]


def test_all_of_it_taken_back_ends_it(world: World, cases: list[Application]) -> None:
    batch = held(world, cases)
    with world.acting("city_bureau") as actor:
        services.take_back_of_batch(actor=actor, batch_id=batch.pk, cases=[case.pk for case in cases])
    with clock.at(batch.holds_until + timedelta(seconds=1)):
        assert worked_off(batch).state == BatchState.CANCELLED
    assert set(states(cases)) == {State.BUREAU_REVIEW}


def test_only_its_maker_and_only_before_the_start(world: World, cases: list[Application]) -> None:
    world.add_person("colleague", unit="changsha")
    batch = held(world, cases)
    with world.acting("colleague") as actor, pytest.raises(NotYours):
        services.take_back_of_batch(actor=actor, batch_id=batch.pk, cases=[cases[0].pk])
    with world.acting("colleague") as actor, pytest.raises(NotYours):
        services.start_batch_now(actor=actor, batch_id=batch.pk)
    with clock.at(batch.holds_until + timedelta(seconds=1)):
        worked_off(batch)
    with world.acting("city_bureau") as actor, pytest.raises(NotNow):
        services.take_back_of_batch(actor=actor, batch_id=batch.pk, cases=[cases[0].pk])


def test_a_bell_too_early_postpones_without_counting_as_a_failure(
    world: World, cases: list[Application]
) -> None:
    batch = held(world, cases)
    key = f"{batch.pk}:0"
    outbox.perform(batches.RUN, key, lambda: batches.run_chunk(key))
    with scope(SYSTEM):
        assert OutboxItem.objects.get(task=batches.RUN, key=key).attempts == 0


# -- the sample


def test_the_sample_is_drawn_from_the_seed_and_by_nothing_else() -> None:
    seed, cases = uuid4(), [uuid4() for _ in range(445)]
    drawn = sampling.draw(seed, cases)
    assert len(drawn) == 23
    assert sampling.draw(seed, reversed(cases)) == drawn
    assert sampling.draw(uuid4(), cases) != drawn
    assert sampling.draw(seed, []) == [] and len(sampling.draw(seed, cases[:1])) == 1


def test_the_same_seed_draws_the_same_for_ever() -> None:
    cases = [UUID(int=number) for number in range(40)]
    assert [case.int for case in sampling.draw(UUID(int=7), cases)] == [33, 0]


def sampled(world: World, cases: list[Application]) -> list[str]:
    """The cases that a preview puts before the clerk."""
    section = body(preview(world, cases)).partition('id="sample-title"')[2].partition("</section>")[0]
    return re.findall(r"/cases/([0-9a-f-]{36})/", section)


def test_choosing_again_draws_the_same_sample(world: World, cases: list[Application]) -> None:
    assert len({tuple(sampled(world, cases)) for _ in range(8)}) == 1


def test_no_request_can_bring_a_seed_of_its_own(world: World, cases: list[Application]) -> None:
    drawn = sampled(world, cases)
    for number in range(8):
        typed = {"act": "approve", "token": str(UUID(int=number)), "confirm": "yes", "opinion": "字" * 501}
        page = body(preview(world, cases, **typed))  # refused, with the preview
        assert drawn[0] in page.partition('id="sample-title"')[2].partition("</section>")[0]


def test_each_unit_draws_from_a_seed_that_nobody_can_change(world: World, cases: list[Application]) -> None:
    held(world, cases)
    with world.acting("city_bureau") as actor:
        seed = services.sample_seed(actor=actor)
        assert SampleSeed.objects.get().seed == seed
        with pytest.raises(ProgrammingError), transaction.atomic():
            SampleSeed.objects.update(seed=uuid4())
        with pytest.raises(ProgrammingError), transaction.atomic():
            SampleSeed.objects.all().delete()
    with world.acting("bureau") as actor:
        assert not SampleSeed.objects.exists()
        assert services.sample_seed(actor=actor) != seed


def test_the_seed_is_on_record_with_the_batch(world: World, cases: list[Application]) -> None:
    batch = held(world, cases)
    with scope(SYSTEM):
        facts = Event.objects.get(subject_id=batch.pk, act="batch_confirmed").facts
        seed = SampleSeed.objects.get(unit=world.changsha).seed
    assert str(seed) in facts and '"drawn": 1' in facts


# -- reasons


def test_single_cases_are_returned_with_reasons_of_their_own(world: World, cases: list[Application]) -> None:
    own = {cases[1].pk: "2024 年的通知没有盖章。"}
    batch = held(world, cases, act=BatchAct.RETURN, opinion=REASON, own=own)
    with clock.at(batch.holds_until + timedelta(seconds=1)):
        worked_off(batch)
    with scope(SYSTEM):
        said = dict(
            Decision.objects.filter(unit=world.changsha).values_list("application_id", "opinion").order_by()
        )
    assert said == {cases[0].pk: REASON, cases[1].pk: own[cases[1].pk], cases[2].pk: REASON}


def test_a_reason_of_its_own_is_long_enough_too(world: World, cases: list[Application]) -> None:
    with pytest.raises(NotAllowed, match="请写明原因"):
        held(world, cases, act=BatchAct.RETURN, opinion=REASON, own={cases[0].pk: "退"})


def test_cases_with_warnings_drop_out_or_are_approved_together_with_one_reason(world: World) -> None:
    case = now_of(at_the_city(world, evidence=False))
    dropped = held(world, [case], opinion=WHY)
    with clock.at(dropped.holds_until + timedelta(seconds=1)):
        worked_off(dropped)
    assert [item.says for item in items_of(dropped)] == [WARNED]
    with pytest.raises(NotAllowed, match="写明理由"):
        held(world, [case], opinion="同意", over_warnings=True)
    together = held(world, [case], opinion=WHY, over_warnings=True)
    with clock.at(together.holds_until + timedelta(seconds=1)):
        assert worked_off(together).done == 1
    with scope(SYSTEM):
        assert Decision.objects.get(application=case, unit=world.changsha).opinion == WHY


# -- pages


def preview(world: World, cases: list[Application], **typed: Any) -> Any:
    fields = {"pick": [f"{case.pk}:{case.version}" for case in cases], **typed}
    return world.browser("city_bureau").post(reverse("review:batch"), fields)


def test_the_preview_names_the_sample_and_asks_when_to_start(world: World, cases: list[Application]) -> None:
    page = body(preview(world, cases))
    assert "请先抽看 1 件" in page
    assert "15 分钟后开始，之前可以撤回" in page and "立即开始" in page
    assert "材料模糊，无法辨认" in page


def test_warned_cases_are_offered_by_their_warnings(world: World, cases: list[Application]) -> None:
    world.add_person("somebody")
    warned = now_of(at_the_city(world, by="somebody", evidence=False))
    page = body(preview(world, [*cases, warned]))
    assert "有警示的，按警示分开办理" in page and "材料不全" in page
    assert "有警示的 1 件也一并审核通过" in page
    only = body(preview(world, [warned]))
    assert "有警示的，按警示分开办理" not in only

    typed = {"act": "approve", "token": str(uuid4()), "confirm": "yes", "start": "held"}
    refused = preview(world, [warned], **typed, over_warnings="on", opinion="同意")
    assert refused.status_code == 422 and "须在审核意见中写明理由" in body(refused)
    assert preview(world, [warned], **typed, over_warnings="on", opinion=WHY).status_code == 302


def test_cases_with_warnings_are_grouped_however_many_there_are(world: World) -> None:
    case = now_of(at_the_city(world, evidence=False))
    with world.acting("city_bureau") as actor:
        row = verdicts.by_hand(actor, [(case.pk, case.version)]).rows[0]
        others = [row._replace(pk=uuid4()) for _ in range(1200)]
        found = warned.groups([*others, row])
    assert {says: len(pks) for says, pks in found.items()} == {warned.OTHER: 1200, "材料不全": 1}


def test_a_group_is_chosen_by_one_field_however_many_it_holds(world: World, cases: list[Application]) -> None:
    for by in ("somebody", "another"):
        world.add_person(by)
        cases.append(now_of(at_the_city(world, by=by, evidence=False)))
    page = body(preview(world, cases)).partition("有警示的，按警示分开办理")[2]
    picks = re.findall(r'<input type="hidden" name="pick" value="([^"]*)">', page.partition("</form>")[0])
    assert [sorted(each.split()) for each in picks] == [sorted(f"{c.pk}:{c.version}" for c in cases[3:])]
    chosen = world.browser("city_bureau").post(reverse("review:batch"), {"pick": picks})
    assert "所选申报" in body(chosen) and cases[3].name in body(chosen) and cases[0].name not in body(chosen)


def test_the_page_of_a_held_batch_counts_down_and_takes_cases_back(
    world: World, cases: list[Application]
) -> None:
    typed = {"act": "return", "token": str(uuid4()), "confirm": "yes", "start": "held", "opinion": REASON}
    own = {f"own-{cases[2].pk}": "2024 年的通知没有盖章。"}
    started = preview(world, cases, **typed, **own)
    browser = world.browser("city_bureau")
    page = body(browser.get(started.url))
    assert "还没有开始，可以撤回" in page and "立即开始" in page and "全部撤回" in page
    assert "2024 年的通知没有盖章。" in page
    with scope(SYSTEM):
        batch = Batch.objects.get()
        assert BatchItem.objects.get(application=cases[2]).opinion == "2024 年的通知没有盖章。"
    taken = reverse("review:batch_take_back", args=[batch.pk])
    assert "请先勾选要撤回的申报" in body(browser.post(taken, follow=True))
    assert "已撤回 1 件" in body(browser.post(taken, {"case": str(cases[0].pk)}, follow=True))
    browser.post(reverse("review:batch_start", args=[batch.pk]))
    assert (worked_off(batch).done, now_of(cases[0]).state) == (2, State.BUREAU_REVIEW)


def test_without_a_delay_nothing_is_asked(world: World, cases: list[Application], settings: Any) -> None:
    settings.BATCH_DELAY_SECONDS = 0
    assert "什么时候开始" not in body(preview(world, cases))
