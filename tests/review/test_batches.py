"""批量审核: one confirmation, frozen; every case decided once, as a single act would have decided it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import rules
from applications.models import Application, Assessment, Decision
from applications.states import State
from cehours.lib import clock
from cehours.lib.refusal import Refusal
from certificates.issuing import approved
from certificates.models import Certificate, NumberCounter
from organizations import audit, outbox
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import Event, Membership, Notice, OutboxItem
from organizations.models.outbox import OutboxState
from review import services
from review.models import Batch, BatchAct, BatchItem, BatchState, ItemOutcome
from review.services import batches
from tests.review.batching import at_the_city, confirmed, done, filed, items_of, now_of, worked_off
from tests.world import World
from training.models import RecognisedHours

SYSTEM = Actor.system("tests")
TWO = (2023, 2024)
REASON = "请补充 2022 年结业证书。"


def cities(world: World, count: int, **more: Any) -> list[Application]:
    """`count` cases of different people at their last step, on the desk of 星城市人社局."""
    cases = []
    for number in range(count):
        world.add_person(f"city_{number}")
        cases.append(at_the_city(world, by=f"city_{number}", **more))
    return cases


@pytest.mark.requirement("R233")
def test_a_batch_approves_every_case_and_says_what_became_of_each(world: World) -> None:
    cases = cities(world, 3)

    batch = done(world, "city_bureau", cases, opinion="同意")

    assert (batch.state, batch.done, batch.refused) == (BatchState.DONE, 3, 0)
    assert [now_of(case).state for case in cases] == [State.APPROVED] * 3
    with scope(SYSTEM):
        numbers = list(Certificate.objects.order_by("number").values_list("serial", flat=True))
        assert numbers == list(range(numbers[0], numbers[0] + 3))
        assert NumberCounter.objects.get().last == numbers[-1]
        assert set(Decision.objects.filter(unit=world.changsha).values_list("opinion", flat=True)) == {"同意"}
        assert list(audit.faults()) == []
    assert all("认定单编号" in item.says for item in items_of(batch))


# What differs between two runs of the same act on different cases: keys, moments, hashes, numbers.
LOOSE = {
    "id", "application_id", "decision_id", "person_id", "user_id", "subject_id", "token", "number", "serial",
    "audit_hash", "hash", "prev", "at", "decided_at", "issued_at", "recorded_at", "created_at", "arrived_at",
    "link", "key", "run_after", "lent_by", "sheet", "submitted_at", "declared_true_at", "name",
    "gender", "pinyin", "initials", "id_cipher", "id_index", "facts",
}  # fmt: skip


def traces(case: Application) -> dict[str, Any]:
    """Every row the last decision left behind, without what must differ from case to case."""
    with scope(SYSTEM):
        case = Application.objects.get(pk=case.pk)
        decision = case.decisions.order_by("hop").last()
        certificate = Certificate.objects.filter(application=case).first()
        chain = Event.objects.filter(subject_id__in=[case.pk, certificate.pk if certificate else case.pk])
        notice = Notice.objects.filter(subject_id=case.pk).order_by("created_at").last()
        assert decision is not None and notice is not None
        return {
            "case": plain(case),
            "decision": plain(decision),
            "assessments": [plain(row) for row in decision.assessments.all()],
            "events": [(plain(row), sorted(json.loads(row.facts))) for row in chain.order_by("id")],
            "notice": plain(notice),
            "outbox": [
                item.task
                for item in OutboxItem.objects.filter(
                    key__in=[notice.pk, getattr(certificate, "pk", "")]
                ).order_by("task")
            ],
            "certificate": plain(certificate) if certificate else None,
            "sheet": sheet_of(certificate) if certificate else None,
            "hours": [
                plain(row)
                for row in RecognisedHours.objects.filter(person_id=case.person_id).order_by(
                    "year", "category"
                )
            ],
        }


def plain(row: Any) -> dict[str, Any]:
    fields = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return {name: value for name, value in fields.items() if name not in LOOSE}


def sheet_of(certificate: Certificate) -> str:
    """The frozen bytes, with this paper's own number, address and name blotted out."""
    text = certificate.sheet
    for own in (certificate.number, certificate.token, json.loads(text)["name"]):
        assert text.count(own) == 1
        text = text.replace(own, "…")
    return text


def single_sheet(certificate: Certificate) -> str:
    """What the single act would have frozen for this very certificate."""
    decision = Decision.objects.get(application=certificate.application, next_unit=None)
    return approved.sheet_of(
        approved.approved_facts(decision),
        number=certificate.number,
        from_year=certificate.from_year,
        to_year=certificate.to_year,
        issued_on=clock.local(certificate.issued_at).date(),
        verification_url=f"{settings.PUBLIC_URL}{reverse('certificates:verify_token', args=[certificate.token])}",
    ).to_json()


@pytest.mark.parametrize("act", list(BatchAct))
def test_a_batch_leaves_the_same_rows_behind_as_a_single_act(world: World, act: BatchAct) -> None:
    alone, together, another = cities(world, 3, years=TWO)
    opinion = "同意" if act == BatchAct.APPROVE else REASON
    single = {
        BatchAct.APPROVE: lambda: world.approve(alone, by="city_bureau", opinion=opinion),
        BatchAct.RETURN: lambda: world.return_(alone, by="city_bureau", reason=opinion),
        BatchAct.REJECT: lambda: world.reject(alone, by="city_bureau", reason=opinion),
    }
    single[act]()

    done(world, "city_bureau", [together, another], act=act, opinion=opinion)

    one, many = traces(alone), traces(together)
    for part in one:
        assert many[part] == one[part], part
    assert traces(another) == traces(alone)
    with scope(SYSTEM):
        for certificate in Certificate.objects.filter(application=together):
            assert certificate.sheet == single_sheet(certificate)


def test_at_a_hop_in_between_a_batch_leaves_the_same_rows_as_a_single_act(world: World) -> None:
    world.add_person("second_worker")
    alone, together = (
        world.approve(filed(world, by=who, unit="factory", years=TWO), by="factory_admin")
        for who in ("applicant", "second_worker")
    )
    world.approve(alone, by="county_bureau")

    done(world, "county_bureau", [together], next_unit=world.zhuzhou)

    assert now_of(together).current_unit_id == world.zhuzhou.pk
    assert traces(together) == traces(alone)


def test_at_the_first_step_of_all_a_batch_starts_from_what_was_filed(world: World) -> None:
    for who in ("applicant", "other_applicant"):
        filed(world, by=who, unit=None, years=TWO)
    with scope(SYSTEM):
        alone, together = Application.objects.order_by("created_at")
    world.approve(alone, by="city_bureau")

    done(world, "city_bureau", [together])

    assert traces(together) == traces(alone)
    with scope(SYSTEM):
        assert Assessment.objects.filter(application=together).count() == 4


def test_an_earlier_certificate_of_the_same_years_is_superseded(world: World) -> None:
    from tests.certificates.approving import further_session

    first = at_the_city(world)
    world.approve(first, by="city_bureau")
    further_session(world)
    second = at_the_city(world)

    done(world, "city_bureau", [second])

    with scope(SYSTEM):
        earlier, later = Certificate.objects.order_by("serial")
        assert (earlier.state, earlier.superseded_by_id, later.state) == ("superseded", later.pk, "pending")
        assert set(RecognisedHours.objects.filter(valid=True).values_list("number")) == {(later.number,)}
        assert list(audit.faults()) == []


def test_what_cannot_be_done_says_why_and_does_not_stop_the_rest(world: World) -> None:
    world.add_person("clerk_as_person", person_of="city_bureau")
    own = at_the_city(world, by="clerk_as_person")
    warned = at_the_city(world, by="other_applicant", evidence=False)
    gone, changed, fine, other = cities(world, 4)
    chosen = [own, warned, gone, changed, fine, other]
    seen = [(case.pk, now_of(case).version) for case in chosen]
    world.withdraw(gone, by="city_0")
    world.withdraw(changed, by="city_1")
    world.approve(world.submit(changed, by="city_1"), by="society_admin")

    batch = worked_off(confirmed(world, "city_bureau", seen))

    says = {item.application_id: item.says for item in items_of(batch) if item.outcome == ItemOutcome.REFUSED}
    assert "本人" in says[own.pk]
    assert "警示" in says[warned.pk]
    assert "不在本单位待办" in says[gone.pk]
    assert "有变化" in says[changed.pk]
    assert len(says) == 4
    assert [now_of(case).state for case in (fine, other)] == [State.APPROVED] * 2
    assert now_of(own).state == now_of(warned).state == now_of(changed).state == State.BUREAU_REVIEW


def test_a_case_that_this_person_decided_at_an_earlier_hop_is_left_to_somebody_else(world: World) -> None:
    world.add_person("society_and_city", unit="changsha", person_of="society_admin")
    case = at_the_city(world)

    batch = done(world, "society_and_city", [case])

    assert "前一环节" in items_of(batch)[0].says
    assert now_of(case).state == State.BUREAU_REVIEW


def test_one_next_unit_serves_only_the_cases_on_whose_route_it_stands(world: World) -> None:
    to_zhuzhou = world.approve(filed(world, unit="factory"), by="factory_admin")

    batch = done(world, "county_bureau", [to_zhuzhou], next_unit=world.changsha)

    assert "请选择：株城市人社局" in items_of(batch)[0].says
    assert now_of(to_zhuzhou).current_unit_id == world.lusong.pk


def test_a_case_that_cannot_be_written_is_set_aside_alone(world: World, monkeypatch: Any) -> None:
    """As if the database refused one of five: the other four are decided all the same."""
    cases = cities(world, 5)
    real = batches.deciding_many.decide_many

    def broken(*, chosen: dict[Any, int], **more: Any) -> Any:
        if cases[3].pk in chosen:
            with connection.cursor() as cursor:
                cursor.execute("SELECT application_refuse('a_rule', 'refused by hand')")
        return real(chosen=chosen, **more)

    monkeypatch.setattr(batches.deciding_many, "decide_many", broken)
    batch = done(world, "city_bureau", cases)

    assert (batch.done, batch.refused) == (4, 1)
    assert now_of(cases[3]).state == State.BUREAU_REVIEW
    assert "单独办理" in next(item.says for item in items_of(batch) if item.application_id == cases[3].pk)


# -- confirming, stopping, going on


def test_two_clicks_make_one_batch(world: World) -> None:
    case = at_the_city(world)
    token, seen = uuid4(), [(case.pk, now_of(case).version)]

    first = confirmed(world, "city_bureau", seen, token=token)
    second = confirmed(world, "city_bureau", seen, token=token)

    assert first.pk == second.pk
    with scope(SYSTEM):
        assert Batch.objects.count() == BatchItem.objects.count() == 1
        assert OutboxItem.objects.filter(task=batches.RUN).count() == 1


def test_before_the_start_a_batch_can_be_called_off_and_then_nothing_happens(world: World) -> None:
    case = at_the_city(world)
    batch = confirmed(world, "city_bureau", [(case.pk, now_of(case).version)])

    with world.acting("city_bureau") as actor:
        services.stop_batch(actor=actor, batch_id=batch.pk)
    batch = worked_off(batch)

    assert (batch.state, batch.done) == (BatchState.CANCELLED, 0)
    assert now_of(case).state == State.BUREAU_REVIEW
    with pytest.raises(Refusal, match="无需停止"), world.acting("city_bureau") as actor:
        services.stop_batch(actor=actor, batch_id=batch.pk)


def test_a_stopped_batch_keeps_what_it_did_and_leaves_the_rest(world: World, monkeypatch: Any) -> None:
    monkeypatch.setattr(batches, "CHUNK", 1)
    cases = cities(world, 3)
    batch = confirmed(world, "city_bureau", [(case.pk, now_of(case).version) for case in cases])

    worked_off(batch, chunks=1)
    with world.acting("city_bureau") as actor:
        services.stop_batch(actor=actor, batch_id=batch.pk)
    batch = worked_off(batch)

    assert (batch.state, batch.done, batch.left) == (BatchState.STOPPED, 1, 2)
    assert sorted(now_of(case).state for case in cases) == ["approved", "bureau_review", "bureau_review"]


def test_the_work_of_each_chunk_is_done_once_however_often_its_bell_rings(
    world: World, monkeypatch: Any
) -> None:
    monkeypatch.setattr(batches, "CHUNK", 2)
    cases = cities(world, 3)
    batch = confirmed(world, "city_bureau", [(case.pk, now_of(case).version) for case in cases])

    for key in ("0", "0", "2", "2", "0", "1"):
        outbox.perform(
            batches.RUN, f"{batch.pk}:{key}", lambda key=key: batches.run_chunk(f"{batch.pk}:{key}")
        )

    with scope(SYSTEM):
        assert Batch.objects.get().done == 3
        assert Decision.objects.filter(unit=world.changsha).count() == 3
        assert not OutboxItem.objects.filter(task=batches.RUN).exclude(state=OutboxState.DONE).exists()


@pytest.mark.parametrize("lost", ["membership", "account", "unit"])
def test_whoever_loses_the_right_meanwhile_decides_nothing_more(
    world: World, monkeypatch: Any, lost: str
) -> None:
    monkeypatch.setattr(batches, "CHUNK", 1)
    cases = cities(world, 2)
    batch = confirmed(world, "city_bureau", [(case.pk, now_of(case).version) for case in cases])
    worked_off(batch, chunks=1)
    match lost:
        case "membership":
            Membership.objects.filter(user=world.city_bureau.user).delete()
        case "account":
            type(world.city_bureau.user).objects.filter(pk=world.city_bureau.user.pk).update(is_active=False)
        case _:
            type(world.changsha).objects.filter(pk=world.changsha.pk).update(active=False)

    batch = worked_off(batch)

    assert (batch.state, batch.done, batch.left) == (BatchState.STOPPED, 1, 1)
    assert "不能代表该单位" in batch.ended_says


def test_a_batch_of_an_employer_is_refused_unless_the_policy_says_otherwise(
    world: World, monkeypatch: Any
) -> None:
    case = filed(world, unit="hospital")
    seen = [(case.pk, now_of(case).version)]
    with pytest.raises(Refusal, match="逐件审核"):
        confirmed(world, "employer", seen)

    widened = replace(rules.load_policy("hunan-2025"), batches=frozenset({"bureau", "employer"}))
    monkeypatch.setattr(rules, "load_policy", lambda key: widened)
    batch = worked_off(confirmed(world, "employer", seen, next_unit=world.group))

    assert batch.done == 1
    assert now_of(case).current_unit_id == world.group.pk


def test_refusing_in_a_batch_needs_a_reason(world: World) -> None:
    case = at_the_city(world)
    for act in (BatchAct.RETURN, BatchAct.REJECT):
        with pytest.raises(Refusal, match="原因"):
            confirmed(world, "city_bureau", [(case.pk, now_of(case).version)], act=act, opinion="不行")


def test_more_than_the_limit_or_nothing_at_all_is_refused(world: World, monkeypatch: Any) -> None:
    monkeypatch.setattr(batches, "MOST", 1)
    with pytest.raises(Refusal, match="一次最多"):
        confirmed(world, "city_bureau", [(uuid4(), 1), (uuid4(), 1)])
    with pytest.raises(Refusal, match="没有可以办理"):
        confirmed(world, "city_bureau", [])


def test_a_chunk_asks_as_many_questions_for_three_cases_as_for_one(world: World) -> None:
    asked = []
    pool = cities(world, 5)
    for chosen in (pool[:1], pool[1:2], pool[2:5]):  # the first fills the caches
        batch = confirmed(world, "city_bureau", [(case.pk, now_of(case).version) for case in chosen])
        with CaptureQueriesContext(connection) as queries:
            worked_off(batch)
        asked.append(len(queries))
    assert asked[2] == asked[1]
