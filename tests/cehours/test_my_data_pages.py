"""我的数据 and its desk: what the pages show, refuse and keep, and how many questions they ask the database."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.states import State
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import DataRequest, Event, Person
from organizations.registry import identity
from organizations.services import data_requests
from organizations.services.data_requests import Identity
from tests.world import World


def ask(world: World, who: str = "applicant") -> DataRequest:
    with world.acting(who) as actor:
        return data_requests.ask_correction(actor=actor, wanted=Identity(name="更名后"), reason="派出所更名")


def number_of(world: World, who: str) -> str:
    with scope(Actor.system("test")):
        return identity.number_of(Person.objects.get(pk=world.people[who].person_id))


def queries_of(browser: Any, url: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(url).status_code == 200
    return len(asked)


def test_the_page_lists_what_is_kept_and_masks_the_number(world: World) -> None:
    world.application(at=State.APPROVED)

    page = world.browser("applicant").get(reverse("my_data:show")).content.decode()

    for kept in (
        "2025年度高级职称学时核认",
        "15 份",
        "提交后 10 年",
        "湘南省人社厅",
        "出具后 10 年",
        "还没有人看过",
    ):
        assert kept in page
    assert number_of(world, "applicant") not in page


@pytest.mark.parametrize("who", ["employer", "bureau"])
def test_with_a_units_hat_on_the_page_is_not_there(world: World, who: str) -> None:
    assert world.browser(who).get(reverse("my_data:show")).status_code == 404


def test_asking_for_a_correction_shows_it_as_pending_and_a_second_time_says_so(world: World) -> None:
    browser, url = world.browser("applicant"), reverse("my_data:correct")
    typed = {"name": "更名后", "id_kind": "resident", "id_number": "", "reason": "派出所更名"}

    done = browser.post(url, typed, follow=True).content.decode()

    assert "更正申请已提交" in done and "办理中" in done
    assert "正在办理" in browser.get(url).content.decode()


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"reason": "x"}, "至少一项"),
        ({"name": "更名后"}, "请填写更正理由"),
        ({"id_number": "123", "reason": "x"}, "身份证"),
        ({"name": "更" * 61, "reason": "x"}, "姓名最多 60 个字"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    world: World, typed: dict[str, str], says: str
) -> None:
    answer = world.browser("applicant").post(reverse("my_data:correct"), {"id_kind": "resident", **typed})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "error-summary" in page and says in page
    assert all(value in page for value in typed.values())


def test_the_bureau_sees_both_numbers_in_full_only_on_the_case_and_on_record(world: World) -> None:
    request = ask(world)
    browser = world.browser("bureau")

    listed = browser.get(reverse("my_data:requests")).content.decode()
    shown = browser.get(reverse("my_data:settle", args=[request.pk])).content.decode()

    assert number_of(world, "applicant") not in listed
    assert number_of(world, "applicant") in shown and "更名后" in shown
    with world.acting("applicant"):
        assert Event.objects.filter(subject_id=request.pk, act="id_number_viewed").count() == 1


def test_the_bureau_settles_on_the_page_and_a_late_colleague_is_told(world: World) -> None:
    request = ask(world)
    url = reverse("my_data:settle", args=[request.pk])

    silent = world.browser("bureau").post(url, {"outcome": "decline"})
    done = world.browser("bureau").post(url, {"outcome": "grant"}, follow=True)
    late = world.browser("second_bureau").post(url, {"outcome": "decline", "answer": "材料不足"})

    assert silent.status_code == 422 and "请写明不同意的理由" in silent.content.decode()
    assert "已办结" in done.content.decode()
    assert late.status_code == 409 and "已由其他人员办结" in late.content.decode()
    assert number_of(world, "applicant") not in late.content.decode()


def test_letting_back_needs_somebody_who_closed_their_account(world: World) -> None:
    answer = world.browser("bureau").post(
        reverse("my_data:let_back"), {"id_kind": "resident", "id_number": number_of(world, "applicant")}
    )

    assert answer.status_code == 422 and "没有找到用该证件注销的账号" in answer.content.decode()


def test_the_pages_ask_the_database_as_often_for_three_rows_as_for_one(world: World) -> None:
    bureau, listing = world.browser("bureau"), reverse("my_data:requests")
    ask(world)
    queries_of(bureau, listing)  # what every page shows is kept from now on
    one = queries_of(bureau, listing)
    for who in ("other_applicant", "third_applicant"):
        ask(world, who)
    assert queries_of(bureau, listing) == one

    case = world.application(at=State.EMPLOYER_REVIEW)
    applicant, page = world.browser("applicant"), reverse("my_data:show")
    look = reverse("review:case", args=[case.pk])
    world.browser("employer").get(look)
    one = queries_of(applicant, page)
    for _ in range(2):
        world.browser("second_employer").get(look)
    assert queries_of(applicant, page) == one
