"""学时台账: every year ever recognised for a person, what counts of it, and nothing of anybody else."""

from __future__ import annotations

import re
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cehours.lib import clock
from organizations.acting.scope import scope
from tests.certificates.approving import SYSTEM, approved, approved_for, revoked
from tests.world import YEARS, World
from training import queries
from training.models import RecognisedHours, Source

URL = reverse("certificates:ledger")


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def sums(shown: str) -> dict[int, str]:
    """The hours in each year's row of sums, in the order of the columns."""
    found = re.findall(r"(\d{4}) 年合计 (?:认定单和另计的学时 )?([\d.–]+ [\d.–]+) 学时", shown)
    return {int(year): hours for year, hours in found}


def on_record(
    world: World, year: int, category: str, hours: str, source: Source, number: str, title: str
) -> None:
    with scope(SYSTEM):
        RecognisedHours.objects.create(
            person_id=world.applicant.person_id,
            year=year,
            category=category,
            hours=hours,
            source=source,
            number=number,
            title=title,
        )


def test_every_year_is_shown_with_source_number_and_state(world: World) -> None:
    certificate = approved(world)
    on_record(world, 2019, "public", "12.5", Source.BASE, "JD-7", "基地面授")
    shown = words(world.browser("applicant").get(URL))
    for year in (2019, *YEARS):
        assert f"{year} 年" in shown
    for said in (
        certificate.number,
        "学时认定单",
        "继续教育基地",
        "JD-7",
        "基地面授",
        "12.5",
    ):
        assert said in shown
    assert sums(shown) == {2019: "12.5 –", **dict.fromkeys(YEARS, "30 60")}


def test_what_was_revoked_stays_in_the_ledger_and_counts_no_more(world: World) -> None:
    revoked(world, approved(world))
    shown = words(world.browser("applicant").get(URL))
    assert shown.count("已作废") == len(YEARS)
    assert shown.count("该年度没有有效的已认定学时") == len(YEARS)


def test_of_two_certificates_on_one_year_the_better_counts(world: World) -> None:
    approved(world)
    approved_for(world, 2024, professional="70")
    with world.acting("applicant") as actor:
        newest = queries.ledger(actor)[0]
    assert newest.year == 2024
    assert len(newest.rows) == 4
    assert {key: int(hours) for key, hours in newest.counted.items()} == {"public": 30, "professional": 70}


def test_hours_that_a_certificate_holds_are_shown_and_not_counted_again(world: World) -> None:
    with scope(SYSTEM):
        record = RecognisedHours.objects.create(
            person_id=world.applicant.person_id,
            year=2024,
            category="professional",
            hours="24",
            source=Source.BASE,
            number="JD-8",
            title="基地面授",
        )
    certificate = approved_for(world, 2024, records=[record.pk])

    shown = words(world.browser("applicant").get(URL))
    assert "已计入学时认定单，不重复计算" in shown
    assert sums(shown)[2024] == "30 84"
    revoked(world, certificate)
    shown = words(world.browser("applicant").get(URL))
    assert "已计入学时认定单" not in shown
    assert sums(shown)[2024] == "– 24"


def test_hours_besides_a_certificate_are_counted_and_said_to_be_so(world: World) -> None:
    approved_for(world, 2024)
    on_record(world, 2024, "professional", "16", Source.PLAN, "JH-1", "院内培训")

    shown = words(world.browser("applicant").get(URL))

    assert sums(shown)[2024] == "30 76"
    assert "认定单和另计的学时" in shown
    assert "没有计入学时认定单，另外计算" in shown


def test_the_ledger_names_its_person_and_the_day_and_stands_in_one_table(world: World) -> None:
    approved(world)
    answer = world.browser("applicant").get(URL)
    assert str(world.applicant.user) in words(answer)
    assert f"截至 {clock.today():%Y}年" in words(answer)
    assert answer.content.decode().count("<table") == 1


def test_a_ledger_is_its_persons_own(world: World) -> None:
    certificate = approved(world)
    for who in ("other_applicant", "bureau", "employer"):
        assert certificate.number not in words(world.browser(who).get(URL)), who
    assert Client().get(URL).status_code == 302


def test_the_ledger_asks_the_database_the_same_for_one_year_and_for_five(world: World) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            browser.get(URL)
        return len(seen)

    approved(world, by="other_applicant")
    approved_for(world, 2024)
    counts = []
    for who in ("other_applicant", "applicant"):
        browser = world.browser(who)
        browser.get(URL)
        counts.append(asked())
    assert counts[0] == counts[1]
