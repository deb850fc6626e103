"""Exported files: one person's, under one hat, for their time; nobody else's housekeeping touches them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from applications.states import State
from cehours.lib import clock
from cehours.my_data import tasks as my_data
from organizations.models import Membership
from organizations.models.user import Role
from review import tasks
from review.lists import sealed_number
from review.lists.criteria import NO_SUCH_NUMBER
from review.models import ExportJob, ExportState, ListSettings
from review.services import exporting
from tests.security.attacking import browser_of, changed, database
from tests.world import World


@pytest.fixture
def job(world: World) -> ExportJob:
    world.application(at=State.EMPLOYER_REVIEW)
    browser_of(world, "employer").post(reverse("review:exports"), {"list": "inbox", "filter": ""})
    with world.acting("employer"):
        asked = ExportJob.objects.get()
    tasks.write_export(str(asked.pk))
    with world.acting("employer"):
        return ExportJob.objects.get()


def test_the_sweeper_of_personal_archives_leaves_reviewers_files_alone(world: World, job: ExportJob) -> None:
    assert job.state == ExportState.DONE

    my_data.sweep()

    assert default_storage.exists(job.storage_key)
    answer = browser_of(world, "employer").get(reverse("review:export_file", args=[job.pk]))
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content)


def test_a_file_is_neither_a_colleagues_nor_the_same_persons_under_another_hat(
    world: World, job: ExportJob
) -> None:
    hat = Membership.objects.create(user=world.employer.user, unit=world.firm, role=Role.ADMIN)
    urls = [reverse(f"review:{name}", args=[job.pk]) for name in ("export_file", "export_state")]
    browsers = [browser_of(world, who) for who in ("second_employer", "department", "bureau")]
    other_hat = browser_of(world, "employer")
    other_hat.post(reverse("organizations:switch"), {"membership": str(hat.pk)})
    session = other_hat.session
    session["unit"] = hat.pk
    session.save()

    assert [browser.get(url).status_code for browser in [*browsers, other_hat] for url in urls] == [404] * 8


def test_who_left_the_unit_before_the_worker_came_gets_no_file(world: World) -> None:
    world.application(at=State.EMPLOYER_REVIEW)
    browser_of(world, "employer").post(reverse("review:exports"), {"list": "inbox", "filter": ""})
    with world.acting("employer"):
        job = ExportJob.objects.get()
    Membership.objects.filter(user=world.employer.user).delete()

    tasks.write_export(str(job.pk))

    assert not default_storage.exists(job.storage_key)
    with world.acting("employer"):
        assert (again := ExportJob.objects.get()).state == ExportState.FAILED
        assert again.says == exporting.RIGHT_LOST


def test_a_file_that_storage_lost_is_told_and_not_a_crash(world: World, job: ExportJob) -> None:
    default_storage.delete(job.storage_key)

    answer = browser_of(world, "employer").get(reverse("review:export_file", args=[job.pk]))

    assert answer.status_code in (302, 404)


def test_an_expired_file_is_gone_for_its_owner_too(
    world: World, job: ExportJob, django_capture_on_commit_callbacks
) -> None:
    with (
        clock.at(job.done_at + ExportJob.KEPT + timedelta(seconds=1)),
        django_capture_on_commit_callbacks(execute=True),
    ):
        tasks.tidy_exports()

    assert not default_storage.exists(job.storage_key)
    answer = browser_of(world, "employer").get(reverse("review:export_file", args=[job.pk]))
    assert answer.status_code == 302


def test_a_sealed_number_opens_for_its_own_account_alone(world: World) -> None:
    sealed = sealed_number.seal(world.employer, "430102198001010013")

    assert "430102198001010013" not in sealed
    assert sealed_number.unseal(world.employer, sealed) == "430102198001010013"
    for who in ("second_employer", "bureau"):
        assert sealed_number.unseal(world.people[who], sealed) == NO_SUCH_NUMBER
    for broken in (sealed[:-2], sealed + "A", "汉", "", "A" * 200):
        assert sealed_number.unseal(world.employer, broken) == NO_SUCH_NUMBER


def test_a_number_that_is_searched_for_never_stands_in_an_address_or_a_stored_condition(world: World) -> None:
    case = world.application(at=State.EMPLOYER_REVIEW)
    number = "430102198001020012"
    browser = browser_of(world, "employer")

    answer = browser.post(reverse("review:search"), {"list": "inbox", "find": number})
    assert answer.status_code == 302 and number not in answer["Location"]
    address = answer["Location"].partition("?")[2]
    page = browser.get(answer["Location"])
    assert number not in page.content.decode() and case.name not in page.content.decode()
    browser.post(reverse("review:exports"), {"list": "inbox", "filter": address})

    with world.acting("employer"):
        job = ExportJob.objects.get()
    assert number not in f"{job.asked}{job.conditions}"


@pytest.mark.parametrize("name", ["review:look", "review:search", "review:exports", "review:batch"])
def test_what_changes_something_asks_for_the_forms_token(world: World, name: str) -> None:
    browser = browser_of(world, "bureau")
    browser.handler.enforce_csrf_checks = True
    before = database()

    answer = browser.post(reverse(name), {"list": "inbox", "filter": "", "column": ["employer"]})

    assert answer.status_code == 403
    assert changed(before, database()) == []


def test_where_a_form_of_the_list_leads_back_to_is_always_the_list(world: World) -> None:
    browser = browser_of(world, "employer")
    for form in (
        {"list": "//evil.example", "filter": "next=https://evil.example"},
        {"list": "inbox", "filter": "//evil.example", "find": "https://evil.example"},
    ):
        for name in ("review:look", "review:search"):
            assert browser.post(reverse(name), form)["Location"].startswith(reverse("review:inbox"))
    with world.acting("employer"):
        assert ListSettings.objects.get().columns == []
