"""The sample province: real acts only, the same every time, and refused outside a demo."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any
from unicodedata import east_asian_width

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings

from applications.models import Application, Evidence, FilingSession
from applications.states import State
from cehours.lib import clock
from cehours.lib.idnumbers import IdKind, validate
from cehours.sample import accounts, names, plan
from cehours.sample.load import load
from cehours.sample.people import PASSWORD, id_number_of
from certificates.models import Certificate
from organizations import audit
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import Event, Membership, Notice, Unit, User
from review.models import Digest
from review.services import digesting

pytestmark = pytest.mark.xdist_group("sample")  # one worker loads it once


@pytest.fixture(scope="module")
def sample(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """The small sample, loaded once for this module and rolled back afterwards."""
    folder = {"location": tmp_path_factory.mktemp("media")}
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": folder}
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(STORAGES={**settings.STORAGES, "default": storage}):
            list(load(few=True))
        yield
        transaction.set_rollback(True)


def test_the_trail_of_every_sample_case_is_whole(sample: None) -> None:
    with scope(Actor.system("test")):
        assert list(audit.faults()) == []


def test_every_desk_of_the_provincial_route_has_work(sample: None) -> None:
    with scope(Actor.system("test")):
        units = set(
            Application.objects.exclude(current_unit=None).values_list("current_unit__name", flat=True)
        )

    wanted = {"湘澜第一医院", "湘澜医疗集团", "湘澜健康事务管理局", "湖南省人力资源和社会保障厅（演示）"}
    assert wanted <= units


def test_everybody_who_works_for_a_unit_has_a_digest_and_whose_desk_has_work_is_told(sample: None) -> None:
    with scope(Actor.system("test")):
        digests = list(Digest.objects.all())
        staff = Membership.objects.filter(user__is_active=True, unit__active=True, user__person__isnull=False)
        assert {each.person_id for each in digests} == set(staff.values_list("user__person_id", flat=True))
        for digest in digests:
            digesting.tell(str(digest.pk))
        titles = Notice.objects.filter(kind="digest").values_list("title", flat=True)
        assert titles and all(title.startswith("工作提要：") for title in titles)


def test_an_approved_case_has_its_numbered_certificate(sample: None) -> None:
    with scope(Actor.system("test")):
        certificate = Certificate.objects.get()
        assert certificate.application.state == State.APPROVED
        assert certificate.application.person.users.get().username == "tongguo"


def test_nobody_decided_in_the_future_or_before_the_case_arrived(sample: None) -> None:
    with scope(Actor.system("test")):
        for case in Application.objects.exclude(revision=0).prefetch_related("decisions"):
            moments = [case.session.opens_at]
            for decision in case.decisions.all():
                moments += [decision.arrived_at, decision.decided_at]
            assert moments == sorted(moments)
            assert moments[-1] < clock.now()


def test_loading_again_adds_nothing(sample: None) -> None:
    def everything() -> list[int]:
        with scope(Actor.system("test")):
            return [model.objects.count() for model in (User, Unit, Application, Evidence, Event)]

    before = everything()

    list(load(few=True))

    assert everything() == before


def test_every_login_of_the_table_opens_with_the_printed_password(sample: None) -> None:
    listed = {
        account.login: account for account in (*accounts.APPLICANTS, *accounts.REVIEWERS, accounts.CAREFUL)
    }
    users = User.objects.filter(username__in=listed).prefetch_related("memberships")

    assert {user.username for user in users} == set(listed)
    assert {len(user.memberships.all()) for user in users if listed[user.username].unit} == {1}
    assert len({user.password for user in users}) == 1
    assert users[0].check_password(PASSWORD)


def test_a_demo_that_slept_past_its_session_finds_it_open_again(sample: None) -> None:
    later = clock.now() + timedelta(days=120)

    with clock.at(later), transaction.atomic():
        list(load(few=True))
        assert FilingSession.objects.get().is_open(later)
        transaction.set_rollback(True)


def test_outside_a_demo_nothing_is_loaded(settings: Any) -> None:
    settings.DEMO = False

    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("sample_data")


def test_the_table_of_accounts_is_aligned_for_chinese(settings: Any) -> None:
    settings.DEMO = True
    out = StringIO()

    call_command("sample_data", "--accounts", stdout=out)

    lines = out.getvalue().splitlines()
    starts = {width(line.partition(PASSWORD)[0]) for line in lines[2:]}
    assert len(starts) == 1
    assert {account.login for account in accounts.REVIEWERS} <= {
        word for line in lines for word in line.split()
    }


def width(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def test_about_two_hundred_people_stand_in_every_state() -> None:
    cases = list(plan.everybody())

    assert 190 <= len(cases) + len(accounts.desks()) <= 210
    assert set(Counter(case.ending for case in cases)) == set(plan.Ending)
    assert len({case.login for case in cases}) == len(cases)


def test_identity_numbers_are_valid_and_different() -> None:
    numbers = [id_number_of(number, "430102") for number in range(1, 300)]

    assert [validate(IdKind.RESIDENT, number) for number in numbers] == numbers
    assert len(set(numbers)) == len(numbers)


def test_names_are_always_the_same() -> None:
    first, second = names.invented(), names.invented()

    assert [next(first) for _ in range(200)] == [next(second) for _ in range(200)]
