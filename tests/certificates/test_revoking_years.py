"""Revoking because of single years: what falls, what stays, and how the person files again."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from applications import services as filing
from applications.models import Application
from applications.states import State
from certificates import services
from certificates.models import Certificate, Revocation, RevocationState
from organizations.acting.errors import NotAllowed, NotNow
from organizations.acting.scope import scope
from organizations.models import Event
from tests.certificates.approving import (
    SYSTEM,
    approve,
    approved,
    approved_for,
    certificates,
    further_session,
    printed,
    revoked,
)
from tests.certificates.test_revoking import REASON
from tests.certificates.test_revoking_pages import page_text
from tests.world import World
from training.models import RecognisedHours


@pytest.fixture
def certificate(world: World) -> Certificate:
    return printed(approved(world))


def states() -> dict[str, str]:
    return {row.number: row.state for row in certificates()}


def valid_years(certificate: Certificate) -> list[int]:
    with scope(SYSTEM):
        rows = RecognisedHours.objects.filter(number=certificate.number, valid=True).order_by("year")
        return list(rows.values_list("year", flat=True).distinct())


def test_only_certificates_that_hold_the_year_fall_and_the_other_years_stay(
    world: World, certificate: Certificate
) -> None:
    with world.acting("applicant") as actor:
        early = printed(services.issue_range(actor=actor, from_year=2020, to_year=2021))
        late = printed(services.issue_range(actor=actor, from_year=2022, to_year=2023))
    revoked(world, certificate, years=[2020])
    assert states() == {certificate.number: "revoked", early.number: "revoked", late.number: "ready"}
    assert valid_years(certificate) == [2021, 2022, 2023, 2024]


def test_an_approval_that_took_other_years_over_keeps_its_certificate(
    world: World, certificate: Certificate
) -> None:
    with scope(SYSTEM):
        taken = RecognisedHours.objects.filter(number=certificate.number, year=2024)
        records = list(taken.values_list("pk", flat=True))
    second = approved_for(world, 2024, records=records)
    revoked(world, certificate, years=[2020])
    assert states() == {certificate.number: "revoked", second.number: "pending"}
    assert world.see("applicant", second.application_id).revoked_at is None


@pytest.mark.parametrize("years", [[], [2019], [2020, 2025]])
def test_only_years_of_the_certificate_are_in_question(
    world: World, certificate: Certificate, years: list[int]
) -> None:
    with world.acting("bureau") as actor, pytest.raises(NotAllowed, match="勾选认定单上有问题的年度"):
        services.request_revocation(actor=actor, certificate_id=certificate.pk, reason=REASON, years=years)


def test_a_revocation_from_before_means_all_years(world: World, certificate: Certificate) -> None:
    with world.acting("bureau") as actor:
        asked = Revocation.objects.create(
            certificate=certificate,
            unit_id=actor.unit_id,
            reason=REASON,
            requested_by_id=actor.person_id,
            requested_name="前一版本",
        )
    with world.acting("second_bureau") as actor:
        services.confirm_revocation(actor=actor, revocation_id=asked.pk)
    assert valid_years(certificate) == []


def test_a_revoked_approval_frees_its_session_and_the_untouched_years_are_carried_over(
    world: World, certificate: Certificate
) -> None:
    revoked(world, certificate, years=[2020])
    browser, case = world.browser("applicant"), certificate.application_id
    listed = page_text(browser.get(reverse("applications:list")))
    assert "认定单已撤销" in listed
    assert "学时认定单已撤销，本次申报不再有效" in listed
    assert "重新申报" in listed
    assert "学时证书打印”中查询并下载" not in listed
    for page in ("detail", "progress"):
        shown = page_text(browser.get(reverse(f"applications:{page}", args=[case])))
        assert "学时认定单已撤销" in shown
        assert "在“学时证书打印”中查询并下载" not in shown
    assert "认定单已撤销" in page_text(world.browser("bureau").get(reverse("review:case", args=[case])))

    answer = browser.post(reverse("applications:copy", args=[case]))

    with world.acting("applicant"):
        again = Application.objects.exclude(pk=case).get()
        assert again.session_id == world.see("applicant", case).session_id
        assert list(again.years.values_list("year", flat=True)) == [2021, 2022, 2023, 2024]
    assert answer.headers["Location"] == reverse("applications:detail", args=[again.pk])
    assert "认定单撤销后重新申报" in page_text(browser.get(reverse("applications:progress", args=[again.pk])))
    assert browser.post(reverse("applications:copy", args=[case])).status_code != 302


def test_the_year_is_filed_again_and_approved_in_the_same_session(
    world: World, certificate: Certificate
) -> None:
    revoked(world, certificate, years=[2020, 2021, 2022, 2023, 2024])
    case = approve(world, world.submit(world.draft()))
    assert case.state == State.APPROVED
    assert [row.state for row in certificates()] == ["revoked", "pending"]


def test_what_an_earlier_revocation_left_falls_with_the_year_it_was_taken_over_for(
    world: World, certificate: Certificate
) -> None:
    revoked(world, certificate, years=[2020])
    with scope(SYSTEM):
        left = RecognisedHours.objects.filter(number=certificate.number, year=2024)
        records = list(left.values_list("pk", flat=True))
    second = printed(approved_for(world, 2024, records=records))
    revoked(world, second, years=[2024])
    assert valid_years(certificate) == [2021, 2022, 2023]


def test_the_mark_is_on_record_and_is_set_by_nobody_else(world: World, certificate: Certificate) -> None:
    case = certificate.application_id
    for who in ("applicant", "bureau"):
        with (
            world.acting(who),
            pytest.raises(DatabaseError, match="not changed"),
            transaction.atomic(),
        ):
            Application.objects.filter(pk=case).update(revoked_at=certificate.issued_at)
    revoked(world, certificate, years=[2020])
    with scope(SYSTEM):
        assert Event.objects.filter(subject="application", subject_id=case, act="revoked").count() == 1
        with pytest.raises(DatabaseError, match="not changed"), transaction.atomic():
            Application.objects.filter(pk=case).update(revoked_at=None)


def test_a_standing_approval_is_not_filed_again(world: World, certificate: Certificate) -> None:
    with world.acting("applicant") as actor, pytest.raises(NotNow, match="认定单已撤销"):
        filing.copy_rejected(actor=actor, application_id=certificate.application_id)


def test_both_persons_read_which_years_and_certificates_fall(world: World, certificate: Certificate) -> None:
    with world.acting("applicant") as actor:
        early = printed(services.issue_range(actor=actor, from_year=2020, to_year=2021))
        late = printed(services.issue_range(actor=actor, from_year=2022, to_year=2023))
    first, form = world.browser("bureau"), reverse("certificates:revoke", args=[certificate.pk])
    empty = first.get(form)
    assert "一并撤销，共 2 份" in page_text(empty)
    assert empty.content.decode().count("checked") == 5
    typed = {"reason": REASON, "years": ["2020"], "shown": "2020 2021 2022 2023 2024"}
    asked_again = first.post(form, typed)
    assert asked_again.status_code == 422
    assert f"一并撤销，共 1 份： 编号 {early.number}" in page_text(asked_again)
    assert REASON in asked_again.content.decode()
    assert first.post(form, {**typed, "shown": "2020"}).status_code == 302
    with scope(SYSTEM):
        assert Revocation.objects.get(state=RevocationState.REQUESTED).years == [2020]
    second = page_text(
        world.browser("second_bureau").get(reverse("certificates:detail", args=[certificate.pk]))
    )
    assert "有问题的年度：2020 年" in second
    assert early.number in second
    assert late.number not in second


def test_a_further_session_is_not_touched(world: World, certificate: Certificate) -> None:
    further_session(world)
    other = approve(world, world.submit(world.draft()))
    revoked(world, certificate, years=[2020])
    assert world.see("applicant", other.pk).revoked_at is None
