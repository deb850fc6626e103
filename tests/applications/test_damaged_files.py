"""What is stored is what was filed: a changed byte is never served, is named, and comes back from a backup."""

from __future__ import annotations

import io
import json
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command

from applications.files import papers, store
from applications.models import Application, Evidence
from applications.states import State
from cehours.my_data import archive, gathering
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from tests.applications.attaching import attach
from tests.applications.typing_in import url
from tests.security.corpus.pdfs import pdf
from tests.security.corpus.photos import picture
from tests.world import World

PLACES = (("evidence_file",), ("evidence_thumb",), ("evidence_page", 1))


@pytest.fixture
def case(world: World) -> Application:
    return world.draft(years=(2020, 2021), evidence=False)


@pytest.fixture
def paper(world: World, case: Application) -> Evidence:
    with world.acting("applicant") as actor:
        return attach(actor, case, pdf(), filename="证明.pdf")


def flip(key: str, place: int = -1) -> bytes:
    """Turns one bit of a stored file; returns what was there."""
    whole = store.get(key)
    changed = bytearray(whole)
    changed[place] ^= 1
    default_storage.delete(key)
    default_storage.save(key, ContentFile(bytes(changed)))
    return whole


def check(*more: str) -> tuple[int, str]:
    said = io.StringIO()
    try:
        call_command("stored_files", *more, stdout=said, stderr=said)
    except SystemExit as stop:
        return int(stop.code or 0), said.getvalue()
    return 0, said.getvalue()


def copied(folder: Path, key: str, content: bytes) -> None:
    (folder / key).parent.mkdir(parents=True)
    (folder / key).write_bytes(content)


@pytest.mark.parametrize("drawn_before", [False, True])
def test_a_file_with_one_changed_bit_is_not_shown_in_any_way(
    world: World, case: Application, paper: Evidence, drawn_before: bool
) -> None:
    browser = world.browser("applicant")
    addresses = [url(name, case, paper.pk, *more) for name, *more in PLACES]
    if drawn_before:
        assert {browser.get(address).status_code for address in addresses} == {200}
    flip(paper.storage_key)
    for address in addresses:
        answer = browser.get(address)
        assert answer.status_code == 503
        assert "附件损坏，暂时不能查看" in answer.content.decode()
        assert "重新上传一次" in answer.content.decode()


def test_a_picture_is_compared_as_well_as_a_document(world: World, case: Application) -> None:
    with world.acting("applicant") as actor:
        photo = attach(actor, case, picture("PNG"))
    flip(photo.storage_key)
    assert world.browser("applicant").get(url("evidence_page", case, photo.pk, 1)).status_code == 503


def test_bytes_that_are_gone_are_said_to_be_damaged(world: World, case: Application, paper: Evidence) -> None:
    default_storage.delete(paper.storage_key)
    for name, *more in PLACES:
        assert world.browser("applicant").get(url(name, case, paper.pk, *more)).status_code == 503


def test_a_reviewer_is_told_not_to_return_the_case_for_it(world: World) -> None:
    filed = world.application(at=State.EMPLOYER_REVIEW)
    with scope(Actor.system("tests")):
        frozen = filed.evidence.first()
    assert frozen is not None
    flip(frozen.storage_key)
    answer = world.browser("employer").get(url("evidence_file", filed, frozen.pk))
    assert answer.status_code == 503
    assert "不要据此退回" in answer.content.decode()


def test_a_damaged_picture_of_a_page_is_drawn_anew(world: World, case: Application, paper: Evidence) -> None:
    browser = world.browser("applicant")
    address = url("evidence_page", case, paper.pk, 1)
    whole = browser.get(address).content
    key = f"previews/{paper.sha256[:2]}/{paper.sha256}-v{papers.DRAWER}-1.png"
    flip(key)
    assert browser.get(address).content == whole
    assert store.drawn(key) == whole


def test_the_archive_of_my_data_leaves_a_damaged_file_out_and_says_so(
    world: World, case: Application, paper: Evidence
) -> None:
    flip(paper.storage_key)
    with world.acting("applicant") as actor:
        gathered = gathering.gather(actor)
        file = io.BytesIO()
        archive._write(file, gathered)
    with ZipFile(file) as packed:
        assert not [name for name in packed.namelist() if name.endswith("证明.pdf")]
        assert "文件暂时不能提供" in packed.read(archive.INDEX).decode()
        assert json.loads(packed.read(archive.RECORD))


def test_uploading_the_same_file_again_heals_the_store(
    world: World, case: Application, paper: Evidence
) -> None:
    whole = flip(paper.storage_key)
    with world.acting("applicant") as actor:
        attach(actor, case, whole, filename="证明.pdf", year=2021)
    assert store.original(paper.storage_key, paper.sha256) == whole


def test_the_operator_sees_what_is_damaged_and_takes_it_from_a_backup(
    world: World, case: Application, paper: Evidence, tmp_path: Path
) -> None:
    assert check() == (0, "存储的文件与记录一致。\n")
    whole = flip(paper.storage_key)
    status, said = check()
    assert (status, f"{paper.storage_key}：内容被改动" in said) == (1, True)

    copied(tmp_path, paper.storage_key, whole + b"another")
    assert check("--restore-from", str(tmp_path))[0] == 1

    (tmp_path / paper.storage_key).write_bytes(whole)
    status, said = check("--restore-from", str(tmp_path))
    assert (status, "已从备份恢复" in said) == (0, True)
    assert store.original(paper.storage_key, paper.sha256) == whole


def test_a_file_of_an_earlier_submission_is_looked_at_too(world: World) -> None:
    filed = world.application(at=State.APPROVED)
    with scope(Actor.system("tests")):
        frozen = filed.evidence.first()
    assert frozen is not None
    default_storage.delete(frozen.storage_key)
    status, said = check()
    assert (status, f"{frozen.storage_key}：丢失" in said) == (1, True)
