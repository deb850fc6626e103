"""Hours on record in an application: offered, ticked, confirmed, locked, withdrawn; an earlier slip by its number."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from applications import services as filing
from applications.filed import facts
from applications.models import Activity, Application, Basis
from applications.states import State
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed
from organizations.acting.scope import scope
from organizations.models import Person
from tests.applications.typing_in import add_year, text_of, url, year_of
from tests.world import World
from training.models import RecognisedHours


def enter(world: World, *, who: str = "applicant", **changes: Any) -> RecognisedHours:
    """A row as the command enters it."""
    row = {
        "year": 2022,
        "category": "public",
        "hours": Decimal(30),
        "source": "platform",
        "number": "PT-2022-1",
        "title": "公需科目网络培训",
    }
    with scope(Actor.system("load_recognised")):
        person = Person.objects.get(pk=world.people[who].person_id or "")
        return RecognisedHours.objects.create(person=person, **{**row, **changes})


def withdraw(row: RecognisedHours, **changes: Any) -> None:
    with scope(Actor.system("load_recognised")):
        RecognisedHours.objects.filter(pk=row.pk).update(**(changes or {"valid": False}))


def lines(world: World, case: Application, year: int) -> list[tuple[str, str, str, str]]:
    with world.acting("applicant"):
        rows = Activity.objects.filter(application=case, year_entry__year=year)
        return [(row.title, str(row.claimed), row.basis, row.form) for row in rows]


def years(world: World, case: Application) -> list[int]:
    with world.acting("applicant"):
        return [entry.year for entry in Application.objects.get(pk=case.pk).years.all()]


def certificate(world: World, *covered: int, number: str = "2024000123", who: str = "applicant") -> None:
    for year in covered:
        for category, hours in (("public", 30), ("professional", 60)):
            enter(world, who=who, year=year, category=category, hours=hours, source="certificate",
                  number=number, title="")  # fmt: skip


@pytest.fixture
def case(world: World) -> Application:
    return world.draft(years=(2020, 2021), evidence=False)


@pytest.mark.requirement("R172", "R173")
def test_what_is_on_record_for_the_chosen_year_is_offered_with_source_number_and_hours(
    world: World, case: Application
) -> None:
    enter(world)
    enter(world, year=2023, title="别的年度")
    enter(world, who="other_applicant", title="别人的记录")
    page = text_of(world.browser("applicant").get(url("year_add", case), {"year": "2022"}))
    for words in ("公需科目网络培训", "事业单位培训平台", "PT-2022-1", "30 学时", "确认选择"):
        assert words in page
    assert "别的年度" not in page
    assert "别人的记录" not in page


def test_a_year_without_records_has_no_such_box(world: World, case: Application) -> None:
    page = text_of(world.browser("applicant").get(url("year_add", case), {"year": "2023"}))
    assert "系统已有的学时记录" not in page


@pytest.mark.requirement("R173")
def test_ticked_and_confirmed_it_takes_the_place_of_the_blank_line_and_saves_locked(
    world: World, case: Application
) -> None:
    row, browser = enter(world), world.browser("applicant")
    typed = {
        "version": case.version,
        "year": "2022",
        "take": str(row.pk),
        "public-count": "1",
        "public-0-title": "",
        "public-0-hours": "",
        "public-0-form": "",
        "professional-count": "1",
        "professional-0-title": "2022专业科目",
        "professional-0-hours": "60",
        "professional-0-form": "01",
    }
    confirmed = text_of(browser.post(url("year_add", case), {**typed, "act": "take"}))
    assert f'type="hidden" name="take" value="{row.pk}"' in confirmed
    assert "学时不能修改" in confirmed
    assert 'name="public-0-title"' not in confirmed
    assert 'value="2022专业科目"' in confirmed
    assert years(world, case) == [2020, 2021]
    assert browser.post(url("year_add", case), {**typed, "act": "save"}).status_code == 302
    assert lines(world, case, 2022) == [
        ("公需科目网络培训", "30.0", "platform", "platform"),
        ("2022专业科目", "60.0", "declared", "01"),
    ]


@pytest.mark.requirement("R068")
def test_only_ticked_records_are_taken_and_one_can_be_taken_out_again(
    world: World, case: Application
) -> None:
    first, second = enter(world), enter(world, number="PT-2", title="另一门")
    browser = world.browser("applicant")
    add_year(browser, case, year="2022", take=str(first.pk))
    assert [line[0] for line in lines(world, case, 2022)] == ["公需科目网络培训", "公需课程", "专业课程"]
    page = text_of(browser.get(url("year", case, 2022)))
    assert f'value="untake:{first.pk}"' in page
    assert f'type="checkbox" name="take" value="{second.pk}"' in page
    left = text_of(
        browser.post(url("year", case, 2022), year_of(case, act=f"untake:{first.pk}", take=str(first.pk)))
    )
    assert f'type="checkbox" name="take" value="{first.pk}"' in left
    browser.post(url("year", case, 2022), year_of(world.see("applicant", case.pk)))
    assert [line[0] for line in lines(world, case, 2022)] == ["公需课程", "专业课程"]


@pytest.mark.parametrize("whose", ["other_applicant", "nobody"])
def test_somebody_elses_record_cannot_be_taken(world: World, case: Application, whose: str) -> None:
    key = enter(world, who=whose).pk if whose != "nobody" else "11111111-1111-4111-8111-111111111111"
    answer = add_year(world.browser("applicant"), case, year="2022", take=str(key))
    assert answer.status_code == 422
    assert "学时记录已被撤销或已变动" in text_of(answer)
    assert years(world, case) == [2020, 2021]


def test_the_service_refuses_a_record_of_another_year_by_itself(world: World, case: Application) -> None:
    row = enter(world, year=2023)
    with world.acting("applicant") as actor, pytest.raises(NotAllowed, match="学时记录已被撤销"):
        filing.add_year(
            actor=actor, application_id=case.pk, seen=case.version, year=2022, activities=[], records=[row.pk]
        )


@pytest.mark.parametrize(
    ("source", "basis", "form"),
    [
        ("platform", Basis.PLATFORM, "platform"),
        ("base", Basis.PLATFORM, "platform"),
        ("plan", Basis.PLAN, "plan"),
        ("certificate", Basis.CERTIFICATE, "prior"),
    ],
)
@pytest.mark.requirement("R173")
def test_every_source_counts_and_needs_no_papers(
    world: World, case: Application, source: str, basis: str, form: str
) -> None:
    rows = [
        enter(world, source=source),
        enter(world, source=source, category="professional", hours=60),
    ]
    with world.acting("applicant") as actor:
        filing.add_year(
            actor=actor,
            application_id=case.pk,
            seen=case.version,
            year=2022,
            activities=[],
            records=[row.pk for row in rows],
        )
        found = facts.find(Application.objects.get(pk=case.pk)).of_year(2022)
    assert found is not None
    assert found.met
    assert found.in_order
    assert {line[2:] for line in lines(world, case, 2022)} == {(basis, form)}


def withdrawn_case(world: World) -> tuple[Application, RecognisedHours]:
    """A complete application with a record beside enough typed hours, which is withdrawn afterwards."""
    case, row = world.draft(), enter(world)
    with world.acting("applicant") as actor:
        filing.save_year(
            actor=actor,
            application_id=case.pk,
            seen=case.version,
            year=2022,
            activities=[
                filing.ActivityInput("public", "公需", Decimal(30), "03"),
                filing.ActivityInput("professional", "专业", Decimal(60), "01"),
            ],
            records=[row.pk],
        )
    withdraw(row)
    return world.see("applicant", case.pk), row


def test_a_record_withdrawn_later_is_said_on_the_year_and_stops_submitting(world: World) -> None:
    case, _ = withdrawn_case(world)
    page = text_of(world.browser("applicant").get(url("year", case, 2022)))
    assert "的学时记录已被撤销" in page
    assert "请移除这条记录" in page
    with pytest.raises(NotAllowed, match=r"2022 年：.*学时记录已被撤销.*请移除这条记录"):
        world.submit(case)
    typed = year_of(case)  # the page without the withdrawn record
    assert world.browser("applicant").post(url("year", case, 2022), typed).status_code == 302
    assert world.submit(case).state == State.EMPLOYER_REVIEW


def test_other_lines_of_the_year_can_be_saved_while_a_withdrawn_record_waits(world: World) -> None:
    case, row = withdrawn_case(world)
    typed = year_of(case, take=str(row.pk), **{"public-0-title": "改过的名称"})
    assert world.browser("applicant").post(url("year", case, 2022), typed).status_code == 302
    assert [line[0] for line in lines(world, case, 2022)][:2] == ["公需科目网络培训", "改过的名称"]


def test_hours_that_changed_on_record_are_said_and_saving_again_takes_them_over(
    world: World, case: Application
) -> None:
    row, browser = enter(world), world.browser("applicant")
    add_year(browser, case, year="2022", take=str(row.pk))
    withdraw(row, hours=Decimal(20))
    page = text_of(browser.get(url("year", case, 2022)))
    assert "30 学时" in page or "已改为 20 学时" in page
    browser.post(url("year", case, 2022), year_of(world.see("applicant", case.pk), take=str(row.pk)))
    assert lines(world, case, 2022)[0][:2] == ("公需科目网络培训", "20.0")


def test_the_reviewer_reads_source_and_number(world: World) -> None:
    case, row = world.draft(), enter(world)
    add = year_of(case, take=str(row.pk), **{"public-count": "0"})
    assert world.browser("applicant").post(url("year", case, 2022), add).status_code == 302
    world.submit(case)
    page = text_of(world.browser("employer").get(reverse("review:case", args=[case.pk])))
    assert "事业单位培训平台记录，编号 PT-2022-1" in page
    with world.acting("employer"):
        content = json.loads(Application.objects.get(pk=case.pk).revisions.get().content)
    filed = next(year for year in content["years"] if year["year"] == 2022)["activities"][0]
    assert filed["recognised"] == {"source": "platform", "number": "PT-2022-1", "title": "公需科目网络培训"}


@pytest.mark.requirement("R072")
def test_an_earlier_slip_by_its_number_fills_in_all_its_years_at_once(world: World) -> None:
    case = world.draft(years=(2020,), evidence=False)
    certificate(world, 2019, 2020, 2021, 2022)
    browser = world.browser("applicant")
    answer = browser.post(url("prior", case), {"number": " 2024000123 "}, follow=True)
    told = text_of(answer)
    assert "已带入 2021、2022 年度的学时" in told
    assert "2020 年度原来已经填写，没有改动" in told
    assert years(world, case) == [2020, 2021, 2022]
    assert {line[2] for line in lines(world, case, 2021)} == {"certificate"}
    with world.acting("applicant"):
        found = facts.find(Application.objects.get(pk=case.pk)).of_year(2021)
        assert found is not None
        assert found.in_order


def test_the_persons_own_slips_are_offered_without_typing_a_number(world: World, case: Application) -> None:
    certificate(world, 2022, 2023)
    page = text_of(world.browser("applicant").get(url("prior", case)))
    assert "编号 2024000123" in page
    assert "带入 2022、2023 年度" in page


@pytest.mark.parametrize("number", ["2024000123", "2024999999"])
def test_a_number_of_somebody_else_answers_like_one_that_does_not_exist(
    world: World, case: Application, number: str
) -> None:
    certificate(world, 2022, who="other_applicant")
    answer = world.browser("applicant").post(url("prior", case), {"number": number})
    assert answer.status_code == 422
    page = text_of(answer)
    assert "没有查到您名下该编号的有效学时认定单" in page
    assert "请在上面上传认定单" in page
    assert years(world, case) == [2020, 2021]


def test_a_revoked_slip_is_not_taken_over(world: World, case: Application) -> None:
    certificate(world, 2022)
    with scope(Actor.system("revoke")):
        RecognisedHours.objects.update(valid=False)
    answer = world.browser("applicant").post(url("prior", case), {"number": "2024000123"})
    assert "没有查到您名下该编号" in text_of(answer)


def test_a_slip_outside_the_span_says_which_years_it_covers(world: World, case: Application) -> None:
    certificate(world, 2015, 2016)
    answer = world.browser("applicant").post(url("prior", case), {"number": "2024000123"})
    assert "认定的是 2015、2016 年，不在本次核认跨度内" in text_of(answer)


def test_of_two_slips_of_one_year_only_the_larger_is_offered(world: World, case: Application) -> None:
    certificate(world, 2022, number="2023000001")
    enter(world, source="certificate", number="2024000002", category="public", hours=10)
    page = text_of(world.browser("applicant").get(url("year_add", case), {"year": "2022"}))
    assert "2023000001" in page
    assert "2024000002" not in page
