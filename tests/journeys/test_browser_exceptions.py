"""The exceptions of the notice at a desk, each from nothing to submitted: doctors, freelancers, central units,

transfers and late entry. Nobody meets a refusal only after the work is done.
"""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.filer import PAPERS, YEARS, Filer
from tests.journeys.instance import Instance
from tests.journeys.window import Window

PRINTED_WITHIN = 60.0  # seconds


@pytest.fixture
def filer(desk: Window) -> Filer:
    """Somebody who has just registered."""
    filer = Filer(desk)
    filer.register()
    filer.start()
    return filer


def main_of(filer: Filer) -> str:
    return filer.page.locator("main").inner_text()


@pytest.mark.requirement("R026")
def test_a_doctor_hands_in_the_years_there_are(filer: Filer) -> None:
    filer.fill_header(employer="湘澜第一医院", 最高学历="博士研究生", 申报大类="卫生技术人员")
    filer.save_header()
    expect(filer.page.locator("main")).to_contain_text("博士参评副高按相关规定执行，申报年度由审核人员确认")
    expect(filer.page.locator(".task", has_text="2020 年度")).to_contain_text("可不填")
    filer.fill_years_one_by_one([2023, 2024])
    filer.attach_all([2023, 2024])
    filer.check()
    filer.hand_in()

    assert "现在由 湘澜第一医院 审核" in main_of(filer)
    assert filer.window.look() == []


def approve_as(login: str, case_path: str, chromium: Browser, instance: Instance) -> None:
    with Window.opened(chromium, instance.url, width=1280, height=900) as window:
        window.sign_in(login)
        window.open(f"/review/cases/{case_path.split('/')[2]}/")
        window.press("审核通过")
        window.page.locator("[data-step] [name=confirm]").click()
        expect(window.page.locator("#toasts")).to_contain_text("审核通过")


def certificate_of(filer: Filer) -> str:
    """The number on the page where one prints, as soon as the worker has printed it."""
    deadline = time.monotonic() + PRINTED_WITHIN
    while time.monotonic() < deadline:
        filer.window.open("/certificates/")
        number = re.search(r"\b\d{10}\b", main_of(filer))
        if number and filer.page.locator('main a[href$="/pdf/"]').count():
            return number[0]
        filer.page.wait_for_timeout(300)
    raise AssertionError(main_of(filer))


@pytest.mark.requirement("R044", "R045", "R046")
def test_a_freelancer_goes_straight_to_the_city_bureau_and_gets_the_certificate(
    filer: Filer, chromium: Browser, instance: Instance
) -> None:
    filer.fill_header(行政区划名称="芙蓉区")
    filer.save_header()
    filer.fill_years()
    filer.attach_all()
    filer.check()
    filer.hand_in()
    assert "现在由 长沙市人力资源和社会保障局（演示） 审核" in main_of(filer)
    assert "单位初审" not in main_of(filer)

    path = filer.case_path
    approve_as("shizhou", path, chromium, instance)
    number = certificate_of(filer)
    filer.window.open(f"{path}progress/")

    assert len(number) == 10
    assert "人社部门审核通过" in main_of(filer)


@pytest.mark.requirement("R047", "R048")
@pytest.mark.long
def test_people_of_a_central_unit_learn_on_the_first_page_whether_they_can_file(filer: Filer) -> None:
    filer.window.expects_refusal = True
    filer.fill_header(employer="南岭电力工程局")
    filer.save_header()
    expect(filer.page.locator("[data-error-summary]")).to_contain_text("本年度未委托我省进行高级职称评审")
    assert filer.window.look() == []

    filer.fill_header(employer="中部澜江勘测设计研究院", 单位性质="事业")
    filer.save_header()
    filer.fill_years()
    filer.attach_all()
    filer.check()
    filer.hand_in()

    assert "现在由 中部澜江勘测设计研究院 审核" in main_of(filer)
    assert "审核通过后进入下一环节：人社部门备案" in main_of(filer)


@pytest.mark.requirement("R072", "R073")
@pytest.mark.long
def test_after_a_change_of_employer_the_present_one_reviews_all_and_an_earlier_slip_proves_its_years(
    filer: Filer,
) -> None:
    filer.fill_header(employer="湘澜第一医院")
    filer.save_header()
    filer.fill_years()
    with filer.hand.part("上传附件"):
        filer.hand.follow("佐证材料")
        for year in YEARS:
            filer._open_papers(year, first=year == YEARS[0])
            if year < 2023:
                attach_slip(filer, year)
            else:
                filer.attach(year, *PAPERS)
                filer.hand.press("都核对无误")
            expect(filer.page.locator("main")).to_contain_text(f"{year} 年度的材料已齐全")
    filer.hand.follow("返回申报")
    filer.hand.follow("基本信息")
    filer.fill_header(employer="星河云创软件有限公司", 单位性质="企业", 行政区划名称="岳麓区")
    filer.save_header()
    filer.check()
    assert "2020—2022 年" in main_of(filer)
    filer.hand_in()

    assert "现在由 星河云创软件有限公司 审核" in main_of(filer)
    assert "审核通过后进入下一环节：人社部门核认" in main_of(filer)


def attach_slip(filer: Filer, year: int) -> None:
    """以前年度《学时认定单》 of 2020 to 2022."""
    row = filer.page.locator(".ask-any")
    row.get_by_label("材料种类").select_option(label="以前年度《学时认定单》")
    row.get_by_label("起始年度").fill("2020")
    row.get_by_label("结束年度").fill("2022")
    filer.attach(year, "学时认定单")


@pytest.mark.requirement("R025")
@pytest.mark.long
def test_who_entered_the_profession_late_names_the_reason_and_hands_in_fewer_years(filer: Filer) -> None:
    filer.fill_header(employer="湘澜第一医院")
    filer.save_header()
    filer.fill_years_one_by_one([2023, 2024])
    filer.attach_all([2023, 2024])
    filer.check()
    blocking = filer.page.locator(".tip-block")
    expect(blocking).to_contain_text("还缺 2020 年的学时")
    blocking.get_by_role("link", name="基本信息").click()
    filer.page.get_by_label("不申报全部年度的原因").select_option(label="参加专业技术工作不满五年")
    filer.save_header()
    filer.check()
    assert "参加专业技术工作不满五年" in main_of(filer)
    filer.hand_in()

    assert "现在由 湘澜第一医院 审核" in main_of(filer)
