"""撤销 and 替代: two people of the issuing bureau, at once, for good; and what follows from it."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from cehours.lib import clock
from certificates import services, tasks
from certificates.models import (
    Certificate,
    CertificateState,
    Revocation,
    RevocationState,
)
from organizations.acting.errors import NotAllowed, NotNow, NotYours
from organizations.acting.scope import scope
from organizations.models import Event, Notice, Unit, User
from review.services import reorganising
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
from tests.certificates.test_verify import scan, words
from tests.review.batching import at_the_city
from tests.world import World
from training.models import RecognisedHours

REASON = "核认后发现培训材料虚假"


@pytest.fixture
def certificate(world: World) -> Certificate:
    return printed(approved(world))


def asked(world: World, certificate: Certificate, by: str = "bureau") -> Revocation:
    with world.acting(by) as actor:
        return services.request_revocation(actor=actor, certificate_id=certificate.pk, reason=REASON)


def confirm(world: World, row: Revocation, by: str = "second_bureau") -> None:
    with world.acting(by) as actor:
        services.confirm_revocation(actor=actor, revocation_id=row.pk)


def state_of(certificate: Certificate) -> str:
    with scope(SYSTEM):
        return Certificate.objects.get(pk=certificate.pk).state


def hours(certificate: Certificate) -> set[bool]:
    with scope(SYSTEM):
        rows = RecognisedHours.objects.filter(number=certificate.number)
        return set(rows.values_list("valid", flat=True))


# -- two people


def test_one_person_asks_and_it_still_stands(world: World, certificate: Certificate) -> None:
    asked(world, certificate)
    assert state_of(certificate) == "ready"
    assert "真实有效" in words(Client().get(scan(certificate)))


def test_the_second_person_ends_it_on_the_public_page_at_once(world: World, certificate: Certificate) -> None:
    row = asked(world, certificate)
    assert "真实有效" in words(Client().get(scan(certificate)))
    confirm(world, row)
    shown = words(Client().get(scan(certificate)))
    assert "该认定单已被撤销" in shown
    assert REASON in shown


def test_the_hours_end_in_the_same_transaction(world: World, certificate: Certificate) -> None:
    assert hours(certificate) == {True}
    with transaction.atomic():
        confirm(world, asked(world, certificate))
        transaction.set_rollback(True)
    assert (state_of(certificate), hours(certificate)) == ("ready", {True})
    confirm(world, asked(world, certificate))
    assert (state_of(certificate), hours(certificate)) == ("revoked", {False})


def test_the_trail_names_both_people_and_the_holder_is_told(world: World, certificate: Certificate) -> None:
    confirm(world, asked(world, certificate))
    with scope(SYSTEM):
        trail = {event.act: event.person_id for event in Event.objects.filter(subject_id=certificate.pk)}
        notice = Notice.objects.get(kind="certificate_revoked")
    assert trail["revocation_requested"] == world.bureau.person_id
    assert trail["revoked"] == world.second_bureau.person_id
    assert notice.person_id == world.applicant.person_id
    assert REASON in notice.body


def told(kind: str) -> set[UUID]:
    with scope(SYSTEM):
        return set(Notice.objects.filter(kind=kind).values_list("person_id", flat=True))


def test_the_other_clerks_of_the_bureau_are_told_and_the_first_learns_the_outcome(
    world: World, certificate: Certificate
) -> None:
    world.add_person("left", unit="province")
    User.objects.filter(username="left").update(is_active=False)
    row = asked(world, certificate)
    assert told("revocation_waiting") == {world.second_bureau.person_id}
    with scope(SYSTEM):
        notice = Notice.objects.get(kind="revocation_waiting")
    assert certificate.number in notice.body
    assert notice.link == reverse("certificates:detail", args=[certificate.pk])
    confirm(world, row)
    assert told("revocation_decided") == {world.bureau.person_id}


def test_who_takes_it_back_is_not_told_so(world: World, certificate: Certificate) -> None:
    row = asked(world, certificate)
    with world.acting("bureau") as actor:
        services.decline_revocation(actor=actor, revocation_id=row.pk)
    assert told("revocation_decided") == set()


def test_a_bureau_without_a_second_person_is_told_before_it_asks(world: World) -> None:
    case = world.approve(at_the_city(world), by="city_bureau")
    certificate = printed(next(row for row in certificates() if row.application_id == case.pk))
    form = reverse("certificates:revoke", args=[certificate.pk])
    page = world.browser("city_bureau").get(form).content.decode()
    assert "邀请一位" in page
    assert "提交撤销申请" not in page
    world.add_person("city_bureau_again", unit="changsha", person_of="city_bureau")
    world.add_person("holder_at_the_bureau", unit="changsha", person_of="applicant")
    with pytest.raises(NotNow, match="没有其他可以复核的经办人"):
        asked(world, certificate, by="city_bureau")
    world.add_person("second_city_bureau", unit="changsha")
    assert "提交撤销申请" in world.browser("city_bureau").get(form).content.decode()
    assert asked(world, certificate, by="city_bureau").state == RevocationState.REQUESTED


def test_the_same_person_cannot_confirm_under_any_login(world: World, certificate: Certificate) -> None:
    world.add_person("bureau_again", unit="province", person_of="bureau")
    row = asked(world, certificate)
    for who in ("bureau", "bureau_again"):
        with pytest.raises(NotAllowed, match="另一位经办人"):
            confirm(world, row, who)
    assert state_of(certificate) == "ready"


def test_the_database_refuses_one_person_as_well(world: World, certificate: Certificate) -> None:
    row = asked(world, certificate)
    row.state, row.decided_by_id, row.decided_at = "confirmed", world.bureau.person_id, clock.now()
    with (
        world.acting("bureau"),
        pytest.raises(DatabaseError, match="two_people_revoke"),
        transaction.atomic(),
    ):
        row.save()
    with scope(SYSTEM), pytest.raises(DatabaseError, match="two people revoke"), transaction.atomic():
        Certificate.objects.filter(pk=certificate.pk).update(
            state="revoked", ended_at=clock.now(), ended_reason="x"
        )


def test_one_may_not_sign_with_the_others_name(world: World, certificate: Certificate) -> None:
    row = asked(world, certificate)
    row.state, row.decided_by_id, row.decided_at = "confirmed", world.second_bureau.person_id, clock.now()
    with world.acting("bureau"), pytest.raises(DatabaseError, match="row-level"), transaction.atomic():
        row.save()


@pytest.mark.parametrize("who", ["applicant", "employer", "department", "other_bureau", "city_bureau"])
def test_nobody_but_the_issuing_bureau_revokes(world: World, certificate: Certificate, who: str) -> None:
    with pytest.raises(NotYours):
        asked(world, certificate, who)
    row = asked(world, certificate)
    with pytest.raises(NotYours):
        confirm(world, row, who)
    assert state_of(certificate) == "ready"


def test_a_declined_one_stands_and_can_be_asked_for_again(world: World, certificate: Certificate) -> None:
    row = asked(world, certificate)
    with pytest.raises(NotNow, match="待复核"):
        asked(world, certificate, "second_bureau")
    with world.acting("second_bureau") as actor:
        services.decline_revocation(actor=actor, revocation_id=row.pk)
    with pytest.raises(NotNow, match="已经处理过"):
        confirm(world, row)
    assert state_of(certificate) == "ready"
    assert asked(world, certificate).state == RevocationState.REQUESTED


# -- for good


def test_it_is_never_undone(world: World, certificate: Certificate) -> None:
    certificate = revoked(world, certificate)
    with pytest.raises(NotNow, match="已经撤销"):
        asked(world, certificate)
    changes = [
        "state = 'ready', ended_at = NULL, ended_reason = ''",
        "ended_reason = 'y'",
        "ended_at = now()",
    ]
    with scope(SYSTEM), connection.cursor() as cursor:
        for change in changes:
            with pytest.raises(DatabaseError, match="keeps what it says"), transaction.atomic():
                cursor.execute(f"UPDATE certificates_certificate SET {change}")
    with world.acting("second_bureau"), connection.cursor() as cursor:
        with pytest.raises(DatabaseError, match="decided once"), transaction.atomic():
            cursor.execute("UPDATE certificates_revocation SET state = 'declined'")
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            cursor.execute("DELETE FROM certificates_revocation")


def test_what_was_revoked_before_its_print_is_never_printed(world: World) -> None:
    certificate = revoked(world, approved(world))
    tasks.render(str(certificate.pk))
    assert state_of(certificate) == "revoked"
    assert Client().get(scan(certificate)).status_code == 404
    assert certificates()[0].number == certificate.number


# -- what rests on it falls with it, what replaces it is named


def test_ranges_that_took_years_from_the_approval_fall_with_it(world: World) -> None:
    first = printed(approved(world))
    second = printed(approved_for(world, 2024, professional="70"))
    with world.acting("applicant") as actor:
        mixed = services.issue_range(actor=actor, from_year=2022, to_year=2024)
    revoked(world, first)
    assert [state_of(row) for row in (first, second, mixed)] == ["revoked", "ready", "revoked"]
    with scope(SYSTEM):
        assert first.number in Certificate.objects.get(pk=mixed.pk).ended_reason


def test_revoking_a_further_range_leaves_its_approval_standing(world: World) -> None:
    first = printed(approved(world))
    with world.acting("applicant") as actor:
        part = printed(services.issue_range(actor=actor, from_year=2022, to_year=2024))
        revoked(world, part)
        again = services.issue_range(actor=actor, from_year=2022, to_year=2024)
    assert (state_of(first), hours(first)) == ("ready", {True})
    assert again.number not in (first.number, part.number)


def test_a_new_approval_of_the_same_range_replaces_the_earlier_certificate(world: World) -> None:
    first = printed(approved(world))
    further_session(world)
    approve(world, world.submit(world.draft(specialty="给排水")))
    second = certificates()[1]
    assert [row.state for row in certificates()] == ["superseded", "pending"]
    assert (hours(first), hours(second)) == ({False}, {True})
    shown = words(Client().get(scan(first)))
    assert "该认定单已被替代" in shown
    assert second.number in shown
    answer = world.browser("applicant").get(reverse("certificates:download", args=[first.pk]))
    assert "已被新的认定单替代" in answer.content.decode()


def test_after_a_revocation_a_new_approval_brings_a_new_certificate(world: World) -> None:
    first = revoked(world, printed(approved(world)))
    further_session(world)
    approve(world, world.submit(world.draft()))
    assert [row.state for row in certificates()] == ["revoked", "pending"]
    with scope(SYSTEM):
        assert Certificate.objects.get(pk=first.pk).superseded_by_id is None


def test_of_one_person_and_range_only_one_can_be_live(world: World, certificate: Certificate) -> None:
    with scope(SYSTEM):
        copy = Certificate.objects.get(pk=certificate.pk)
    assert copy.state == CertificateState.READY
    with scope(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'one_live_certificate_per_range'")
        (definition,) = cursor.fetchone()
    assert "(person_id, from_year, to_year)" in definition


# -- a bureau stays competent for what it issued


def test_no_bureau_is_merged_away_from_its_certificates(world: World) -> None:
    unit, into = world.changsha, world.zhuzhou
    with world.acting("bureau") as actor, pytest.raises(NotAllowed, match="经办机构不能在这里合并"):
        reorganising.merge_unit(actor=actor, unit_id=unit.pk, into_id=into.pk, seen=unit.audit_seq)


def test_a_closed_bureau_can_be_opened_again_to_revoke(world: World) -> None:
    case = world.approve(at_the_city(world), by="city_bureau")
    certificate = printed(next(row for row in certificates() if row.application_id == case.pk))
    here = reverse("certificates:detail", args=[certificate.pk])
    bureau = Unit.objects.filter(pk=world.changsha.pk)
    bureau.update(active=False)
    assert world.browser("city_bureau").get(here).status_code != 200
    assert "该认定单真实有效" in words(Client().get(scan(certificate)))
    bureau.update(active=True)
    world.add_person("second_city_bureau", unit="changsha")
    assert world.browser("city_bureau").get(here).status_code == 200
    assert asked(world, certificate, by="city_bureau").state == RevocationState.REQUESTED
