"""A first filing on a phone: from an empty list to the confirmation that it was handed in."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.papers import scan
from tests.journeys.window import Window

YEARS = range(2020, 2025)


def test_a_first_filing_from_nothing_to_submitted_on_a_phone(phone: Window) -> None:
    page = phone.page
    phone.sign_in("shenbao")
    expect(page.locator("main")).to_contain_text("暂无数据")

    phone.press("新增学时认定申报")
    fill_header(phone)
    phone.press("下一步")
    looks_right(phone)
    phone.follow("2020")
    for year in YEARS:
        fill_year(phone, year)
    for year in YEARS:
        attach_what_is_asked(phone, year)
    hand_in(phone)

    expect(page.locator("main")).to_contain_text("已提交")
    expect(page.locator("main")).to_contain_text("湘澜第一医院")
    looks_right(phone)


def fill_header(phone: Window) -> None:
    page = phone.page
    looks_right(phone)
    page.get_by_label("单位名称").fill("xldyyy")  # by initials; the list comes while typing
    page.get_by_label("湘澜第一医院").check()
    for label, choice in {
        "民族": "汉族",
        "单位性质": "事业",
        "拟申报职称": "副高级",
        "最高学历": "大学本科",
        "申报大类": "卫生技术人员",
    }.items():
        page.get_by_label(label).select_option(label=choice)
    page.get_by_label("联系电话").fill("13900001111")
    page.get_by_label("子专业名称").fill("内科护理")
    page.get_by_label("行政区划名称").select_option("430000")


def fill_year(phone: Window, year: int) -> None:
    page = phone.page
    looks_right(phone)
    for side, hours in (("公需科目", "30"), ("专业科目", "60")):
        page.get_by_label(f"{side}名称").fill(f"{year} 年度{side}")
        page.get_by_label(f"{side}折算学时分").fill(hours)
        page.get_by_label(f"{side}继续教育形式").select_option(label="远程教育")
    phone.press("保存并填写下一年度" if year != YEARS[-1] else "保存")
    expect(page.locator("#messages")).to_contain_text(f"已保存 {year} 年度")


def attach_what_is_asked(phone: Window, year: int) -> None:
    page = phone.page
    phone.open(f"{case_address(phone)}years/{year}/evidence/")
    looks_right(phone)
    asked = page.locator("fieldset", has_text="还缺：")
    for left in range(asked.count(), 0, -1):
        asked.first.get_by_label("选择文件").set_input_files(
            {"name": f"{year}-{left}.jpg", "mimeType": "image/jpeg", "buffer": scan(f"{year} {left}", "jpg")}
        )
        expect(asked).to_have_count(left - 1)
    expect(page.locator("main")).to_contain_text("材料已齐全")


def hand_in(phone: Window) -> None:
    phone.open(f"{case_address(phone)}check/")
    looks_right(phone)
    phone.page.get_by_label("本人承诺").check()
    phone.press("提交")


def case_address(phone: Window) -> str:
    """The address of the application whose pages are being filled in."""
    return "/".join(phone.page.url.split("/")[:5]) + "/"


def looks_right(phone: Window) -> None:
    assert phone.look() == []
