"""An installation of cd4f66e goes on under the present code: what was begun there is finished here.

These tests stay for every later change. Whoever changes a stored form (a key, a snapshot, a task's or an event's
name, a file's place) sees here whether what people have filed, hold and wait for outlives the upgrade; whoever
cannot keep it green needs a migration or a recomputation, not another archive. `tests/upgrade/make.py` packs one
more archive when a later release is to be upgraded from; it never replaces this one.
"""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from applications.models import Application, Draft
from applications.states import State
from cehours.celery import app
from cehours.sample.people import PASSWORD, id_number_of, known
from certificates.models import Certificate, CertificateState
from certificates.sealing import apart, validating
from certificates.verification import one_file
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import OutboxItem, Person, User
from organizations.models.outbox import OutboxState
from organizations.registry import identity
from review import services as review
from review.batches.verdicts import Order
from review.models import Batch, BatchAct, BatchState
from tests.applications.typing_in import header_of, text_of, url
from tests.upgrade.conftest import Installation
from tests.world import World

pytestmark = [
    pytest.mark.xdist_group("upgrade"),
    pytest.mark.usefixtures("upgraded"),
    pytest.mark.filterwarnings("ignore:unclosed file .*sRGB2014.icc:ResourceWarning"),  # WeasyPrint's own
]
SYSTEM = Actor.system("tests")


@pytest.fixture(autouse=True)
def a_worker_that_just_started() -> None:
    """No throttle has counted anything, every task is known by its name."""
    cache.clear()
    app.loader.import_default_modules()


def browser(login: str) -> Client:
    return World().browser(known(login))


def waiting_at(login: str) -> list[Application]:
    """The cases without remarks on this unit's desk that this person has not decided before."""
    actor = known(login)
    with scope(actor):
        mine = Application.objects.filter(current_unit=actor.unit, warnings=0)
        return list(mine.exclude(decisions__person=actor.person_id).order_by("pk"))


def now_of(case: Application) -> Application:
    with scope(SYSTEM):
        return Application.objects.get(pk=case.pk)


def certificates(**wanted: Any) -> list[Certificate]:
    with scope(SYSTEM):
        return list(Certificate.objects.filter(**wanted).order_by("number"))


def run(task: str, key: object) -> None:
    """What a worker does when a bell rings."""
    app.tasks[task].apply(args=[str(key)], throw=True)


def run_batches() -> None:
    """Chunk after chunk, as each asks for the next."""
    while True:
        with scope(SYSTEM):
            item = OutboxItem.objects.filter(task="review.run_batch", state=OutboxState.PENDING).first()
        if item is None:
            return
        run(item.task, item.key)


def stored(certificate: Certificate) -> bytes:
    """The print as it lies in the storage."""
    with default_storage.open(certificate.storage_key) as file:
        content: bytes = file.read()
    return content


def verified(certificate: Certificate) -> str:
    """The public page's answer to number and name."""
    typed = {"number": certificate.number, "name": json.loads(certificate.sheet)["name"]}
    return text_of(Client().post(reverse("certificates:verify"), typed))


def test_a_reviewer_signs_in_with_the_password_of_before_and_finds_a_case_by_its_pinyin() -> None:
    case = waiting_at("shengting")[0]
    somebody = Client()

    somebody.post(reverse("account_login"), {"login": "shengting", "password": PASSWORD})
    unit = str(known("shengting").membership.pk)
    somebody.post(reverse("organizations:switch"), {"unit": unit})
    for typed in (case.name, case.pinyin, case.initials):
        page = text_of(somebody.get(reverse("review:inbox"), {"text": typed}))
        assert case.name in page, typed


def test_a_case_in_review_is_passed_on() -> None:
    case = waiting_at("danwei")[0]
    page = browser("danwei")

    first = page.post(reverse("review:approve", args=[case.pk]), {"version": case.version, "opinion": "同意"})
    group = known("zhuguan1").unit_id
    page.post(
        reverse("review:approve", args=[case.pk]),
        {
            "version": case.version,
            "opinion": "同意",
            "confirm": "yes",
            "kind": "department",
            "next_unit": str(group),
        },
    )

    assert "湘澜医疗集团" in text_of(first)
    assert (now_of(case).state, now_of(case).current_unit_id) == (State.DEPARTMENT_REVIEW, group)


def test_the_last_approval_numbers_a_certificate_that_is_printed_and_verified() -> None:
    case = waiting_at("shengting")[0]
    last = certificates()[-1].serial

    browser("shengting").post(
        reverse("review:approve", args=[case.pk]),
        {"version": case.version, "opinion": "同意", "confirm": "yes"},
    )
    (certificate,) = certificates(application=case)
    assert certificate.serial == last + 1
    run("certificates.render", certificate.pk)

    page = verified(certificate)
    assert certificate.number in page
    assert json.loads(certificate.sheet)["number"] in page


def test_a_print_that_was_waiting_is_made() -> None:
    waiting = certificates(state=CertificateState.PENDING)
    assert waiting

    run("certificates.render", waiting[0].pk)

    assert certificates(pk=waiting[0].pk)[0].state == CertificateState.READY


def test_every_slip_of_before_is_verified_by_number_by_code_and_by_its_bytes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(apart, "examine", validating.examine)
    printed = certificates(state=CertificateState.READY)
    assert len(printed) == 8

    for certificate in printed:
        content = stored(certificate)
        answer = one_file.verify(content)
        assert (answer.same, answer.says) == (True, "")
        scanned = Client().get(reverse("certificates:verify_token", args=[certificate.token]))
        assert certificate.number in text_of(scanned)
    assert certificate.number in verified(certificate)
    file = SimpleUploadedFile("认定单.pdf", content, "application/pdf")
    page = text_of(Client().post(reverse("certificates:verify_file"), {"file": file, "against": ""}))
    assert one_file.SAME in page


def test_its_holder_downloads_the_very_bytes() -> None:
    certificate = certificates(state=CertificateState.READY)[0]
    holder = User.objects.get(person_id=certificate.person_id)

    answer = browser(holder.username).get(reverse("certificates:download", args=[certificate.pk]))

    assert answer.getvalue() == stored(certificate)


def test_a_batch_confirmed_before_is_worked_off_and_a_new_one_as_well() -> None:
    with scope(SYSTEM):
        batch = Batch.objects.get()
    assert batch.state == BatchState.WAITING

    run_batches()
    with scope(SYSTEM):
        batch.refresh_from_db()
    assert (batch.state, batch.done, batch.refused) == (BatchState.DONE, 3, 0)

    bureau, chosen = known("shengting"), waiting_at("shengting")
    with scope(bureau):
        order = Order(BatchAct.APPROVE, "同意", None)
        seen = [(case.pk, case.version) for case in chosen]
        fresh = review.confirm_batch(actor=bureau, token=uuid4(), order=order, chosen=seen)
    run_batches()
    with scope(SYSTEM):
        fresh.refresh_from_db()
    assert (fresh.state, fresh.done) == (BatchState.DONE, len(chosen))


def look_at_papers(page: Client, case: Application) -> None:
    """Certificates of before that two activities of a year ask for are tied to both, and asked about once."""
    assert "自动标注，请逐个核对" in text_of(page.get(url("papers", case)))
    with scope(SYSTEM):
        papers = list(case.evidence.filter(confirmed=False).values_list("pk", flat=True))
    page.post(url("evidence_confirm", case), {"paper": papers})
    page_now = text_of(page.get(url("papers", case)))
    assert "自动标注，请逐个核对" not in page_now
    assert "个年度的材料已齐全" in page_now or "的退回意见还没有处理" in page_now


def test_a_draft_with_unsaved_text_is_edited_and_submitted() -> None:
    person = known("ziyou").person_id
    with scope(SYSTEM):
        case = Application.objects.get(person_id=person)
    page = browser("ziyou")

    assert "古籍修复" in text_of(page.get(url("draft_compare", case, "header")))
    page.post(url("header", case), header_of(case, specialty="古籍修复"))
    look_at_papers(page, case)
    page.post(url("submit", case), {"version": now_of(case).version, "declared_true": "on"})

    assert (now_of(case).state, now_of(case).specialty) == (State.BUREAU_REVIEW, "古籍修复")
    with scope(SYSTEM):
        assert not Draft.objects.filter(application=case).exists()


def test_a_returned_case_is_filed_again_and_its_reviewer_sees_what_changed() -> None:
    with scope(SYSTEM):
        case = Application.objects.get(person_id=known("tuihui").person_id)
    page = browser("tuihui")

    page.post(url("header", case), header_of(case, specialty="重症护理"))
    look_at_papers(page, case)
    page.post(url("submit", case), {"version": now_of(case).version, "declared_true": "on"})

    assert now_of(case).state == State.EMPLOYER_REVIEW
    assert "重症护理" in text_of(browser("danwei-2").get(reverse("review:case", args=[case.pk])))


def test_identity_numbers_still_open_and_are_still_found(upgraded: Installation) -> None:
    with scope(SYSTEM):
        people = list(Person.objects.all())
        numbers = {identity.number_of(person): person.pk for person in people}

    number = id_number_of(100, "430102")
    assert len(numbers) == len(people) > 150
    assert identity.find_person("resident", number) == numbers[number]


def test_every_task_that_was_ever_asked_for_is_known_by_its_name() -> None:
    with scope(SYSTEM):
        asked = set(OutboxItem.objects.values_list("task", flat=True))

    assert (
        {"certificates.render", "review.run_batch", "organizations.deliver_notice"} <= asked <= set(app.tasks)
    )
