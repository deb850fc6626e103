"""What was worked out in the public calculator is taken into an application after signing in, never by itself."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from applications.models import Application
from tests.applications.test_year_asks import lines, typed_in
from tests.applications.typing_in import text_of, url
from tests.world import World

TAKEN = {
    "policy": "hunan-2025",
    "year": "2022",
    "item": [
        "distance~public~stated_hours~30",
        "paper~~serial~cn~author~first~published_on~2022-05",
        "aid~~place~tibet~start~2022-01-01~end~2022-12-31~passed~true",
    ],
}


def worked_out(browser: Client, **changes: Any) -> Any:
    return browser.post(reverse("site:calculator_take"), {**TAKEN, **changes})


@pytest.fixture
def case(world: World) -> Application:
    return world.draft(years=(2020,), evidence=False)


@pytest.fixture
def browser(world: World, case: Application) -> Client:
    """Somebody who worked it out as a stranger and signed in afterwards."""
    browser = Client()
    assert worked_out(browser)["Location"] == reverse("applications:calculated")
    user = world.people["applicant"].user
    assert user is not None
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


def test_a_stranger_is_sent_to_sign_in_and_then_asked_which_year(browser: Client, case: Application) -> None:
    stranger = Client()
    worked_out(stranger)
    assert "/account/login/" in stranger.get(reverse("applications:calculated"))["Location"]

    page = text_of(browser.get(reverse("applications:calculated")))
    assert "试算了 2022 年度的 3 项" in page
    assert "2022 年度（试算的年度）" in page
    assert f"{url('year_add', case)}?year=2022" in page
    assert url("year", case, 2020) in page


def test_nothing_is_put_into_a_year_without_a_press(world: World, browser: Client, case: Application) -> None:
    page = text_of(browser.get(url("year_add", case), {"year": "2022"}))
    assert "放到 2022 年度" in page
    assert typed_in(page) == {}
    assert lines(world, case, 2022) == []


def put_in(browser: Client, case: Application) -> str:
    typed = {"version": case.version, "year": "2022", "act": "calculated"}
    return text_of(browser.post(url("year_add", case), typed))


def test_a_press_puts_every_activity_where_it_belongs(browser: Client, case: Application) -> None:
    page = put_in(browser, case)
    found = typed_in(page)
    assert {name: value for name, value in found.items() if name.endswith("-kind")} == {
        "whole-0-kind": "aid",
        "public-0-kind": "distance",
        "professional-0-kind": "paper",
    }
    assert found["public-0-fact-stated_hours"] == "30"
    assert 'name="put_in"' in page
    assert "放到 2022 年度" not in page


def test_saved_with_the_year_it_is_let_go(world: World, browser: Client, case: Application) -> None:
    typed = {
        **typed_in(put_in(browser, case)),
        "put_in": "calculated",
        "version": case.version,
        "year": "2022",
    }
    titles = {f"{side}-0-title": side for side in ("whole", "public", "professional")}
    answer = browser.post(url("year_add", case), {**typed, **titles, "whole-count": "1", "act": "save"})
    assert answer.status_code == 302
    assert {kind for _title, _hours, kind in lines(world, case, 2022)} == {"aid", "distance", "paper"}
    assert "放到" not in text_of(browser.get(url("year_add", case), {"year": "2023"}))


def test_who_does_not_want_it_is_not_asked_again(browser: Client, case: Application) -> None:
    typed = {"version": case.version, "year": "2022", "act": "forget"}
    assert "学时试算的结果" not in text_of(browser.post(url("year_add", case), typed))
    assert browser.get(reverse("applications:calculated")).status_code == 302


@pytest.mark.django_db
def test_an_empty_year_is_not_taken(client: Client) -> None:
    answer = worked_out(client, item=[])
    assert answer["Location"].startswith(reverse("site:calculator"))


def test_another_province_offers_nothing_here(browser: Client, case: Application) -> None:
    worked_out(browser, policy="guangdong-2025", year="2024", item=["online~professional~credits~3"])
    assert "学时试算的结果" not in text_of(browser.get(url("year_add", case), {"year": "2022"}))


def test_what_no_policy_knows_any_more_is_let_go(browser: Client, case: Application) -> None:
    session = browser.session
    for kept in ({"policy": "hunan-1999"}, {"entries": [["gone", "", {}]]}):
        session["calculated"] = {"policy": "hunan-2025", "year": 2022, "entries": [["paper", "", {}]], **kept}
        session.save()
        assert browser.get(reverse("applications:calculated")).status_code == 302
        assert "学时试算的结果" not in text_of(browser.get(url("year_add", case), {"year": "2022"}))


def test_who_has_no_application_is_shown_the_way_to_one(world: World) -> None:
    browser = world.browser("third_applicant")
    worked_out(browser)
    assert "您还没有可以填写的申报" in text_of(browser.get(reverse("applications:calculated")))
