"""The header's fields stand once: form, frozen revision and every page that names them agree with the catalogue."""

from __future__ import annotations

import json
import re

import pytest
from django.urls import reverse

from applications.filed import header
from applications.forms import HeaderForm
from applications.models import Application
from applications.states import State
from tests.applications.typing_in import text_of, url
from tests.world import World

# Annex 3, step 6, as printed; the star of 证件号码 and 姓名 is met by the account.
STEP_6 = """
* 证件号码
* 姓名
性别
* 民族
* 单位名称
* 单位性质
* 拟申报职称
* 联系电话
* 最高学历
* 申报大类
* 子专业名称
* 行政区划名称
备注
"""
OURS = {
    "证件类型",
    "行政区划依据",
    "不申报全部年度的原因",
}  # what the notice's rules ask for beyond the printed form


def frozen_header(world: World, case: Application) -> dict[str, str]:
    with world.acting("applicant"):
        found: dict[str, str] = json.loads(case.revisions.get().content)["header"]
    return found


@pytest.mark.requirement("R152")
def test_labels_stars_and_order_are_the_notices() -> None:
    printed = [
        f"{'* ' if each.starred else ''}{each.label}" for each in header.HEADER if each.label not in OURS
    ]

    assert printed == STEP_6.strip().splitlines()


def test_the_form_asks_for_exactly_the_typed_fields_under_their_labels(world: World) -> None:
    page = text_of(world.browser("applicant").get(url("header", world.draft(unit=None))))

    assert HeaderForm.base_fields.keys() - {"employer_name"} == set(header.FIELDS)
    assert [key for key in header.FIELDS if header.BY_KEY[key].label not in page] == []


def test_what_the_applicant_types_is_kept_in_a_field_of_the_same_name() -> None:
    kept = {field.name for field in Application._meta.get_fields()}

    assert set(header.FIELDS) <= kept


def test_a_submission_freezes_every_field_in_the_form_it_always_had(world: World) -> None:
    case = world.submit(world.draft(remark="第二学历在读"))

    found = frozen_header(world, case)

    assert found.keys() == header.BY_KEY.keys()
    assert found == {
        "id_kind": "居民身份证",
        "id_index": bytes(case.id_index).hex(),
        "name": case.name,
        "gender": case.gender,
        "ethnicity": "汉族",
        "employer": "省第九人民医院",
        "nature": "事业",
        "target_title": "副高级",
        "phone": "13912345678",
        "education": "大学本科",
        "title_series": "工程技术人员",
        "specialty": "建筑学",
        "region": "湖南省",
        "region_anchor": "单位所在地",
        "span_exception": "",
        "remark": "第二学历在读",
    }


def test_check_page_and_case_page_show_every_field_in_words(world: World) -> None:
    case = world.draft(remark="第二学历在读")
    check = text_of(world.browser("applicant").get(url("check", case)))
    world.submit(case)
    page = text_of(world.browser("employer").get(reverse("review:case", args=[case.pk])))

    asked = re.findall(r"<dt>([^<]+)</dt>", check[: check.index("申报年度明细信息")])
    read = re.findall(r"<dt>([^<]+)</dt>", page)
    assert asked == [each.label for each in header.HEADER if header.Place.CHECK in each.places]
    on_case = {each.case_label or each.label for each in header.HEADER if header.Place.CASE in each.places}
    assert set(read) == on_case - {"不申报全部年度的原因"}  # long, and blank here
    for words in ("副高级", "大学本科", "湖南省", "单位所在地", "第二学历在读"):
        assert words in check and words in page


def test_who_has_no_unit_is_shown_as_such_once_that_is_said(world: World) -> None:
    with world.acting("applicant") as actor:
        case = world.draft(unit=None, region_anchor="archive")
        assert actor.person_id == case.person_id
        policy = header.facts.policy_of(case)
        said = header.frozen(case, policy)
        assert header.BY_KEY["employer"].says(said, policy) == "自由职业"
        assert header.BY_KEY["employer"].says({**said, "nature": ""}, policy) == ""


@pytest.mark.parametrize(
    ("state", "hint"),
    [
        (State.EMPLOYER_REVIEW, "不能修改。如需修改，请先撤销。"),
        (State.REJECTED, "不能修改。请点击“新增学时认定申报”重新申报。"),
        (State.APPROVED, "不能修改。"),
    ],
)
def test_page_and_act_say_alike_why_an_application_cannot_be_edited(
    world: World, state: State, hint: str
) -> None:
    case = world.application(at=state)
    browser = world.browser("applicant")
    says = f"该申报当前为“{state.label}”，{hint}"

    page = text_of(browser.get(url("header", case), follow=True))
    act = text_of(browser.post(url("header", case), {"act": "next"}))

    assert says in page and says in act
    assert f"{says}请" not in page
