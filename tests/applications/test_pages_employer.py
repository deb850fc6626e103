"""单位名称 on 基本信息: what is typed is kept, a unit brings its nature and place, and who has none is not asked."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from applications.filed import header
from applications.models import Application
from applications.models.application import RegionAnchor
from organizations.models import Nature, Region, Unit
from tests.applications.typing_in import header_of, text_of, url
from tests.world import World


def send(world: World, case: Application, **typed: Any) -> Any:
    return world.browser("applicant").post(url("header", case), header_of(case, **typed))


def stored(world: World, case: Application) -> Application:
    with world.acting("applicant"):
        return Application.objects.select_related("employer", "region").get(pk=case.pk)


def offered(page: str) -> list[str]:
    """The units to choose from, apart from the one that is chosen already."""
    return re.findall(r'name="employer" value="([^"]*)"', page.split('id="id_employer"')[1])


def test_a_name_that_is_not_a_unit_yet_is_kept_with_its_hits_in_view(world: World) -> None:
    case = world.draft(unit=None)
    answer = send(world, case, nature=Nature.INSTITUTION, employer_name="第九人民")
    page = text_of(answer)
    assert answer.status_code == 422
    assert "按“第九人民”查到 1 个单位，请在下面点选您的单位" in page
    assert 'value="第九人民"' in page
    assert offered(page) == [str(world.hospital.pk), ""]


def test_a_search_that_was_not_finished_is_not_passed_over_for_the_old_unit(world: World) -> None:
    case = world.draft()
    answer = send(world, case, employer_name="湘水")
    assert answer.status_code == 422
    assert "按“湘水”查到 1 个单位" in text_of(answer)
    assert stored(world, case).employer_id == world.hospital.pk


def test_a_name_typed_in_full_is_that_unit_with_its_nature_and_place(world: World) -> None:
    case = world.draft(unit="firm")
    answer = send(world, case, employer_name="星城 第一中学")
    saved = stored(world, case)
    assert answer.status_code == 302
    assert (saved.employer, saved.nature) == (world.school, Nature.INSTITUTION)
    assert saved.region_id == world.school.region_id
    told = text_of(world.browser("applicant").get(answer["Location"]))
    assert "行政区划名称" not in told  # said once, to the browser that asked


def test_what_was_filled_in_is_said_on_the_next_page(world: World) -> None:
    case, browser = world.draft(unit="firm"), world.browser("applicant")
    page = text_of(browser.post(url("header", case), header_of(case, employer=world.school.pk), follow=True))
    assert "单位性质（事业）、行政区划名称（芙蓉区）已按单位登记填入，可改。" in page


@pytest.mark.parametrize("before", ["freelance", "other place"])
def test_another_unit_never_keeps_the_nature_and_place_of_the_one_before(world: World, before: str) -> None:
    case = world.draft(unit=None) if before == "freelance" else world.draft(unit="factory")
    send(world, case, employer=world.university.pk)
    saved = stored(world, case)
    assert (saved.nature, saved.region_id) == (Nature.INSTITUTION, "430000")


def test_a_place_the_person_chose_for_the_new_unit_stays(world: World) -> None:
    case = world.draft(unit="factory")
    send(
        world, case, employer=world.firm.pk, placed_for=world.firm.pk, nature=Nature.ENTERPRISE,
        region=case.region_id, region_anchor="archive",
    )  # fmt: skip
    saved = stored(world, case)
    assert (saved.employer, saved.region_id, saved.region_anchor) == (world.firm, case.region_id, "archive")


def test_a_unit_and_no_unit_at_once_is_refused_with_what_to_do(world: World) -> None:
    case = world.draft()
    page = text_of(send(world, case, nature=Nature.FREELANCE))
    assert "已选择工作单位，单位性质不能是“自由职业”" in page
    assert "请清空" not in page


def test_the_unit_chosen_before_is_not_counted_as_a_hit(world: World) -> None:
    case = world.draft()
    answer = world.browser("applicant").get(
        url("employers", case), {"employer_name": "xsdx", "employer": str(world.hospital.pk)}
    )
    page = text_of(answer)
    assert page.index("目前选定") < page.index("省第九人民医院") < page.index("查到 1 个单位")
    assert offered(page) == [str(world.university.pk), ""]


def test_the_printed_example_is_found(world: World) -> None:
    case, browser = world.draft(), world.browser("applicant")
    example = re.search(r'placeholder="例如：(\S+) 或 ([^"]+)"', text_of(browser.get(url("header", case))))
    assert example
    for typed in example.groups():
        assert "查到" in text_of(browser.get(url("employers", case), {"employer_name": typed}))
    assert Unit.objects.filter(name=example[1], active=True).exists()


def anchor_is_asked(page: str) -> bool:
    return not re.search(r'<div id="anchor"[^>]* hidden', page)


@pytest.mark.parametrize(
    ("unit", "asked"),
    [(None, False), ("hospital", False), ("school", False), ("firm", True), ("society", True)],
)
def test_only_those_with_a_choice_are_asked_whose_place_counts(
    world: World, unit: str | None, asked: bool
) -> None:
    case = world.draft(unit=unit)
    assert anchor_is_asked(text_of(world.browser("applicant").get(url("header", case)))) is asked


def test_a_freelancer_files_by_the_place_of_their_archive_whatever_was_sent(world: World) -> None:
    case = world.draft(unit=None)
    send(world, case, region_anchor="unit")
    assert stored(world, case).region_anchor == RegionAnchor.ARCHIVE
    assert "人事档案所在地" in text_of(world.browser("applicant").get(url("check", case)))


def test_a_freelancers_draft_from_before_is_frozen_with_the_place_of_the_archive(world: World) -> None:
    case = world.draft(unit=None)
    with world.acting("applicant"):
        Application.objects.filter(pk=case.pk).update(region_anchor=RegionAnchor.UNIT)
    case = world.submit(case)
    with world.acting("applicant"):
        frozen = json.loads(case.revisions.get().content)["header"]
    assert frozen["region_anchor"] == "人事档案所在地"


def test_a_public_unit_is_where_it_stands(world: World) -> None:
    case = world.draft(unit="school", region_anchor="archive", region=Region.objects.get(pk="430102"))
    assert case.region_anchor == RegionAnchor.UNIT


@pytest.mark.parametrize(
    ("exception", "asks"),
    [
        ("other", "没有申报哪些年度、为什么"),
        ("late_entry", "何年何月参加专业技术工作"),
        ("transferred", "从哪里调入"),
    ],
)
def test_whoever_files_fewer_years_says_why(world: World, exception: str, asks: str) -> None:
    case = world.draft()
    answer = send(world, case, span_exception=exception, remark=" ")
    assert answer.status_code == 422
    assert asks in text_of(answer)
    assert send(world, case, span_exception=exception, remark="平台证书丢失").status_code == 302


def test_a_draft_without_the_reason_is_not_submitted(world: World) -> None:
    case = world.draft(years=(2024,), span_exception="other", remark="")
    page = text_of(world.browser("applicant").get(url("check", case)))
    assert "没有申报哪些年度、为什么" in page.split("提交前须处理")[1]
    assert header.problems(case, header.facts.policy_of(case)).keys() == {"remark"}
