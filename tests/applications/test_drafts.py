"""Autosave without a browser: kept per section and tab, offered again, compared, gone once saved, nobody else's."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from applications import services as filing
from applications.models import Application, Draft
from applications.models.draft import MOST_CHARACTERS
from applications.services import drafts
from applications.states import State
from cehours.lib import clock
from organizations.acting.errors import NotAllowed
from tests.applications.typing_in import header_of, text_of, url, year_of
from tests.world import World

TAB, OTHER = "tab-aaaaaaaa", "tab-bbbbbbbb"


@pytest.fixture
def case(world: World) -> Application:
    return world.draft(years=(2020, 2021), evidence=False)


@pytest.fixture
def browser(world: World) -> Client:
    return world.browser("applicant")


def opened(browser: Client, address: str) -> dict[str, str]:
    """What a page hands to its script."""
    page = text_of(browser.get(address))
    found = {name: re.search(rf'name="{name}" value="([^"]*)"', page) for name in ("version", "opened")}
    since = re.search(r'data-since="([^"]+)"', page)
    filled = re.search(r'data-filled-from="([^"]*)"', page)
    assert since
    assert filled
    return {
        **{name: match[1] for name, match in found.items() if match},
        "since": since[1],
        "filled_from": filled[1],
    }


def keep(browser: Client, case: Application, section: str, typed: dict[str, Any], tab: str = TAB) -> Any:
    return browser.post(url("draft", case, section), {**typed, "tab": tab}).json()


def kept(world: World, case: Application) -> list[tuple[str, str]]:
    with world.acting("applicant"):
        return list(Draft.objects.filter(application=case).values_list("section", "tab"))


def write(case: Application, **more: Any) -> Draft:
    """Past the service, as the database sees it."""
    return Draft.objects.create(
        application=case, section="header", tab=TAB, version=0, saved_at=clock.now(), **more
    )


def header_typed(browser: Client, case: Application, **changes: Any) -> dict[str, Any]:
    return {**header_of(case, **changes), **opened(browser, url("header", case))}


def year_typed(browser: Client, case: Application, year: int = 2020, **changes: Any) -> dict[str, Any]:
    return {**year_of(case, **changes), **opened(browser, url("year", case, year))}


def test_a_typed_header_is_kept_and_fills_the_form_again(browser: Client, case: Application) -> None:
    answer = keep(browser, case, "header", header_typed(browser, case, specialty="结构工程"))
    assert answer["state"] == "saved"
    assert re.fullmatch(r"\d\d:\d\d:\d\d", answer["time"])
    page = text_of(browser.get(url("header", case)))
    assert 'value="结构工程"' in page
    assert "自动保存、还没有点“保存”的内容" in page
    assert "放弃草稿，恢复已保存内容" in page


def test_the_saved_content_itself_does_not_change(world: World, browser: Client, case: Application) -> None:
    keep(browser, case, "header", header_typed(browser, case, specialty="结构工程"))
    assert world.see("applicant", case.pk).specialty == "建筑学"
    assert world.see("applicant", case.pk).version == case.version


def test_a_field_that_was_emptied_stays_empty(browser: Client, case: Application) -> None:
    keep(browser, case, "header", header_typed(browser, case, phone=""))
    assert 'value="13912345678"' not in text_of(browser.get(url("header", case)))


def test_a_typed_year_is_kept_with_its_lines_and_facts(browser: Client, case: Application) -> None:
    more = {
        "professional-count": "2",
        "professional-1-title": "某篇论文",
        "professional-1-kind": "paper",
        "professional-1-fact-author": "first",
    }
    keep(
        browser, case, "year:2020", year_typed(browser, case, 2020, **{"public-0-title": "写了一半", **more})
    )
    page = text_of(browser.get(url("year", case, 2020)))
    assert 'value="写了一半"' in page
    assert 'value="某篇论文"' in page
    assert re.search(r'<option value="first" selected>', page)


def test_a_year_being_added_is_kept_under_the_year_it_will_be(
    world: World, browser: Client, case: Application
) -> None:
    page = opened(browser, f"{url('year_add', case)}?year=2023")
    typed = {**year_of(case, year="2023", **{"public-0-title": "写了一半"}), **page}
    assert keep(browser, case, "year:new", typed)["state"] == "saved"
    assert kept(world, case) == [("year:2023", TAB)]
    assert 'value="写了一半"' in text_of(browser.get(url("year_add", case), {"year": "2023"}))
    assert 'value="写了一半"' not in text_of(browser.get(url("year_add", case), {"year": "2022"}))


def test_choosing_another_year_leaves_no_draft_of_the_first(
    world: World, browser: Client, case: Application
) -> None:
    page = opened(browser, f"{url('year_add', case)}?year=2023")
    for year in ("2023", "2024"):
        keep(browser, case, "year:new", {**year_of(case, year=year), **page})
    assert kept(world, case) == [("year:2024", TAB)]


def test_what_equals_the_saved_content_is_no_draft(world: World, browser: Client, case: Application) -> None:
    keep(browser, case, "header", header_typed(browser, case, specialty="结构工程"))
    assert keep(browser, case, "header", header_typed(browser, case))["state"] == "same"
    assert kept(world, case) == []


@pytest.mark.parametrize("section", ["header", "year:2020"])
def test_saving_the_section_drops_its_drafts_and_no_others(
    world: World, browser: Client, case: Application, section: str
) -> None:
    keep(browser, case, "header", header_typed(browser, case, specialty="结构工程"))
    keep(browser, case, "year:2020", year_typed(browser, case), OTHER)
    if section == "header":
        browser.post(url("header", case), header_typed(browser, case))
    else:
        browser.post(url("year", case, 2020), year_typed(browser, case))
    assert [left for left, _ in kept(world, case)] == ["year:2020" if section == "header" else "header"]


def test_submitting_and_discarding_leave_no_draft(world: World) -> None:
    case = world.draft()
    browser = world.browser("applicant")
    keep(browser, case, "header", header_typed(browser, case, remark="先记一笔"))
    world.submit(case)
    assert kept(world, case) == []
    answer = browser.post(url("draft", case, "header"), {"tab": TAB, "specialty": "x"})
    assert (answer.status_code, answer.json()["state"]) == (409, "closed")
    draft = world.draft(by="other_applicant", years=(2020,), evidence=False)
    keep(world.browser("other_applicant"), draft, "header", {"specialty": "结构工程", "version": 0})
    with world.acting("other_applicant") as actor:
        filing.discard(actor=actor, application_id=draft.pk)
        assert not Draft.objects.exists()


def test_the_draft_can_be_given_up(world: World, browser: Client, case: Application) -> None:
    keep(browser, case, "header", header_typed(browser, case, specialty="结构工程"))
    answer = browser.post(url("draft_compare", case, "header"), {"draft": ""})
    assert answer["Location"] == url("header", case)
    assert 'value="建筑学"' in text_of(browser.get(url("header", case)))
    assert kept(world, case) == []


def test_two_tabs_keep_two_drafts_and_hear_of_each_other(
    world: World, browser: Client, case: Application
) -> None:
    first, second = (header_typed(browser, case, specialty=name) for name in ("结构工程", "测绘工程"))
    assert keep(browser, case, "header", first, TAB)["state"] == "saved"
    told = keep(browser, case, "header", second, OTHER)
    assert told["state"] == "other"
    assert told["compare"] == url("draft_compare", case, "header")
    assert keep(browser, case, "header", first, TAB)["state"] == "other"
    assert len(kept(world, case)) == 2
    page = text_of(browser.get(told["compare"]))
    for words in ("建筑学", "结构工程", "测绘工程", "子专业名称"):
        assert words in page
    assert "联系电话" not in page  # the same everywhere


def test_of_several_versions_the_chosen_one_is_gone_on_with(
    world: World, browser: Client, case: Application
) -> None:
    page = header_typed(browser, case)
    for tab, name in ((TAB, "结构工程"), (OTHER, "测绘工程")):
        keep(browser, case, "header", {**page, "specialty": name}, tab)
    with world.acting("applicant"):
        chosen = Draft.objects.get(tab=TAB)
    browser.post(url("draft_compare", case, "header"), {"draft": str(chosen.pk)})
    assert 'value="结构工程"' in text_of(browser.get(url("header", case)))
    assert kept(world, case) == [("header", TAB)]


def test_a_tab_hears_that_the_section_was_saved_elsewhere(
    world: World, browser: Client, case: Application
) -> None:
    old = header_typed(browser, case, specialty="结构工程")
    browser.post(url("header", case), header_typed(browser, case, specialty="测绘工程"))
    asked = browser.get(url("draft", case, "header"), {"tab": TAB, "opened": old["opened"]}).json()
    assert asked["state"] == "stale"
    assert keep(browser, case, "header", old)["state"] == "stale"
    page = text_of(browser.get(url("header", case)))
    assert 'value="测绘工程"' in page  # what is saved is shown, the draft is only offered
    assert "对照两份内容" in page
    page = text_of(browser.get(url("draft_compare", case, "header")))
    assert "测绘工程" in page
    assert "结构工程" in page


def test_saving_from_the_stale_tab_changes_nothing_keeps_it_all_and_shows_the_differences(
    world: World, browser: Client, case: Application
) -> None:
    old = year_typed(browser, case, 2020, **{"public-0-title": "本窗口的名称"})
    browser.post(
        url("year", case, 2020), year_typed(browser, case, 2020, **{"public-0-title": "另一窗口的名称"})
    )
    answer = browser.post(url("year", case, 2020), old)
    assert answer.status_code == 409
    page = text_of(answer)
    assert 'value="本窗口的名称"' in page
    row = re.search(r"<tr>\s*<th[^>]*>公需科目名称</th>.*?</tr>", page, re.DOTALL)
    assert row
    assert "另一窗口的名称" in row[0]
    assert "本窗口的名称" in row[0]
    again = dict(re.findall(r'name="(version|opened)" value="([^"]*)"', page))
    assert browser.post(url("year", case, 2020), {**old, **again}).status_code == 302


def test_another_section_saved_meanwhile_is_no_conflict(
    world: World, browser: Client, case: Application
) -> None:
    typed = year_typed(browser, case, 2020, **{"public-0-title": "本窗口的名称"})
    browser.post(url("header", case), header_typed(browser, case, specialty="测绘工程"))
    assert keep(browser, case, "year:2020", typed)["state"] == "saved"
    assert browser.post(url("year", case, 2020), typed).status_code == 302


def test_a_year_deleted_in_another_tab_can_be_added_again_with_what_was_typed(
    world: World, browser: Client, case: Application
) -> None:
    typed = year_typed(browser, case, 2020, **{"public-0-title": "本窗口的名称"})
    browser.post(url("year_delete", case, 2020), {"version": case.version})
    answer = browser.post(url("year", case, 2020), typed)
    assert answer.status_code == 409
    assert 'value="本窗口的名称"' in text_of(answer)
    assert "刚才在别处被删除" in text_of(answer)


def test_a_page_filled_from_a_draft_takes_it_over_instead_of_leaving_two(
    world: World, browser: Client, case: Application
) -> None:
    keep(browser, case, "header", header_typed(browser, case, specialty="结构工程"), TAB)
    keep(browser, case, "header", header_typed(browser, case, specialty="结构设计"), OTHER)
    assert kept(world, case) == [("header", OTHER)]


def test_a_draft_whose_own_tab_went_on_is_not_taken_over(
    world: World, browser: Client, case: Application
) -> None:
    first = header_typed(browser, case, specialty="结构工程")
    keep(browser, case, "header", first, TAB)
    second = header_typed(browser, case, specialty="结构设计")  # opened with the first one's draft
    keep(browser, case, "header", {**first, "remark": "继续写"}, TAB)
    keep(browser, case, "header", second, OTHER)
    assert sorted(kept(world, case)) == [("header", TAB), ("header", OTHER)]


def test_no_more_than_five_tabs_are_kept(world: World, browser: Client, case: Application) -> None:
    page = header_typed(browser, case)
    for place in range(7):
        keep(browser, case, "header", {**page, "specialty": f"专业{place}"}, f"tab-{place:08}")
    assert len(kept(world, case)) == 5
    assert ("header", "tab-00000006") in kept(world, case)


def test_a_draft_has_a_limit_in_the_service_and_in_the_database(
    world: World, browser: Client, case: Application
) -> None:
    typed = header_typed(browser, case, remark="长" * MOST_CHARACTERS)
    answer = browser.post(url("draft", case, "header"), {**typed, "tab": TAB})
    assert (answer.status_code, answer.json()["state"]) == (422, "big")
    assert "太长" in answer.json()["says"]
    too_long = {"remark": ["长" * MOST_CHARACTERS]}
    with (
        world.acting("applicant"),
        pytest.raises(IntegrityError, match="a_draft_stays_small"),
        transaction.atomic(),
    ):
        write(case, fields=too_long)


def test_only_fields_of_the_section_are_kept(world: World, browser: Client, case: Application) -> None:
    typed = header_typed(
        browser, case, specialty="结构工程", state="approved", id_number="430102198001010012"
    )
    keep(browser, case, "header", typed)
    with world.acting("applicant"):
        fields = Draft.objects.get().fields
    assert fields["specialty"] == ["结构工程"]
    assert not {"state", "id_number", "csrfmiddlewaretoken", "version", "tab"} & fields.keys()


@pytest.mark.parametrize("section", ["year:2019", "year:x", "evidence", "year:"])
def test_a_section_that_does_not_exist_is_not_found(browser: Client, case: Application, section: str) -> None:
    assert browser.post(url("draft", case, section), {"tab": TAB}).status_code == 404


@pytest.mark.parametrize("who", ["other_applicant", "employer", "bureau"])
def test_nobody_else_reaches_a_draft_by_address_or_by_query(
    world: World, browser: Client, case: Application, who: str
) -> None:
    keep(browser, case, "header", header_typed(browser, case, specialty="结构工程"))
    stranger = world.browser(who)
    assert stranger.get(url("draft", case, "header")).status_code == 404
    assert stranger.get(url("draft_compare", case, "header")).status_code == 404
    with world.acting(who):
        assert not Draft.objects.exists()


def test_the_reviewers_do_not_see_drafts_and_nobody_writes_one_for_somebody_else(world: World) -> None:
    case = world.application(at=State.RETURNED)
    browser = world.browser("applicant")
    keep(browser, case, "header", header_typed(browser, case, remark="先记一笔"))
    with world.acting("employer"):
        assert not Draft.objects.exists()
    with (
        world.acting("other_applicant"),
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
    ):
        write(case)


def test_a_signed_out_browser_is_sent_to_sign_in_and_nothing_is_kept(world: World, case: Application) -> None:
    answer = Client().post(url("draft", case, "header"), {"tab": TAB, "specialty": "x"})
    assert answer.status_code == 302
    assert "/account/login/" in answer["Location"]
    assert kept(world, case) == []


def test_the_service_refuses_what_is_not_editable(world: World) -> None:
    case = world.application(at=State.EMPLOYER_REVIEW)
    with world.acting("applicant") as actor, pytest.raises(NotAllowed, match="不能修改"):
        drafts.keep(
            actor=actor, application_id=case.pk, section="header", tab=TAB, fields={}, version=0, opened=""
        )
