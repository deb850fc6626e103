"""学时核认申报详细: what a reviewer sees of a case, and what looking leaves on record."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from applications import services as filing
from applications.models import Application
from applications.states import State
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import Event
from organizations.registry import identity
from tests.review.desks import body, queries_of, several, submitted
from tests.world import YEARS, plain_year


def page_of(case):
    return reverse("review:case", args=[case.pk])


def number_of(case):
    return identity.unseal(bytes(case.id_cipher), table="application", pk=case.pk)


def looks_at(case):
    """How often a full identity number of the case was shown."""
    with scope(Actor.system("tests")):
        return Event.objects.filter(subject_id=case.pk, act="id_number_viewed").count()


@pytest.mark.requirement("R206", "R211")
def test_the_page_shows_the_nine_fields_of_annex_3_in_order(world):
    case = submitted(world)
    page = body(world.browser("employer").get(page_of(case)))
    labels = re.findall(r"<dt>([^<]+)</dt>", page)
    assert labels[:9] == [
        "姓名",
        "身份证号",
        "性别",
        "民族",
        "申报职称",
        "联系电话",
        "申报大类",
        "子专业名称",
        "最高学历",
    ]
    assert "副高级" in page
    assert "13912345678" in page


@pytest.mark.requirement("R213")
def test_the_year_table_has_the_columns_of_annex_3(world):
    page = body(world.browser("employer").get(page_of(submitted(world))))
    head = page[page.index("学时段明细</h2>") :]
    columns = re.findall(r'<th scope="col"[^>]*>([^<]+)</th>', head)[:8]
    assert columns == [
        "年限",
        "公需科目名称",
        "公需科目折算学时分",
        "专业科目名称",
        "专业科目折算学时分",
        "合计学时分",
        "审核状态",
        "操作",
    ]
    for year in YEARS:
        assert f"{year}公需科目" in page
        assert f'href="#y{year}"' in page


@pytest.mark.requirement("R212")
def test_the_competent_reviewer_sees_the_full_number_when_asking_and_each_look_is_on_record(world):
    case = submitted(world)
    browser, address = world.browser("employer"), reverse("review:case_number", args=[case.pk])
    assert number_of(case) not in body(browser.get(page_of(case)))
    assert looks_at(case) == 0
    page = body(browser.post(address, {"version": case.version, "opinion": "写了一半的意见"}))
    assert number_of(case) in page
    assert "写了一半的意见" in page
    assert looks_at(case) == 1
    assert number_of(case) in body(browser.post(address, headers={"X-Beside": "yes"}))
    assert looks_at(case) == 2


def test_who_may_not_decide_gets_no_full_number(world):
    case = world.application(at=State.DEPARTMENT_REVIEW)
    page = body(world.browser("employer").post(reverse("review:case_number", args=[case.pk])))
    assert number_of(case) not in page
    assert looks_at(case) == 0


def test_the_state_says_whether_a_page_that_was_fetched_ahead_is_still_true(world):
    case = submitted(world)
    address = reverse("review:case_state", args=[case.pk])
    browser = world.browser("employer")
    assert browser.get(address).json() == {"version": case.version, "open": True, "claimed": ""}
    case = world.approve(case, by="employer")
    assert browser.get(address).json() == {"version": case.version, "open": False, "claimed": ""}


def test_the_next_case_is_led_to_as_of_now_and_at_the_end_the_list(world):
    first, second = several(world, 2)
    browser = world.browser("employer")
    answer = browser.get(reverse("review:next", args=[first.pk]))
    assert answer["Location"] == page_of(second)
    world.approve(second, by="employer")
    answer = browser.get(reverse("review:next", args=[first.pk]), follow=True)
    assert "待办中没有其他可以办理的申报了。" in body(answer)


def test_turning_evidence_pages_is_no_new_look_at_the_number(world):
    case = submitted(world)
    answer = world.browser("employer").get(page_of(case), headers={"HX-Request": "true"})
    assert 'id="evidence"' in body(answer)
    assert "<html" not in body(answer)
    assert answer["HX-Push-Url"] == "false"
    assert number_of(case) not in body(answer)
    assert looks_at(case) == 0


def test_the_pane_alone_says_why_there_is_no_evidence(world):
    case = submitted(world, evidence=False, note="原件遗失，单位已出具证明")
    answer = world.browser("employer").get(page_of(case), headers={"HX-Request": "true"})
    assert "原件遗失，单位已出具证明" in body(answer)


def test_the_trail_holds_after_a_look(world):
    from organizations import audit

    case = submitted(world)
    world.browser("employer").get(page_of(case))
    with scope(Actor.system("tests")):
        assert list(audit.faults()) == []


@pytest.mark.parametrize("who", ["other_employer", "other_bureau", "department", "bureau", "applicant"])
def test_a_case_that_never_was_on_the_units_desk_is_not_there(world, who):
    case = submitted(world)
    browser = world.browser(who)
    assert browser.get(page_of(case)).status_code == 404
    for act in ("approve", "return", "reject"):
        typed = {"version": case.version, "opinion": "材料不全，请补充"}
        assert browser.post(reverse(f"review:{act}", args=[case.pk]), typed).status_code == 404
    with scope(Actor.system("tests")):
        assert Application.objects.get(pk=case.pk).state == State.EMPLOYER_REVIEW


def test_a_previous_hop_looks_at_the_case_without_buttons_or_full_number(world):
    case = world.application(at=State.DEPARTMENT_REVIEW)
    page = body(world.browser("employer").get(page_of(case)))
    assert "2022公需科目" in page
    assert "该申报现由 省级医疗集团 办理，本单位只能查看。" in page
    assert 'id="decision"' not in page
    assert number_of(case) not in page
    assert looks_at(case) == 0


def test_ones_own_application_shows_the_reason_and_no_buttons(world):
    world.add_person("own", person_of="employer")
    case = submitted(world, by="own")
    page = body(world.browser("employer").get(page_of(case)))
    assert "这是您本人的申报，按规定不能由本人审核" in page
    assert 'id="decision"' not in page
    assert number_of(case) not in page


@pytest.mark.requirement("R232", "R235")
def test_all_three_buttons_stand_after_the_material(world):
    page = body(world.browser("employer").get(page_of(submitted(world))))
    form = page[page.index('id="decision"') :]
    labels = re.findall(r'<button class="button [^>]*>([^<]+)</button>', form)
    assert labels == ["审核通过", "退回修改", "审核不通过"]
    assert page.index('id="y2024"') < page.index('id="decision"')
    assert "材料模糊" in form


def test_the_last_step_of_a_provincial_route_is_a_filing(world):
    case = world.application(at=State.BUREAU_REVIEW)
    page = body(world.browser("bureau").get(page_of(case)))
    assert "备案通过</button>" in page
    assert "不予备案</button>" in page
    assert "审核不通过</button>" not in page


def test_earlier_opinions_and_lowered_hours_are_shown_to_the_next_hop(world):
    from decimal import Decimal

    from review.cases.assessing import YearMark

    case = world.draft(years=YEARS)
    with world.acting("applicant") as actor:
        from applications import services as filing
        from tests.world import plain_year

        case.refresh_from_db()
        filing.save_year(
            actor=actor,
            application_id=case.pk,
            seen=case.version,
            year=2022,
            activities=plain_year(2022, professional="72"),
        )
    case = world.submit(case)
    mark = YearMark(recognised={"professional": Decimal("64.5")}, remark="两天课程没有签到")
    world.approve(case, by="employer", opinion="情况属实", marks={2022: mark})
    page = body(world.browser("department").get(page_of(case)))
    assert "用人单位审核通过" in page
    assert "情况属实" in page
    assert "两天课程没有签到" in page
    assert "已核减为 64.5" in page


def test_warnings_stand_on_top_in_words(world):
    case = submitted(world, evidence=False, note="原件遗失，单位已出具证明")
    page = body(world.browser("employer").get(page_of(case)))
    assert "请先核对" in page
    assert "“2020公需科目”材料不全" in page
    assert "原件遗失，单位已出具证明" in page
    assert page.index("请先核对") < page.index("学时段明细</h2>")


@pytest.mark.requirement("R207", "R224")
def test_the_pane_shows_the_page_that_was_asked_for_and_its_neighbours(world):
    case = submitted(world)
    with world.acting("applicant"):
        papers = list(case.evidence.order_by("year_entry__year", "position"))
    page = body(world.browser("employer").get(page_of(case), {"paper": str(papers[1].pk), "page": "7"}))
    shown = reverse("applications:evidence_page", args=[case.pk, papers[1].pk, 1])
    assert f'src="{shown}"' in page
    assert f"paper={papers[0].pk}" in page
    assert f"paper={papers[2].pk}" in page
    assert "2/15" in page


def test_a_made_up_paper_shows_the_first_one(world):
    case = submitted(world)
    answer = world.browser("employer").get(page_of(case), {"paper": "nothing", "page": "-1"})
    assert answer.status_code == 200
    assert "1/15" in body(answer)


def test_the_next_case_is_one_click_away(world):
    case, following = submitted(world), submitted(world, by="other_applicant")
    page = body(world.browser("employer").get(page_of(case)))
    link = re.search(r'href="([^"]+)" data-next-case', page)
    assert link
    assert link[1] == page_of(following)


def test_the_page_asks_as_many_questions_with_three_more_cases_on_the_desk_as_with_one(world):
    case = submitted(world)
    submitted(world, by="other_applicant")
    browser = world.browser("employer")
    one = queries_of(browser, page_of(case))
    several(world, 2)
    assert queries_of(browser, page_of(case)) == one


def test_the_page_asks_as_many_questions_after_three_hops_as_after_one(world):
    browsers = [world.browser(who) for who in ("department", "bureau")]
    case = world.application(at=State.DEPARTMENT_REVIEW)
    one = queries_of(browsers[0], page_of(case))
    world.approve(case, by="department")
    world.approve(case, by="second_department")
    elsewhere = 2  # a bureau alone asks for the same achievement and the same file (A24)
    assert queries_of(browsers[1], page_of(case)) <= one + elsewhere


def computed_case(world):
    """A case whose 2022 claims 72 hours for a course of eight days, for which the rules give 64."""
    case = world.draft()
    public, _ = plain_year(2022)
    course = filing.ActivityInput(
        "professional",
        "骨干研修班",
        Decimal(72),
        "01",
        kind="training",
        facts={"days": "8", "ended_on": "2022-09-20"},
        over_reason="晚间另有实操",
    )
    with world.acting("applicant") as actor:
        filing.save_year(
            actor=actor, application_id=case.pk, seen=case.version, year=2022, activities=[public, course]
        )
    return world.submit(case)


@pytest.mark.requirement("R208", "R224")
def test_claimed_hours_stand_beside_those_of_the_rules_with_the_clause_they_come_from(world):
    page = body(world.browser("employer").get(page_of(computed_case(world))))
    year = page[page.index('id="y2022-title"') : page.index('id="y2023-title"')]
    row = next(row for row in re.findall(r"<tr>.*?</tr>", year, re.DOTALL) if "骨干研修班" in row)
    cells = [
        " ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)
    ]

    _, named, claimed, computed = cells
    assert claimed == "72"
    assert computed == "64 多报 8"
    assert "每天折算 8 学时" in named
    assert "（湘人社办函〔2025〕37号 附件2·二·1）" in named
    assert "申报人的理由：晚间另有实操" in named


@pytest.mark.requirement("R208")
def test_hours_for_which_the_rules_cannot_say_anything_are_marked_as_such(world):
    page = body(world.browser("employer").get(page_of(submitted(world))))
    assert page.count("未折算") == 2 * len(YEARS)
    assert "多报" not in page
