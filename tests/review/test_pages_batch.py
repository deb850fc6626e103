"""批量审核 as pages: shown first, confirmed once, then followed to its end."""

from __future__ import annotations

import importlib
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Application, Decision
from applications.states import State
from cehours.lib import clock
from certificates.models import Certificate
from certificates.services import printing
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from review.models import Batch, BatchState
from review.services import batches
from tests.review.batching import at_the_city, confirmed, filed, now_of, worked_off
from tests.review.desks import body, queries_of
from tests.world import World

page_of = importlib.import_module("review.views.batch")  # the package exports the view of that name
BATCH = reverse("review:batch")
SYSTEM = Actor.system("tests")


def picks(*cases: Application) -> list[str]:
    return [f"{case.pk}:{now_of(case).version}" for case in cases]


def order(**more: Any) -> dict[str, Any]:
    """What the confirming page posts."""
    return {"confirm": "yes", "act": "approve", "opinion": "", "token": str(uuid4()), **more}


def run(browser: Client, **more: Any) -> str:
    """Confirms, lets the worker's part happen, and returns the page of the batch."""
    answer = browser.post(BATCH, order(**more))
    assert answer.status_code == 302, body(answer)
    with scope(SYSTEM):
        batch = Batch.objects.order_by("-created_at")[0]
    worked_off(batch)
    return body(browser.get(answer.url))


def test_the_preview_changes_nothing_and_says_what_will_happen(world: World) -> None:
    one, other = at_the_city(world), at_the_city(world, by="other_applicant")

    page = body(world.browser("city_bureau").post(BATCH, {"pick": picks(one, other)}))

    assert one.name in page
    assert other.name in page
    assert "审核通过，出具学时认定单" in page
    assert ">审核通过 2 件</button>" in page
    assert now_of(one).state == now_of(other).state == State.BUREAU_REVIEW


@pytest.mark.requirement("R233")
def test_a_batch_approves_every_case_and_reports_each(world: World) -> None:
    one, other = at_the_city(world), at_the_city(world, by="other_applicant")

    page = run(world.browser("city_bureau"), pick=picks(one, other), opinion="同意")

    assert "2 件全部办完" in page
    assert page.count("认定单编号") == 2
    assert now_of(one).state == now_of(other).state == State.APPROVED
    with scope(SYSTEM):
        assert Decision.objects.get(application=one, unit=world.changsha).opinion == "同意"


@pytest.mark.parametrize(("act", "state"), [("return", State.RETURNED), ("reject", State.REJECTED)])
def test_a_batch_refuses_with_one_reason_for_all_and_never_without(
    world: World, act: str, state: State
) -> None:
    case, browser = at_the_city(world), world.browser("city_bureau")
    chosen = picks(case)

    answer = browser.post(BATCH, order(pick=chosen, act=act, opinion="  "))
    assert answer.status_code == 422
    assert "请写明原因" in body(answer)
    page = run(browser, pick=chosen, act=act, opinion="请补充 2024 年签到表。")

    assert "1 件全部办完" in page
    assert now_of(case).state == state
    with scope(SYSTEM):
        assert Decision.objects.get(application=case, outcome=state).opinion == "请补充 2024 年签到表。"


def test_everything_that_matches_the_filter_is_frozen_when_it_is_confirmed(world: World) -> None:
    inside, outside = at_the_city(world), at_the_city(world, by="other_applicant", evidence=False)
    browser = world.browser("city_bureau")

    preview = body(browser.post(BATCH, {"all": "view=clean"}))
    shown_at = re.search(r'name="shown_at" value="([^"]+)"', preview)
    assert shown_at
    assert ">审核通过 1 件</button>" in preview
    late = at_the_city(world, by="third_applicant")  # arrives after the preview: nobody has looked at it
    page = run(browser, all="view=clean", shown_at=shown_at[1].replace("&#x2B;", "+"), shown="1")

    assert "1 件全部办完" in page
    assert now_of(inside).state == State.APPROVED
    assert now_of(outside).state == now_of(late).state == State.BUREAU_REVIEW


def test_a_moment_from_the_future_or_from_nowhere_counts_as_now(world: World) -> None:
    case = at_the_city(world)
    for moment in ("", "nonsense", "2999-01-01T00:00:00+08:00", "2024-01-01T00:00:00"):
        page = body(world.browser("city_bureau").post(BATCH, {"all": "", "shown_at": moment, "shown": "x"}))
        assert ">审核通过 1 件</button>" in page, moment
    assert now_of(case).state == State.BUREAU_REVIEW


def test_a_preview_of_many_says_the_reasons_in_numbers(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_of, "IN_A_TABLE", 1)
    world.add_person("own", person_of="city_bureau")
    cases = [
        at_the_city(world, by="own"),
        at_the_city(world, evidence=False),
        at_the_city(world, by="other_applicant"),
    ]
    browser = world.browser("city_bureau")

    page = body(browser.post(BATCH, {"pick": picks(*cases)}))

    assert "不能批量通过的 2 件" in page
    assert "不能由本人审核" in page
    assert "有警示，需逐件打开核对" in page
    assert ">审核通过 1 件</button>" in page
    assert "改为退回修改（2 件）" in page
    assert "2 件没有办理" in run(browser, pick=picks(*cases))


def test_a_case_that_changed_meanwhile_does_not_stop_the_rest(world: World) -> None:
    stays, gone = at_the_city(world), at_the_city(world, by="other_applicant")
    chosen = picks(stays, gone)
    world.withdraw(gone, by="other_applicant")
    browser = world.browser("city_bureau")

    assert "已不在本单位待办" in body(browser.post(BATCH, {"pick": chosen}))
    page = run(browser, pick=chosen)

    assert "办完 1 件，1 件没有办理" in page
    assert "已不在本单位待办" in page
    assert now_of(stays).state == State.APPROVED
    assert now_of(gone).state == State.WITHDRAWN


def test_ones_own_case_is_shown_as_impossible_and_not_done(world: World) -> None:
    world.add_person("own", person_of="city_bureau")
    own, other = at_the_city(world, by="own"), at_the_city(world)
    browser = world.browser("city_bureau")

    assert "不能由本人审核" in body(browser.post(BATCH, {"pick": picks(own, other)}))
    assert "不能由本人审核" in run(browser, pick=picks(own, other))

    assert now_of(own).state == State.BUREAU_REVIEW
    assert now_of(other).state == State.APPROVED


def test_ticks_are_kept_and_the_act_that_was_chosen_says_who_drops_out(world: World) -> None:
    clean, warned = at_the_city(world), at_the_city(world, by="other_applicant", evidence=False)
    page = body(world.browser("city_bureau").post(BATCH, {"pick": picks(clean, warned), "act": "approve"}))
    for case, able in ((clean, True), (warned, False)):
        box = page[page.index(f'value="{case.pk}') :]
        box = box[: box.index(">")]
        assert "checked" in box
        assert ("data-able" in box) == able
    assert "有警示，需逐件打开核对" in page
    assert ">审核通过 1 件</button>" in page


def test_another_act_is_looked_at_with_the_same_ticks_and_what_was_typed(world: World) -> None:
    cases = at_the_city(world), at_the_city(world, by="other_applicant", evidence=False)
    typed = {"pick": picks(*cases), "act": ["approve", "return"], "opinion": "请补充签到表。"}
    page = body(world.browser("city_bureau").post(BATCH, typed))
    assert ">退回修改 2 件</button>" in page
    assert "改为审核通过（1 件）" in page
    assert "请补充签到表。" in page
    assert now_of(cases[0]).state == State.BUREAU_REVIEW


def test_what_was_ticked_on_other_pages_comes_along_in_one_value(world: World) -> None:
    cases = at_the_city(world), at_the_city(world, by="other_applicant")
    page = body(world.browser("city_bureau").post(BATCH, {"pick": " ".join(picks(*cases)), "act": "approve"}))
    assert ">审核通过 2 件</button>" in page


def test_a_foreign_case_in_a_batch_reveals_and_changes_nothing(world: World) -> None:
    mine = at_the_city(world)
    foreign = world.approve(filed(world, by="other_applicant", unit="factory"), by="factory_admin")
    browser = world.browser("city_bureau")

    page = body(browser.post(BATCH, {"pick": picks(mine, foreign)}))
    assert foreign.name not in page
    assert "有 1 件" in page
    page = run(browser, pick=picks(mine, foreign))

    assert foreign.name not in page
    assert "确认时有 1 件已不在本单位待办" in page
    assert now_of(foreign).state == State.BUREAU_REVIEW
    assert now_of(mine).state == State.APPROVED


def test_at_a_county_the_batch_goes_on_to_the_city(world: World) -> None:
    case = world.approve(filed(world, unit="factory"), by="factory_admin")
    browser = world.browser("county_bureau")
    assert "送 株城市人社局 审核" in body(browser.post(BATCH, {"pick": picks(case)}))

    answer = browser.post(BATCH, order(pick=picks(case)))
    assert answer.status_code == 422
    assert "请选择审核上级单位名称" in body(answer)
    assert browser.post(BATCH, order(pick=picks(case), next_unit=str(world.province.pk))).status_code == 422
    assert "已送株城市人社局审核" in run(browser, pick=picks(case), next_unit=str(world.zhuzhou.pk))

    assert now_of(case).current_unit_id == world.zhuzhou.pk


def test_nothing_ticked_leads_back_with_a_word(world: World) -> None:
    browser = world.browser("city_bureau")
    for ticked in ([], ["nonsense"], ["1:2"]):
        answer = browser.post(BATCH, {"pick": ticked}, follow=True)
        assert "请先勾选要办理的申报" in body(answer)


def test_more_than_one_batch_can_hold_is_said_before_anything_happens(world: World, monkeypatch: Any) -> None:
    monkeypatch.setattr(page_of, "MOST", 0)
    at_the_city(world)
    assert "一次最多" in body(world.browser("city_bureau").post(BATCH, {"all": ""}, follow=True))


def test_only_the_bureau_works_in_batches(world: World) -> None:
    case = filed(world, unit="hospital")
    answer = world.browser("employer").post(BATCH, order(pick=picks(case)))
    assert answer.status_code == 403
    assert now_of(case).state == State.EMPLOYER_REVIEW


def test_two_clicks_on_the_button_lead_to_the_same_batch(world: World) -> None:
    browser, once = world.browser("city_bureau"), order(pick=picks(at_the_city(world)))
    assert browser.post(BATCH, once).url == browser.post(BATCH, once).url


def test_a_running_batch_shows_how_far_it_is_and_can_be_stopped(world: World, monkeypatch: Any) -> None:
    monkeypatch.setattr(batches, "CHUNK", 1)
    cases = [at_the_city(world), at_the_city(world, by="other_applicant")]
    batch = confirmed(world, "city_bureau", [(case.pk, now_of(case).version) for case in cases])
    browser, address = world.browser("city_bureau"), reverse("review:batch_run", args=[batch.pk])

    assert "取消，不办理" in body(browser.get(address))
    worked_off(batch, chunks=1)
    page = body(browser.get(address))
    assert "停止办理" in page
    assert "1 / 2" in page
    assert 'hx-trigger="every' in page
    live = browser.get(address, headers={"HX-Request": "true"})
    assert "<html" not in body(live)
    assert "HX-Refresh" not in live
    assert "HX-Refresh" not in browser.get(address, {"seen": "running"}, headers={"HX-Request": "true"})
    started = browser.get(address, {"seen": "waiting"}, headers={"HX-Request": "true"})
    assert started["HX-Refresh"] == "true"  # what can be done with a batch changes when it starts

    stopped = browser.post(reverse("review:batch_stop", args=[batch.pk]), follow=True)

    assert "已停止" in body(stopped)
    asked_while_running = browser.get(address, {"seen": "running"}, headers={"HX-Request": "true"})
    assert asked_while_running["HX-Refresh"] == "true"
    assert worked_off(batch).state == BatchState.STOPPED


@pytest.mark.filterwarnings("ignore:unclosed file .*sRGB2014.icc:ResourceWarning")  # WeasyPrint's own
def test_a_finished_batch_shows_how_many_certificates_are_ready(world: World) -> None:
    case = at_the_city(world)
    batch = confirmed(world, "city_bureau", [(case.pk, now_of(case).version)])
    worked_off(batch)
    browser, address = world.browser("city_bureau"), reverse("review:batch_run", args=[batch.pk])

    waiting = body(browser.get(address))
    assert "共 1 份，系统正在逐份盖章" in waiting
    assert 'hx-trigger="every' in waiting
    with scope(SYSTEM):
        printing.store_print(actor=SYSTEM, certificate_id=Certificate.objects.get(application=case).pk)
    done = body(browser.get(address))
    assert "已全部可以下载" in done
    assert 'hx-trigger="every' not in done


def test_the_time_left_follows_the_pace_so_far() -> None:
    from review.batches import queries as batch_queries

    now = clock.now()
    batch = Batch(
        state=BatchState.RUNNING, total=400, done=90, refused=10, started_at=now - timedelta(seconds=10)
    )
    assert batch_queries.time_left(batch, now) == "约 30 秒"
    batch.started_at = now - timedelta(minutes=10)
    assert batch_queries.time_left(batch, now) == "约 30 分钟"
    batch.state = BatchState.DONE
    assert batch_queries.time_left(batch, now) == ""


def test_results_are_paged_and_filtered(world: World) -> None:
    world.add_person("own", person_of="city_bureau")
    own, other = at_the_city(world, by="own"), at_the_city(world)
    browser = world.browser("city_bureau")
    run(browser, pick=picks(own, other))
    with scope(SYSTEM):
        address = reverse("review:batch_run", args=[Batch.objects.get().pk])

    refused = body(browser.get(address, {"result": "refused"}))
    assert own.name in refused
    assert other.name not in refused
    assert other.name in body(browser.get(address, {"result": "nonsense"}))


@pytest.mark.parametrize("who", ["bureau", "other_bureau", "employer", "applicant", "second_clerk"])
def test_somebody_elses_batch_does_not_exist(world: World, who: str) -> None:
    world.add_person("second_clerk", unit="changsha")
    case = at_the_city(world)
    batch = confirmed(world, "city_bureau", [(case.pk, now_of(case).version)])
    browser = world.browser(who)

    for name, ask in (("review:batch_run", browser.get), ("review:batch_stop", browser.post)):
        assert ask(reverse(name, args=[batch.pk])).status_code in (403, 404)
    assert worked_off(batch).done == 1


def test_ones_batches_are_listed(world: World) -> None:
    browser = world.browser("city_bureau")
    assert "还没有批量审核" in body(browser.get(BATCH))
    run(browser, pick=picks(at_the_city(world)))
    assert "已办完" in body(browser.get(BATCH))


def test_the_pages_ask_as_many_questions_for_three_cases_as_for_one(world: World) -> None:
    cases = [at_the_city(world, by=who) for who in ("applicant", "other_applicant", "third_applicant")]
    browser = world.browser("city_bureau")
    asked = []
    for chosen in (cases[:1], cases[:1], cases):  # the first look fills the caches
        ticked = picks(*chosen)
        with CaptureQueriesContext(connection) as queries:
            assert browser.post(BATCH, {"pick": ticked}).status_code == 200
        asked.append(len(queries))
    assert asked[2] == asked[1]

    pages = []
    for chosen in (cases[:1], cases[1:]):
        batch = worked_off(
            confirmed(world, "city_bureau", [(case.pk, now_of(case).version) for case in chosen])
        )
        pages.append(queries_of(browser, reverse("review:batch_run", args=[batch.pk])))
    assert pages[0] == pages[1]
