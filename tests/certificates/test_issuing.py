"""The number and the facts of a certificate are fixed in the transaction that approves."""

from __future__ import annotations

import json
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from applications import services as filing
from applications.states import State
from cehours.lib import clock
from certificates import services
from certificates.issuing import numbering
from certificates.models import Certificate, CertificateState, NumberCounter
from certificates.paper.sheet import Sheet
from organizations.acting.errors import NotAllowed
from organizations.acting.scope import scope
from organizations.models import OutboxItem
from review.cases.assessing import YearMark
from tests.certificates.approving import (
    SYSTEM,
    approve,
    approved,
    approved_for,
    certificates,
    further_session,
    printed,
    undone,
)
from tests.world import YEARS, World, plain_year
from training.models import RecognisedHours


@pytest.mark.requirement("R193", "R027")
def test_before_the_last_approval_there_is_no_certificate(world: World) -> None:
    world.application(at=State.BUREAU_REVIEW)
    assert certificates() == []
    assert not NumberCounter.objects.exists()


@pytest.mark.requirement("R198")
def test_the_approval_issues_a_ten_digit_number_for_the_whole_span(world: World) -> None:
    certificate = approved(world)
    year = clock.today().year
    assert certificate.number == f"{year}000001"
    assert (certificate.from_year, certificate.to_year) == (2020, 2024)
    assert certificate.issued_by == world.province
    assert certificate.state == CertificateState.PENDING


def test_the_approval_asks_the_outbox_for_the_print(world: World) -> None:
    certificate = approved(world)
    with scope(SYSTEM):
        row = OutboxItem.objects.get(task="certificates.render")
    assert (row.key, row.state) == (str(certificate.pk), "pending")


@pytest.mark.requirement("R199", "R240")
def test_the_sheet_says_what_was_filed_whatever_changes_afterwards(world: World) -> None:
    case = world.submit(world.draft(specialty="给排水"))
    world.applicant.user.display_name = "改名"
    world.applicant.user.save()
    approve(world, case)
    sheet = Sheet.from_json(certificates()[0].sheet)
    assert (sheet.name, sheet.specialty, sheet.education) == (case.name, "给排水", "大学本科")
    assert sheet.target_title == "副高级"


def test_hours_are_printed_as_the_last_assessment_recognised_them(world: World) -> None:
    case = world.draft()
    with world.acting("applicant") as actor:
        rich = plain_year(2022, professional="70")
        filing.save_year(actor=actor, application_id=case.pk, seen=case.version, year=2022, activities=rich)
    case = world.submit(case)
    less = YearMark(remark="讲座通知缺盖章", recognised={"professional": Decimal(62)})
    approve(world, case, marks={2022: less})
    rows = {row.year: row.hours for row in Sheet.from_json(certificates()[0].sheet).rows}
    assert rows[2022] == (Decimal(30), Decimal(62))
    assert rows[2023] == (Decimal(30), Decimal(60))


def test_the_recognised_hours_go_into_the_persons_record(world: World) -> None:
    certificate = approved(world)
    with world.acting("applicant") as actor:
        rows = list(RecognisedHours.objects.filter(person_id=actor.person_id, number=certificate.number))
    assert len(rows) == 2 * len(YEARS)
    assert {row.hours for row in rows} == {Decimal(30), Decimal(60)}


def test_numbers_follow_each_other(world: World) -> None:
    first, second = approved(world), approved(world, by="other_applicant")
    assert int(second.number) == int(first.number) + 1


def test_a_number_taken_by_an_approval_that_fails_is_not_lost(world: World) -> None:
    year = clock.today().year
    for _ in range(2):
        with undone():
            assert numbering.take(year) == 1


def test_each_year_begins_its_own_numbers(world: World) -> None:
    with undone():
        assert [numbering.take(year) for year in (2025, 2025, 2026)] == [1, 2, 1]


def test_the_number_after_999999_is_refused(world: World) -> None:
    NumberCounter.objects.create(year=2025, last=999_999)
    numbering.lose(2025, 1, 999_999)
    with pytest.raises(IntegrityError, match="serial_has_six_digits"), transaction.atomic():
        numbering.take(2025)


def test_two_bureau_clerks_approving_at_once_get_two_numbers(committed_world: World) -> None:
    world = committed_world
    cases = [world.application(at=State.BUREAU_REVIEW, by=who) for who in ("applicant", "other_applicant")]
    start, errors = Barrier(2), []

    def work(case: object, who: str) -> None:
        try:
            start.wait()
            world.approve(case, by=who)
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [
        Thread(target=work, args=pair) for pair in zip(cases, ("bureau", "second_bureau"), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert [row.serial for row in certificates()] == [1, 2]


def test_an_application_that_is_not_approved_gets_no_certificate(world: World) -> None:
    case = world.application(at=State.BUREAU_REVIEW)
    with world.acting("bureau") as actor:
        decision = case.decisions.order_by("hop").last()
        with pytest.raises(NotAllowed, match="尚未审核通过"):
            services.issue(actor=actor, case=case, decision=decision)
    assert certificates() == []


def test_a_second_approval_of_the_same_span_has_its_own_certificate(world: World) -> None:
    first = approved(world)
    further_session(world)
    case = approve(world, world.submit(world.draft(specialty="给排水")))
    numbers = [(row.number, row.application_id) for row in certificates()]
    assert numbers[0] == (first.number, first.application_id)
    assert numbers[1][1] == case.pk
    assert [json.loads(row.sheet)["specialty"] for row in certificates()] == ["建筑学", "给排水"]


def test_a_shorter_approval_covers_its_own_years(world: World) -> None:
    certificate = approved_for(world, 2023, 2024)
    assert (certificate.from_year, certificate.to_year) == (2023, 2024)


def test_a_printed_certificate_keeps_what_it_says(world: World) -> None:
    certificate = printed(approved(world))
    changes = ["sheet = '{}'", "number = '2020000000'", "to_year = 2030", "sha256 = 'ff'", "token = 'x'"]
    with scope(SYSTEM), connection.cursor() as cursor:
        for change in [*changes, "state = 'pending'"]:
            with pytest.raises(DatabaseError, match="a certificate keeps what it says"), transaction.atomic():
                cursor.execute(f"UPDATE certificates_certificate SET {change}")
        assert Certificate.objects.get(pk=certificate.pk).sheet == certificate.sheet


def test_a_certificate_cannot_be_deleted(world: World) -> None:
    approved(world)
    with scope(SYSTEM), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Certificate.objects.all()._raw_delete("default")
