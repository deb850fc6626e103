"""Copies instead of typing: a year into the missing ones, the last application into a new one, the header."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from applications import services as filing
from applications.filed import facts, snapshot
from applications.models import Activity, Application, FilingSession
from applications.states import State
from cehours.lib import clock
from organizations.acting.errors import NotNow
from organizations.models import Unit
from tests.applications.test_recognised import certificate, enter
from tests.applications.typing_in import add_year, text_of, url, year_of
from tests.world import World


def years(world: World, case: Application) -> list[int]:
    with world.acting("applicant"):
        return list(Application.objects.get(pk=case.pk).years.values_list("year", flat=True))


def titles(world: World, case: Application, year: int) -> list[str]:
    with world.acting("applicant"):
        return [row.title for row in Activity.objects.filter(application=case, year_entry__year=year)]


@pytest.fixture
def fresh(world: World) -> Application:
    return world.draft(years=(), evidence=False)


def next_session(world: World) -> FilingSession:
    now = clock.now()
    return FilingSession.objects.create(
        name="2026年度高级职称学时核认",
        policy="hunan-2025",
        year=2026,
        opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=40),
        review_until=now + timedelta(days=80),
    )


def begun_again(world: World) -> Application:
    with world.acting("applicant") as actor:
        return filing.start(actor=actor, session_id=next_session(world).pk)


def test_one_year_typed_and_copied_fills_in_the_whole_span(world: World, fresh: Application) -> None:
    page = text_of(world.browser("applicant").get(url("year_add", fresh), {"year": "2020"}))
    assert "保存并复制到其余 4 个年度" in page
    typed = {"public-0-title": "2020年度公需科目", "public-0-hours": "31.5"}
    add_year(world.browser("applicant"), fresh, year="2020", act="copy", **typed)
    assert years(world, fresh) == [2020, 2021, 2022, 2023, 2024]
    assert titles(world, fresh, 2023) == ["2020年度公需科目", "专业课程"]  # as typed: nobody said it was 2023
    with world.acting("applicant"):
        copied = Activity.objects.get(application=fresh, year_entry__year=2023, category="public")
        assert (copied.claimed, copied.form, copied.basis) == (Decimal("31.5"), "03", "declared")
        assert facts.find(Application.objects.get(pk=fresh.pk)).every_year_met


def test_a_copy_says_where_it_comes_from_until_its_year_is_saved_again(
    world: World, fresh: Application
) -> None:
    browser = world.browser("applicant")
    add_year(browser, fresh, year="2020", act="copy", **{"public-0-title": "2020年度公需科目"})
    page = text_of(browser.get(url("year", fresh, 2023)))
    assert page.count("照 2020 年带入，请改成 2023 年实际参加的") == 2
    assert "名称里写的是 2020 年，请核对是不是 2023 年参加的" in page
    assert "照 2020 年带入" not in text_of(browser.get(url("year", fresh, 2020)))

    case = world.see("applicant", fresh.pk)
    browser.post(url("year", case, 2023), year_of(case, **{"public-0-carried": "2020:30"}))
    assert "照 2020 年带入" not in text_of(browser.get(url("year", fresh, 2023)))


def test_what_reviewers_read_does_not_say_where_a_line_was_copied_from(
    world: World, fresh: Application
) -> None:
    add_year(world.browser("applicant"), fresh, year="2020", act="copy")
    with world.acting("applicant"):
        case = Application.objects.get(pk=fresh.pk)
        revision = snapshot.freeze(case, facts.find(case), now=clock.now())
    assert "带入" not in revision.content


SLIP = {"public-0-form": "prior", "public-0-title": "2019-2023年学时认定单"}


def test_an_old_slip_is_never_copied(world: World, fresh: Application) -> None:
    browser = world.browser("applicant")
    add_year(browser, fresh, year="2020", act="copy", **SLIP)
    assert titles(world, fresh, 2020) == ["2019-2023年学时认定单", "专业课程"]
    assert titles(world, fresh, 2021) == ["专业课程"]


def test_a_year_of_an_old_slip_alone_offers_nothing_to_copy(world: World, fresh: Application) -> None:
    browser = world.browser("applicant")
    add_year(browser, fresh, year="2020", **SLIP, **{"professional-count": "0"})
    assert "照 2020 年带入" not in text_of(browser.get(url("year_add", fresh), {"year": "2021"}))
    case = world.see("applicant", fresh.pk)
    with world.acting("applicant") as actor, pytest.raises(NotNow, match="没有可复制的内容"):
        filing.copy_year(actor=actor, application_id=case.pk, seen=case.version, year=2020)


def test_each_copy_can_be_changed_by_itself(world: World, fresh: Application) -> None:
    browser = world.browser("applicant")
    add_year(browser, fresh, year="2020", act="copy")
    case = world.see("applicant", fresh.pk)
    browser.post(url("year", case, 2021), year_of(case, **{"public-0-title": "另一门"}))
    assert titles(world, case, 2021)[0] == "另一门"
    assert titles(world, case, 2022)[0] == titles(world, case, 2020)[0]


def test_years_that_are_there_stay_as_they_are(world: World, fresh: Application) -> None:
    browser = world.browser("applicant")
    add_year(browser, fresh, year="2022", **{"public-0-title": "已有的"})
    add_year(browser, world.see("applicant", fresh.pk), year="2020", act="copy")
    assert titles(world, fresh, 2022)[0] == "已有的"


def test_a_computed_activity_and_a_record_are_not_copied(world: World, fresh: Application) -> None:
    row = enter(world, year=2020)
    paper = {
        "professional-count": "2",
        "professional-1-title": "某篇论文",
        "professional-1-kind": "paper",
        "professional-1-fact-serial": "cn",
        "professional-1-fact-author": "first",
        "professional-1-fact-published_on": "2020-05",
    }
    add_year(world.browser("applicant"), fresh, year="2020", act="copy", take=str(row.pk), **paper)
    assert len(titles(world, fresh, 2020)) == 4
    assert titles(world, fresh, 2021) == ["公需课程", "专业课程"]


def test_a_year_with_nothing_plain_says_why_it_cannot_be_copied(world: World, fresh: Application) -> None:
    row = enter(world, year=2020)
    add_year(
        world.browser("applicant"), fresh, year="2020", take=str(row.pk),
        **{"public-count": "0", "professional-count": "0"},
    )  # fmt: skip
    case = world.see("applicant", fresh.pk)
    with world.acting("applicant") as actor, pytest.raises(NotNow, match="没有可复制的内容"):
        filing.copy_year(actor=actor, application_id=case.pk, seen=case.version, year=2020)


def test_a_new_application_knows_what_the_last_one_said(world: World) -> None:
    world.application(at=State.APPROVED)
    case = begun_again(world)
    for field, value in {
        "ethnicity": "汉族",
        "education": "21",
        "phone": "13912345678",
        "specialty": "建筑学",
        "target_title": "associate_senior",
        "title_series": "工程技术人员",
    }.items():
        assert getattr(case, field) == value, field
    assert case.employer_id == world.hospital.pk
    assert case.remark == ""


def test_a_unit_that_is_closed_by_now_is_not_carried_over(world: World) -> None:
    world.application(at=State.APPROVED)
    Unit.objects.filter(pk=world.hospital.pk).update(active=False)
    case = begun_again(world)
    assert (case.employer, case.nature, case.region) == (None, "", None)
    assert case.ethnicity == "汉族"


def test_the_first_application_of_an_account_starts_with_its_phone(world: World) -> None:
    actor = world.people["third_applicant"]
    assert actor.user
    actor.user.phone = "13900009999"
    with world.acting("third_applicant"):
        case = filing.start(actor=actor, session_id=world.session.pk)
    assert (case.phone, case.ethnicity) == ("13900009999", "")


def test_the_last_application_is_offered_and_brings_its_years(world: World) -> None:
    world.application(at=State.REJECTED)
    case = begun_again(world)
    browser = world.browser("applicant")
    assert "带入上次申报的年度" in text_of(browser.get(url("header", case)))
    browser.post(url("bring_in", case))
    assert years(world, case) == [2020, 2021, 2022, 2023, 2024]
    assert titles(world, case, 2022) == ["2022公需科目", "2022专业科目"]
    with world.acting("applicant"):
        assert Application.objects.get(pk=case.pk).evidence.count() == 15
        assert facts.find(Application.objects.get(pk=case.pk)).warnings == 0


def test_years_that_a_certificate_covers_come_from_the_record_instead(world: World) -> None:
    world.application(at=State.REJECTED)
    certificate(world, 2020, 2021)
    case = begun_again(world)
    world.browser("applicant").post(url("bring_in", case))
    with world.acting("applicant"):
        rows = Activity.objects.filter(application=case).select_related("year_entry")
        bases: dict[int, set[str]] = {}
        for row in rows:
            bases.setdefault(row.year_entry.year, set()).add(row.basis)
        assert not Application.objects.get(pk=case.pk).evidence.filter(year_entry__year=2020).exists()
    assert bases == {
        2020: {"certificate"},
        2021: {"certificate"},
        **{year: {"declared"} for year in (2022, 2023, 2024)},
    }


def test_an_approved_one_is_covered_by_its_own_certificate(world: World) -> None:
    world.application(at=State.APPROVED)
    case = begun_again(world)
    world.browser("applicant").post(url("bring_in", case))
    with world.acting("applicant"):
        assert {row.basis for row in Activity.objects.filter(application=case)} == {"certificate"}
        assert facts.find(Application.objects.get(pk=case.pk)).every_year_met


def test_one_that_is_still_under_way_is_not_brought_in(world: World) -> None:
    under_way = world.application(at=State.EMPLOYER_REVIEW)
    case = begun_again(world)
    assert "带入上次申报" not in text_of(world.browser("applicant").get(url("header", case)))
    with world.acting("applicant") as actor, pytest.raises(NotNow, match="已经办结"):
        filing.bring_in(actor=actor, application_id=case.pk, seen=case.version, source_id=under_way.pk)


def test_nobody_brings_in_somebody_elses_application(world: World) -> None:
    theirs = world.application(at=State.REJECTED, by="other_applicant")
    case: Any = world.draft(years=())
    with world.acting("applicant") as actor, pytest.raises(Exception, match="没有找到该申报"):
        filing.bring_in(actor=actor, application_id=case.pk, seen=case.version, source_id=theirs.pk)
