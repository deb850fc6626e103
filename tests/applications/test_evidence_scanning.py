"""Quarantine: while the scanner is away files wait, unseen, and nothing that waits is submitted."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction

from applications import services
from applications.files import scan
from applications.models import Application, Evidence, Scan
from applications.states import State
from applications.tasks import scan_evidence
from cehours.lib import clock
from cehours.lib.uploads import Infected
from organizations import outbox
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed
from organizations.acting.scope import scope
from organizations.models import Event
from organizations.models.outbox import OutboxItem, OutboxState
from tests.applications.typing_in import url
from tests.clamd import EICAR, MARKER, Clamd
from tests.databases import CeleryWorker
from tests.security.corpus.pdfs import pdf
from tests.security.test_hostile_uploads import send
from tests.world import World

MARKED = pdf() + b"%" + MARKER + b"\n"  # a comment behind the end; only the scanner minds


LABEL = {"year": 2020, "filename": "证书.pdf", "kind": "completion", "stamped": True}


def upload(world: World, case: Application, content: bytes = MARKED) -> Evidence:
    with world.acting("applicant") as actor:
        return services.attach(actor=actor, application_id=case.pk, file=io.BytesIO(content), **LABEL)


def asked_for() -> list[OutboxItem]:
    with scope(Actor.system("test")):
        return list(OutboxItem.objects.filter(task=scan.SCAN))


def again(world: World, paper: Evidence) -> Evidence:
    with world.acting("applicant"):
        return Evidence.objects.get(pk=paper.pk)


def opened(world: World, case: Application, paper: Evidence, who: str = "applicant") -> set[int]:
    """The answers of every address that shows the bytes."""
    browser = world.browser(who)
    places = (
        url("evidence_file", case, paper.pk),
        url("evidence_page", case, paper.pk, 1),
        url("evidence_thumb", case, paper.pk),
    )
    answers = [browser.get(place) for place in places]
    for answer in answers:
        b"".join(answer)  # a download is open until it was read
    return {answer.status_code for answer in answers}


@pytest.fixture
def case(world: World) -> Application:
    return world.draft(years=(2020,), evidence=False)


def test_without_a_scanner_a_file_is_usable_and_it_is_on_record_that_nothing_looked(
    world: World, case: Application
) -> None:
    paper = upload(world, case)

    assert (paper.scan, paper.scanned_at) == (Scan.CLEAN, None)
    assert opened(world, case, paper) == {200}


def test_a_clean_file_is_usable_at_once_and_carries_the_time_of_its_scan(
    world: World, case: Application, clamd: Clamd
) -> None:
    paper = upload(world, case, pdf())

    assert paper.scan == Scan.CLEAN and paper.scanned_at is not None
    assert asked_for() == []


@pytest.mark.parametrize("content", [MARKED, EICAR, EICAR + pdf()], ids=["marker", "EICAR", "EICAR and PDF"])
def test_an_infected_file_is_refused_put_on_record_and_leaves_nothing(
    world: World, case: Application, clamd: Clamd, content: bytes
) -> None:
    with world.acting("applicant") as actor:
        with pytest.raises(Infected, match=r"发现病毒.*请先用杀毒软件"):
            services.attach(actor=actor, application_id=case.pk, file=io.BytesIO(content), **LABEL)
        assert not case.evidence.exists()
        event = Event.objects.get(act="evidence_infected", subject_id=case.pk)
    assert event.person_id == world.applicant.person_id
    assert not default_storage.exists("evidence")


def test_the_page_says_so_and_keeps_the_record(world: World, case: Application, clamd: Clamd) -> None:
    answer = send(world.browser("applicant"), case, b"a.pdf", MARKED)

    assert answer.status_code == 422
    assert "发现病毒" in answer.content.decode()
    with scope(Actor.system("test")):
        assert Event.objects.filter(act="evidence_infected", subject_id=case.pk).count() == 1


def test_while_the_scanner_is_away_a_file_waits_and_nobody_opens_it(
    world: World, case: Application, clamd: Clamd
) -> None:
    clamd.stop()
    paper = upload(world, case)

    assert (paper.scan, paper.scanned_at) == (Scan.WAITING, None)
    assert opened(world, case, paper) == {404}
    page = world.browser("applicant").get(url("evidence", case, 2020)).content.decode()
    assert "证书.pdf" in page and "等待安全检查" in page


def test_what_waits_is_not_submitted_and_the_person_is_told_why(world: World, clamd: Clamd) -> None:
    case = world.draft()
    clamd.stop()
    paper = upload(world, case)

    with pytest.raises(NotAllowed, match=r"证书\.pdf.*正在等待安全检查.*稍后再试"):
        world.submit(case)
    assert world.see("applicant", case.pk).state == State.DRAFT

    clamd.start()
    with world.acting("applicant") as actor:
        services.detach(actor=actor, application_id=case.pk, evidence_id=paper.pk)
    world.submit(case)


def test_the_task_waits_for_the_scanner_however_long_and_then_frees_the_file(
    world: World, case: Application, clamd: Clamd
) -> None:
    clamd.stop()
    paper = upload(world, case, pdf())
    for _ in range(outbox.MOST_ATTEMPTS + 2):
        scan_evidence(str(paper.pk))
    (item,) = asked_for()
    assert (item.state, item.attempts) == (OutboxState.PENDING, 0)
    assert item.run_after - clock.now() < timedelta(minutes=2)
    assert again(world, paper).scan == Scan.WAITING

    clamd.start()
    scan_evidence(str(paper.pk))

    assert again(world, paper).scan == Scan.CLEAN and again(world, paper).scanned_at is not None
    assert opened(world, case, paper) == {200}


def test_what_turns_out_infected_is_gone_from_storage_and_its_owner_is_told(
    world: World, clamd: Clamd
) -> None:
    case = world.draft()
    clamd.stop()
    paper = upload(world, case)
    clamd.start()

    scan_evidence(str(paper.pk))

    assert again(world, paper).scan == Scan.INFECTED
    assert opened(world, case, paper) == {404}
    assert not default_storage.exists(paper.storage_key)
    with scope(Actor.system("test")):
        assert Event.objects.filter(act="evidence_infected", subject_id=case.pk).count() == 1
    page = world.browser("applicant").get(url("evidence", case, 2020)).content.decode()
    assert "发现病毒" in page and "删除" in page
    with pytest.raises(NotAllowed, match=r"发现病毒，不能提交。请删除"):
        world.submit(case)


def test_one_scan_judges_every_waiting_file_with_the_same_bytes(world: World, clamd: Clamd) -> None:
    first = world.draft(years=(2020,), evidence=False)
    clamd.stop()
    one, two = upload(world, first), upload(world, first)
    clamd.start()

    scan_evidence(str(one.pk))

    assert {again(world, paper).scan for paper in (one, two)} == {Scan.INFECTED}
    scan_evidence(str(two.pk))
    assert {item.state for item in asked_for()} == {OutboxState.DONE}


def test_an_infected_twin_does_not_take_away_what_an_earlier_scan_passed(world: World, clamd: Clamd) -> None:
    case = world.draft(years=(2020,), evidence=False)
    (signatures := clamd.folder / "signatures" / "local.ndb").rename(clamd.folder / "kept")
    signatures.write_text("Test.Other:0:*:00112233445566778899aabbccddeeff\n")
    clamd.stop()
    clamd.start()
    passed = upload(world, case)
    clamd.stop()
    waiting = upload(world, case)
    (clamd.folder / "kept").rename(signatures)
    clamd.start()

    scan_evidence(str(waiting.pk))

    assert again(world, passed).scan == Scan.CLEAN
    assert opened(world, case, passed) == {200}
    assert opened(world, case, waiting) == {404}


def test_switched_off_for_good_the_scanner_holds_no_file_for_ever(
    world: World, case: Application, clamd: Clamd, settings: pytest.FixtureRequest
) -> None:
    clamd.stop()
    paper = upload(world, case)
    settings.CLAMD = ""  # type: ignore[attr-defined]

    scan_evidence(str(paper.pk))

    assert (again(world, paper).scan, again(world, paper).scanned_at) == (Scan.CLEAN, None)


def test_the_applicants_own_session_cannot_lift_the_quarantine(
    world: World, case: Application, clamd: Clamd
) -> None:
    clamd.stop()
    paper = upload(world, case)

    changes = ({"scan": "clean"}, {"sha256": "0" * 64}, {"storage_key": "evidence/aa/other"})
    for change in changes:
        with pytest.raises(IntegrityError, match="only the scanner"), world.acting("applicant"):
            Evidence.objects.filter(pk=paper.pk).update(**change)
    with pytest.raises(IntegrityError, match="nothing but its verdict"), scope(Actor.system("test")):
        Evidence.objects.filter(pk=paper.pk).update(filename="x")
    with pytest.raises(IntegrityError, match="evidence_has_a_scan_state"), scope(Actor.system("test")):
        Evidence.objects.filter(pk=paper.pk).update(scan="trusted")


def test_once_the_scanner_is_back_a_real_worker_drains_the_quarantine(
    committed_world: World, worker: CeleryWorker, clamd: Clamd
) -> None:
    world = committed_world
    case = world.draft(years=(2020,), evidence=False)
    clamd.stop()
    papers = [upload(world, case, pdf(1)), upload(world, case, MARKED)]
    worker.env["CLAMD"] = clamd.address
    clamd.start()
    worker.start()

    def drained() -> bool:
        # Beat sweeps again and again; here time is moved on instead of waited for.
        with transaction.atomic(), scope(Actor.system("test")):
            OutboxItem.objects.filter(state=OutboxState.PENDING).update(run_after=clock.now())
        outbox.sweep()
        return Scan.WAITING not in {again(world, paper).scan for paper in papers}

    assert until(drained), worker.log.read_text()
    assert [again(world, paper).scan for paper in papers] == [Scan.CLEAN, Scan.INFECTED]
    connection.close()


def until(true: Callable[[], bool], seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.2)
    return False
