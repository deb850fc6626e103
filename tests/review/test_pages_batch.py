"""批量审核: shown first, then done case by case."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Application, Decision
from applications.states import State
from organizations.actor import Actor
from organizations.scope import scope
from tests.review.desks import body, submitted

BATCH = reverse("review:batch")


def at_the_city(world, by="applicant", **more):
    """A case of 湘江工程学会 on the desk of 星城市人社局, its last step."""
    case = submitted(world, by=by, unit="society", **more)
    return world.approve(case, by="society_admin")


def picks(*cases):
    return [f"{case.pk}:{now(case).version}" for case in cases]


def now(case):
    with scope(Actor.system("tests")):
        return Application.objects.get(pk=case.pk)


def test_the_preview_changes_nothing_and_says_what_will_happen(world):
    one, other = at_the_city(world), at_the_city(world, by="other_applicant")
    page = body(world.browser("city_bureau").post(BATCH, {"pick": picks(one, other)}))
    assert one.name in page
    assert other.name in page
    assert "审核通过，出具学时认定单" in page
    assert now(one).state == now(other).state == State.BUREAU_REVIEW


@pytest.mark.requirement("R233")
def test_a_batch_approves_every_case_and_reports_each(world):
    one, other = at_the_city(world), at_the_city(world, by="other_applicant")
    browser = world.browser("city_bureau")
    answer = browser.post(BATCH, {"pick": picks(one, other), "confirm": "yes", "opinion": "同意"})
    assert answer.status_code == 302
    page = body(browser.get(answer.url))
    assert "2 件全部办完" in page
    assert page.count("已办理") == 2
    assert now(one).state == now(other).state == State.APPROVED
    with scope(Actor.system("tests")):
        assert Decision.objects.get(application=one, unit=world.changsha).opinion == "同意"


def test_a_case_that_changed_meanwhile_does_not_stop_the_rest(world):
    stays, gone = at_the_city(world), at_the_city(world, by="other_applicant")
    chosen = picks(stays, gone)
    world.withdraw(gone, by="other_applicant")
    browser = world.browser("city_bureau")
    assert "有 1 件已不在本单位待办" in body(browser.post(BATCH, {"pick": chosen}))
    page = body(browser.get(browser.post(BATCH, {"pick": chosen, "confirm": "yes"}).url))
    assert "办完 1 件，1 件没有办理" in page
    assert "刚刚被其他人处理过" in page
    assert now(stays).state == State.APPROVED
    assert now(gone).state == State.WITHDRAWN


def test_ones_own_case_is_shown_as_impossible_and_not_done(world):
    world.add_person("own", person_of="city_bureau")
    own, other = at_the_city(world, by="own"), at_the_city(world)
    browser = world.browser("city_bureau")
    page = body(browser.post(BATCH, {"pick": picks(own, other)}))
    assert "不能办理" in page
    assert "不能由本人审核" in page
    page = body(browser.get(browser.post(BATCH, {"pick": picks(own, other), "confirm": "yes"}).url))
    assert "不能由本人审核" in page
    assert now(own).state == State.BUREAU_REVIEW
    assert now(other).state == State.APPROVED


def test_a_case_with_warnings_is_not_ticked_beforehand(world):
    case = at_the_city(world, evidence=False, note="原件遗失，单位已出具证明")
    page = body(world.browser("city_bureau").post(BATCH, {"pick": picks(case)}))
    box = page[page.index(f'value="{case.pk}') :]
    assert "checked" not in box[: box.index(">")]
    assert "项待核对" in page


def test_a_foreign_case_in_a_batch_reveals_and_changes_nothing(world):
    mine = at_the_city(world)
    foreign = world.application(at=State.BUREAU_REVIEW, by="other_applicant")
    browser = world.browser("city_bureau")
    page = body(browser.post(BATCH, {"pick": picks(mine, foreign)}))
    assert foreign.name not in page
    page = body(browser.get(browser.post(BATCH, {"pick": picks(mine, foreign), "confirm": "yes"}).url))
    assert foreign.name not in page
    assert "不在本单位办理范围" in page
    assert now(foreign).state == State.BUREAU_REVIEW
    assert now(mine).state == State.APPROVED


def test_at_a_county_the_batch_goes_on_to_the_city(world):
    case = submitted(world, unit="factory")
    case = world.approve(case, by="factory_admin")
    browser = world.browser("county_bureau")
    page = body(browser.post(BATCH, {"pick": picks(case)}))
    assert "送 株城市人社局 审核" in page
    answer = browser.post(BATCH, {"pick": picks(case), "confirm": "yes"})
    assert answer.status_code == 422
    assert "请选择审核上级单位名称" in body(answer)
    answer = browser.post(BATCH, {"pick": picks(case), "confirm": "yes", "next_unit": str(world.province.pk)})
    assert answer.status_code == 422
    browser.post(BATCH, {"pick": picks(case), "confirm": "yes", "next_unit": str(world.zhuzhou.pk)})
    assert now(case).current_unit_id == world.zhuzhou.pk


def test_nothing_ticked_leads_back_with_a_word(world):
    browser = world.browser("city_bureau")
    for ticked in ([], ["nonsense"], ["1:2"]):
        answer = browser.post(BATCH, {"pick": ticked}, follow=True)
        assert "请先勾选要办理的申报" in body(answer)


def test_only_the_bureau_works_in_batches(world):
    case = submitted(world)
    answer = world.browser("employer").post(BATCH, {"pick": picks(case), "confirm": "yes"})
    assert answer.status_code == 403
    assert now(case).state == State.EMPLOYER_REVIEW


def test_the_preview_asks_as_many_questions_for_three_cases_as_for_one(world):
    cases = [at_the_city(world, by=who) for who in ("applicant", "other_applicant", "third_applicant")]
    browser = world.browser("city_bureau")
    asked = []
    for chosen in (cases[:1], cases[:1], cases):  # the first look fills the caches
        ticked = picks(*chosen)
        with CaptureQueriesContext(connection) as queries:
            assert browser.post(BATCH, {"pick": ticked}).status_code == 200
        asked.append(len(queries))
    assert asked[2] == asked[1]
