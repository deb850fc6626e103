"""The numbers beside the navigation are those of the lists that its items lead to."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from cehours.site import menus
from organizations.messaging.work import Work
from organizations.services import data_requests
from review.telling import waiting
from tests.applications.test_filing_sessions import on_whole_days, typed
from tests.review.batching import at_the_city
from tests.site.people import applicant, bureau, employer
from tests.training import planning
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def no_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    """Actors that are made without rows deliver no records."""
    monkeypatch.setattr("training.feeds.queries.is_provider", lambda actor: False)


def shown(page: Any) -> dict[str, tuple[str, str]]:
    """Label of every item with a number in the wide navigation: the number and where it leads."""
    groups = page.context["site"]["menu"]
    return {item.label: (item.count, item.url) for group in groups for item in group.items if item.count}


def test_a_decision_changes_the_number_on_the_very_next_page(world: World) -> None:
    first, _ = at_the_city(world), at_the_city(world, by="other_applicant")
    browser = world.browser("city_bureau")
    assert shown(browser.get(reverse("review:handled"))) == {"待办": ("2", reverse("review:inbox"))}

    world.approve(first, by="city_bureau")

    page = browser.get(reverse("review:inbox"))
    assert shown(page)["待办"] == ("1", reverse("review:inbox"))
    assert len(page.context["page"].rows) == 1


def test_an_item_leads_to_the_list_of_exactly_what_is_counted(world: World) -> None:
    planning.filed(world)
    planning.accepted(world, topic="已备案的培训")
    with world.acting("applicant") as actor:
        data_requests.ask_correction(
            actor=actor, wanted=data_requests.Identity(name="更名后"), reason="已更名"
        )
    department = world.browser("department")
    assert shown(department.get(reverse("review:inbox"))) == {"培训计划": ("1", reverse("training:filed"))}
    assert len(department.get(reverse("training:filed")).context["rows"]) == 1
    province = world.browser("bureau")
    number, url = shown(province.get(reverse("review:inbox")))["更正申请"]
    assert (number, url) == ("1", reverse("my_data:requests") + "?waiting=1")
    assert len(province.get(url).context["page"].rows) == 1
    asked = province.get(url).context["page"].rows[0].pk
    with world.acting("bureau") as actor:
        data_requests.settle_correction(
            actor=actor, request_id=asked, granted=False, answer="证件不符，请补充"
        )
    assert "没有更正申请" in province.get(url).content.decode()
    assert len(province.get(reverse("my_data:requests")).context["page"].rows) == 1


def test_a_change_of_a_session_that_waits_is_counted_for_who_may_confirm_it(world: World) -> None:
    world.move_session(**on_whole_days())
    world.add_person("third_bureau", unit="province")
    changed = typed(world.session, grace_days="9", reason="按文件延长")
    world.browser("bureau").post(reverse("applications:session_edit", args=[world.session.pk]), changed)
    there = reverse("applications:sessions")
    for who in ("second_bureau", "third_bureau"):
        page = world.browser(who).get(reverse("review:inbox"))
        assert shown(page) == {"申报期": ("1", there)}
        assert len(world.browser(who).get(there).context["waiting"]) == 1
    assert shown(world.browser("bureau").get(reverse("review:inbox"))) == {}


def test_a_number_is_heard_in_words_and_a_long_one_is_cut(world: World, monkeypatch: Any) -> None:
    at_the_city(world)
    page = world.browser("city_bureau").get(reverse("review:handled")).content.decode()
    item = re.search(r'<a href="/review/"[^>]*>.*?</a>', page, re.DOTALL)
    assert item
    assert re.sub(r"<[^>]+>|\s", "", item[0]) == "待办，等待办理1件"
    monkeypatch.setattr(waiting, "IN_MENU", 0)
    monkeypatch.setattr(menus, "MOST_SHOWN", 0)
    again = world.browser("city_bureau").get(reverse("review:handled"))
    assert shown(again)["待办"][0] == "0+"


def test_work_stands_open_and_the_rest_is_folded_by_kind(no_provider: None) -> None:
    def kinds(actor: Any) -> list[tuple[str, int, bool]]:
        return [(group.label, len(group.items), group.folded) for group in menus.groups(actor, "")]

    assert kinds(bureau("province")) == [
        ("审核", 3, False),
        ("证书和培训", 3, False),
        ("管理", 3, True),
        ("查询和帮助", 4, True),
    ]
    assert kinds(employer("admin")) == [
        ("审核", 2, False),
        ("证书和培训", 1, False),
        ("管理", 1, False),
        ("查询和帮助", 4, True),
    ]
    assert not any(folded for *_, folded in kinds(applicant()))


def test_a_folded_group_says_what_waits_inside_and_where_one_is(no_provider: None) -> None:
    waits = {"my_data:requests": waiting.Waits(3, "/there/")}
    groups = {group.label: group for group in menus.groups(bureau("province"), "my_data:settle", waits)}
    assert (groups["管理"].count, groups["管理"].current) == ("3", True)
    assert (groups["查询和帮助"].count, groups["查询和帮助"].current) == ("", False)


def test_no_two_items_share_a_sign(no_provider: None) -> None:
    for actor in (bureau("province"), employer("admin"), applicant()):
        icons = [item.icon for item in menus.menu(actor, "")]
        assert len(icons) == len(set(icons))


def test_every_list_that_a_digest_leads_to_has_an_address() -> None:
    assert set(waiting.LISTS) == set(Work) - {Work.BATCHES}
