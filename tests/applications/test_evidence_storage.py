"""Evidence as bytes: one copy, written whole, nothing left behind, pages drawn once."""

from __future__ import annotations

import hashlib
import io
import os
import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.db import connection
from PIL import Image

from applications import services
from applications.files import papers, store
from applications.files import tidy as tidying
from applications.models import Application, Evidence
from applications.states import State
from cehours.lib import clock, uploads
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed
from organizations.acting.scope import scope
from tests.applications.attaching import attach, stored
from tests.applications.typing_in import url
from tests.security.corpus.pdfs import pdf, with_attachment
from tests.security.corpus.photos import picture
from tests.world import World


@pytest.fixture
def case(world: World) -> Application:
    return world.draft(years=(2020, 2021), evidence=False)


def test_the_same_bytes_of_two_people_are_stored_once_and_neither_learns(
    world: World, case: Application
) -> None:
    other = world.draft(by="other_applicant", years=(2020,), evidence=False)
    with world.acting("applicant") as actor:
        one = attach(actor, case)
    before = world.browser("other_applicant").get(url("evidence", other, 2020)).content
    with world.acting("other_applicant") as actor:
        two = attach(actor, other)
        assert list(Evidence.objects.all()) == [two]

    assert stored() == [one.storage_key] and one.storage_key == two.storage_key
    assert one.storage_key.encode() not in before
    assert world.browser("other_applicant").get(url("evidence_file", case, one.pk)).status_code == 404
    assert world.browser("other_applicant").get(url("evidence_file", other, one.pk)).status_code == 404


def test_a_file_that_was_cut_off_while_it_was_written_is_written_anew(
    world: World, case: Application
) -> None:
    whole = uploads.examine(io.BytesIO(picture("PNG")), "a.png")
    key = store.evidence_key(whole.sha256)
    path = default_storage.path(key)
    os.makedirs(os.path.dirname(path))
    with open(path, "wb") as file:
        file.write(whole.content[:10])

    with world.acting("applicant") as actor:
        attach(actor, case)

    assert hashlib.sha256(store.get(key)).hexdigest() == whole.sha256
    assert stored() == [key]


def test_a_refused_file_leaves_neither_row_nor_object(world: World, case: Application) -> None:
    with world.acting("applicant") as actor:
        for content, more in ((b"x", {}), (None, {"kind": "nonsense"}), (None, {"year": 1999})):
            with pytest.raises((NotAllowed, uploads.Refused)):
                attach(actor, case, content, **more)
        assert not case.evidence.exists()
    assert stored() == []


def test_an_upload_that_breaks_off_leaves_nothing(world: World, case: Application) -> None:
    class Torn(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise ConnectionResetError("the phone went into a tunnel")

    with world.acting("applicant") as actor:
        with pytest.raises(ConnectionResetError):
            attach(actor, case, file=Torn())
        assert not case.evidence.exists()
    assert stored() == []


def test_what_no_row_speaks_of_is_removed_after_a_day_and_everything_else_stays(world: World) -> None:
    filed = world.application(at=State.RETURNED)
    with world.acting("applicant") as actor:
        kept = attach(actor, filed, picture("PNG", size=(50, 50)))
        frozen = filed.evidence.exclude(pk=kept.pk).first()
        assert frozen is not None
        for paper in filed.evidence.filter(sha256=frozen.sha256):
            services.detach(actor=actor, application_id=filed.pk, evidence_id=paper.pk)
        gone = attach(actor, filed, picture("PNG", size=(51, 50)))
    world.browser("applicant").get(url("evidence_thumb", filed, gone.pk))
    with world.acting("applicant") as actor:
        services.detach(actor=actor, application_id=filed.pk, evidence_id=gone.pk)

    with scope(Actor.system("test")):
        assert tidying.tidy() == 0  # younger than a day: its row may be on the way
    assert len(stored()) == 4
    with time_machine.travel(clock.now() + timedelta(hours=25)), scope(Actor.system("test")):
        assert tidying.tidy() == 1

    assert sorted(stored()) == sorted({kept.storage_key, frozen.storage_key})


@pytest.mark.long
def test_tidying_leaves_alone_what_is_being_uploaded_just_now(committed_world: World) -> None:
    world = committed_world
    case = world.draft(years=(2020,), evidence=False)
    outcome: list[int] = []

    def tidy() -> None:
        with scope(Actor.system("test")):
            outcome.append(tidying.tidy())
        connection.close()

    with world.acting("applicant") as actor:
        paper = attach(actor, case)
        with time_machine.travel(clock.now() + timedelta(hours=25), tick=True):
            thread = threading.Thread(target=tidy)
            thread.start()
            thread.join(30)

    assert outcome == [0]
    assert stored() == [paper.storage_key]


# --- Pictures of pages


def test_a_page_is_drawn_once_by_the_server_and_kept(
    world: World, case: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world.acting("applicant") as actor:
        paper = attach(actor, case, pdf(2), filename="a.pdf")
    browser = world.browser("applicant")
    address = url("evidence_page", case, paper.pk, 2)

    first = browser.get(address)
    monkeypatch.setattr(uploads.PARSERS, "run", lambda *_, **__: pytest.fail("drawn twice"))
    second = browser.get(address)

    assert first.status_code == second.status_code == 200
    assert first.content == second.content
    assert first["Content-Type"] == "image/png"
    with Image.open(io.BytesIO(first.content), formats=["PNG"]) as page:
        assert page.width == 1200
    assert f"previews/{paper.sha256[:2]}/{paper.sha256}-v{papers.DRAWER}-2.png" in stored()


def test_what_an_earlier_drawer_left_is_drawn_anew_and_goes_with_its_file(
    world: World, case: Application
) -> None:
    with world.acting("applicant") as actor:
        paper = attach(actor, case, pdf(), filename="a.pdf")
    for name in ("1", "1-thumb"):
        store.put(f"previews/{paper.sha256[:2]}/{paper.sha256}-{name}.png", b"drawn without the seal")
    browser = world.browser("applicant")

    for place in (("evidence_page", 1), ("evidence_thumb",)):
        answer = browser.get(url(place[0], case, paper.pk, *place[1:]))
        assert answer.content.startswith(b"\x89PNG")

    with world.acting("applicant") as actor:
        services.detach(actor=actor, application_id=case.pk, evidence_id=paper.pk)
        tidying.forget(paper.sha256)
    assert stored() == []


def test_what_a_viewer_has_to_know_of_a_file_is_looked_up_once(
    world: World, case: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world.acting("applicant") as actor:
        paper = attach(actor, case, with_attachment("invoice.xml"), filename="a.pdf")
        own = papers.paper_for(actor, case.pk, paper.pk)

    first = papers.inside_of(own)
    monkeypatch.setattr(uploads.PARSERS, "run", lambda *_, **__: pytest.fail("looked twice"))

    assert papers.inside_of(own) == first == papers.Inside((1,), ("附件“invoice.xml”",))


def test_a_file_that_cannot_be_looked_at_is_shown_without_facts(
    world: World, case: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world.acting("applicant") as actor:
        paper = attach(actor, case, pdf(), filename="a.pdf")

    def broken(*_: Any, **__: Any) -> None:
        raise uploads.Broken("out of memory")

    monkeypatch.setattr(uploads.PARSERS, "run", broken)

    assert world.browser("applicant").get(url("evidence_view", case, paper.pk, 1)).status_code == 200


def test_a_page_that_cannot_be_drawn_is_missing_and_the_file_can_still_be_downloaded(
    world: World, case: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world.acting("applicant") as actor:
        paper = attach(actor, case, pdf(), filename="a.pdf")
    browser = world.browser("applicant")

    def broken(*_: Any, **__: Any) -> None:
        raise uploads.Broken("out of memory")

    monkeypatch.setattr(uploads.PARSERS, "run", broken)

    assert browser.get(url("evidence_page", case, paper.pk, 1)).status_code == 404
    answer = browser.get(url("evidence_file", case, paper.pk))
    assert b"".join(answer) == store.get(paper.storage_key)
