"""申报相关信息: every starred field, the registry search, and bad input."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from applications import services
from applications.models import Application
from applications.states import State
from organizations.acting.errors import NotAllowed
from organizations.registry import identity
from tests.applications.typing_in import header_of, text_of, url
from tests.world import World

STARRED = {
    "ethnicity": "民族",
    "nature": "单位性质",
    "target_title": "拟申报职称",
    "phone": "联系电话",
    "education": "最高学历",
    "title_series": "申报大类",
    "specialty": "子专业名称",
    "region": "行政区划名称",
}


def stored(world: World, case: Application) -> Application:
    return world.see("applicant", case.pk)


@pytest.mark.requirement("R163", "R164", "R165", "R151")
def test_the_form_shows_the_fields_of_annex_3_with_their_stars(world: World) -> None:
    page = text_of(world.browser("applicant").get(url("header", world.draft())))
    starred = re.findall(r'class="star" aria-hidden="true">\*</span>([^<]+)<', page)
    for label in [*STARRED.values(), "单位名称"]:
        assert label in starred
    for label in ("证件号码", "姓名", "性别", "备注", "已申报学时信息", "暂无数据", "下一步"):
        assert label in page
    assert "请如实填写学时申报信息，并与职称申报信息保持一致" in page


def test_the_identity_number_is_shown_masked_even_to_its_owner(world: World) -> None:
    case = world.draft()
    number = identity.unseal(case.id_cipher, table="application", pk=case.pk)
    assert number not in text_of(world.browser("applicant").get(url("header", case)))


@pytest.mark.parametrize(("field", "label"), STARRED.items())
def test_a_missing_starred_field_is_named_and_nothing_is_saved(world: World, field: str, label: str) -> None:
    case = world.draft()
    typed = header_of(case, remark="新写的备注", **{field: ""})
    answer = world.browser("applicant").post(url("header", case), typed)
    assert answer.status_code == 422
    assert f"请填写“{label}”。" in text_of(answer)
    assert "新写的备注" in text_of(answer)
    assert stored(world, case).remark == ""


def test_a_wrong_phone_number_gets_a_sentence_and_stays_in_the_field(world: World) -> None:
    case = world.draft()
    answer = world.browser("applicant").post(url("header", case), header_of(case, phone="123"))
    assert answer.status_code == 422
    assert "联系电话格式不正确" in text_of(answer)
    assert 'value="123"' in text_of(answer)
    assert stored(world, case).phone == "13912345678"


def test_the_error_summary_leads_to_the_field(world: World) -> None:
    case = world.draft()
    page = text_of(world.browser("applicant").post(url("header", case), header_of(case, phone="123")))
    assert '<a href="#id_phone">' in page
    assert "<title>错误：" in page


def test_no_employer_is_refused_with_the_way_for_people_without_one(world: World) -> None:
    case = world.draft()
    answer = world.browser("applicant").post(url("header", case), header_of(case, employer=""))
    assert answer.status_code == 422
    assert "没有工作单位的，请将单位性质选为“自由职业”" in text_of(answer)


@pytest.mark.parametrize("key", ["province", "nobody"])
def test_a_unit_that_is_not_in_the_registry_of_employers_is_refused(world: World, key: str) -> None:
    case = world.draft()
    wanted = world.province.pk if key == "province" else "not-a-key"
    answer = world.browser("applicant").post(url("header", case), header_of(case, employer=wanted))
    assert answer.status_code == 422
    assert "所选单位不在名册中或已停用" in text_of(answer)
    assert stored(world, case).employer_id == world.hospital.pk


def test_a_place_that_is_not_the_units_is_refused(world: World) -> None:
    case = world.draft(unit="school")
    answer = world.browser("applicant").post(url("header", case), header_of(case, region="430203"))
    assert answer.status_code == 422
    assert "行政区划应为单位所在地" in text_of(answer)


@pytest.mark.parametrize("typed", ["第九", "shengdijiu", "sdjrmyy"])
def test_the_employer_is_found_by_part_of_its_name_pinyin_or_initials_without_a_script(
    world: World, typed: str
) -> None:
    case = world.draft(unit="school")
    answer = world.browser("applicant").post(
        url("header", case), header_of(case, act="find", employer_name=typed, remark="先不保存")
    )
    assert answer.status_code == 200
    page = text_of(answer)
    assert "查到 1 个单位" in page
    assert re.search(rf'name="employer" value="{world.hospital.pk}"', page)
    assert "先不保存" in page
    assert stored(world, case).remark == ""


def test_the_live_search_answers_with_the_radio_buttons_alone(world: World) -> None:
    case = world.draft()
    answer = world.browser("applicant").get(url("employers", case), {"employer_name": "xsdx"})
    assert "湘水大学" in text_of(answer)
    assert "<html" not in text_of(answer)


@pytest.mark.requirement("R150")
def test_next_saves_and_goes_on_to_the_task_list(world: World) -> None:
    case = world.draft()
    typed = header_of(case, specialty="结构工程", employer=world.university.pk)
    answer = world.browser("applicant").post(url("header", case), typed)
    assert answer["Location"] == url("detail", case)
    assert stored(world, case).specialty == "结构工程"
    assert stored(world, case).employer_id == world.university.pk


def test_a_half_filled_header_can_be_kept_for_later(world: World) -> None:
    browser = world.browser("applicant")
    browser.post(reverse("applications:start"), {"session": world.session.pk})
    with world.acting("applicant"):
        case = Application.objects.get()
    answer = browser.post(url("header", case), {"version": 0, "specialty": "建筑学", "act": "keep"})
    assert answer.status_code == 302
    assert stored(world, case).specialty == "建筑学"


def test_an_old_page_is_told_so_keeps_what_was_typed_and_overwrites_nothing(world: World) -> None:
    case = world.draft()
    typed = header_of(case, specialty="结构工程", version=case.version - 1)
    answer = world.browser("applicant").post(url("header", case), typed)
    assert answer.status_code == 409
    assert "在另一个窗口或设备上修改过" in text_of(answer)
    assert 'value="结构工程"' in text_of(answer)
    assert stored(world, case).specialty == "建筑学"


def test_sending_the_page_that_was_told_so_once_more_saves_it(world: World) -> None:
    case = world.draft()
    browser = world.browser("applicant")
    told = text_of(browser.post(url("header", case), header_of(case, specialty="结构工程", version=0)))
    version = re.search(r'name="version" value="(\d+)"', told)
    assert version
    browser.post(url("header", case), header_of(case, specialty="结构工程", version=version[1]))
    assert stored(world, case).specialty == "结构工程"


@pytest.mark.parametrize("mark", "《》")
def test_a_specialty_that_would_end_the_certificates_sentence_is_refused_and_stays_typed(
    world: World, mark: str
) -> None:
    case = world.draft()
    typed = header_of(case, specialty=f"结构{mark}工程", employer=world.university.pk)
    answer = world.browser("applicant").post(url("header", case), typed)
    assert answer.status_code == 422
    assert "不要使用书名号《》，请去掉后再保存" in text_of(answer)
    assert f'value="结构{mark}工程"' in text_of(answer)
    assert stored(world, case).specialty == "建筑学"


def test_a_specialty_with_such_a_mark_from_before_cannot_be_submitted(world: World) -> None:
    case = world.draft()
    with world.acting("applicant"):
        Application.objects.filter(pk=case.pk).update(specialty="结构》工程")
    with world.acting("applicant") as actor, pytest.raises(NotAllowed, match="书名号"):
        services.submit(actor=actor, application_id=case.pk, seen=case.version, declared_true=True)


@pytest.mark.parametrize("page", ["header", "year_add", "check"])
def test_what_is_with_a_reviewer_cannot_be_edited(world: World, page: str) -> None:
    case = world.application(at=State.EMPLOYER_REVIEW)
    browser = world.browser("applicant")
    assert browser.get(url(page, case)).status_code == 302
    if page != "check":
        answer = browser.post(url(page, case), header_of(case, specialty="结构工程"))
        assert answer.status_code == 409
        assert "如需修改，请先撤销" in text_of(answer)
    assert stored(world, case).specialty == "建筑学"


@pytest.mark.parametrize("who", ["other_applicant", "employer", "bureau"])
@pytest.mark.parametrize("page", ["detail", "header", "year_add", "check", "progress", "discard", "submit"])
def test_nobody_else_finds_the_applicants_pages(world: World, who: str, page: str) -> None:
    case = world.application(at=State.EMPLOYER_REVIEW)
    assert world.browser(who).get(url(page, case)).status_code == 404


def test_nobody_else_can_post_to_them_either(world: World) -> None:
    case = world.draft()
    answer = world.browser("other_applicant").post(url("header", case), header_of(case, specialty="结构工程"))
    assert answer.status_code == 404
    assert stored(world, case).specialty == "建筑学"
