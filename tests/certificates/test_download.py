"""The stored PDF reaches its person and the units that took part, byte for byte, and nobody else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from certificates.models import Certificate
from organizations.acting.scope import scope
from organizations.models import Event
from tests.certificates.approving import SYSTEM, approved, printed, revoked
from tests.world import World


def url(certificate: Certificate) -> str:
    return reverse("certificates:download", args=[certificate.pk])


def words(answer: Any) -> str:
    """The page without mark-up, and so without its own address and form token."""
    return re.sub(r"<[^>]+>", "", answer.content.decode())


def downloads(certificate: Certificate) -> list[Event]:
    with scope(SYSTEM):
        return list(Event.objects.filter(subject_id=certificate.pk, act="downloaded"))


@pytest.fixture
def certificate(world: World) -> Certificate:
    return printed(approved(world))


@pytest.mark.requirement("R196", "R197", "R198")
def test_the_person_downloads_the_stored_bytes(world: World, certificate: Certificate) -> None:
    answer = world.browser("applicant").get(url(certificate))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    with default_storage.open(certificate.storage_key) as stored:
        assert answer.content == stored.read()
    assert len(answer.content) == certificate.size


def test_the_file_is_named_for_its_number_and_is_never_opened_in_the_page(
    world: World, certificate: Certificate
) -> None:
    answer = world.browser("applicant").get(url(certificate))
    assert answer["Content-Disposition"].startswith("attachment;")
    assert unquote(answer["Content-Disposition"]).endswith(f"学时认定单-{certificate.number}.pdf")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]


def test_a_unit_that_took_part_downloads_it_and_that_is_on_record(
    world: World, certificate: Certificate
) -> None:
    units = ("employer", "department", "second_department", "bureau")
    for who in units:
        assert world.browser(who).get(url(certificate)).status_code == 200
    who_and_where = [(event.person_id, event.unit_id) for event in downloads(certificate)]
    assert who_and_where == [(world.people[who].person_id, world.people[who].unit_id) for who in units]


def test_ones_own_download_is_not_recorded(world: World, certificate: Certificate) -> None:
    world.browser("applicant").get(url(certificate))
    assert downloads(certificate) == []


def test_to_others_it_does_not_exist(world: World, certificate: Certificate) -> None:
    nowhere = reverse("certificates:download", args=["00000000-0000-4000-8000-000000000000"])
    for who in ("other_applicant", "other_employer", "other_bureau", "city_bureau"):
        browser = world.browser(who)
        foreign, missing = browser.get(url(certificate)), browser.get(nowhere)
        assert foreign.status_code == missing.status_code == 404
        assert words(foreign) == words(missing)


def test_without_signing_in_nothing_is_handed_out(certificate: Certificate) -> None:
    assert Client().get(url(certificate)).status_code == 302


def test_while_it_is_being_made_there_is_nothing_to_download(world: World) -> None:
    answer = world.browser("applicant").get(url(approved(world)))
    assert answer.status_code == 409
    assert "还没有生成" in answer.content.decode()


def test_a_revoked_certificate_is_not_handed_out(world: World, certificate: Certificate) -> None:
    answer = world.browser("applicant").get(url(revoked(world, certificate)))
    assert answer.status_code == 409
    assert "已被撤销" in answer.content.decode()


def test_a_file_changed_by_one_byte_is_not_handed_out(world: World, certificate: Certificate) -> None:
    path = Path(default_storage.path(certificate.storage_key))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    answer = world.browser("applicant").get(url(certificate))
    assert answer.status_code == 503
    assert answer["Content-Type"].startswith("text/html")
    assert "暂时取不到" in answer.content.decode()


@pytest.mark.parametrize("left", [b"", None])
def test_a_lost_file_is_said_to_be_out_of_reach(
    world: World, certificate: Certificate, left: bytes | None
) -> None:
    default_storage.delete(certificate.storage_key)
    if left is not None:
        default_storage.save(certificate.storage_key, ContentFile(left))
    assert world.browser("applicant").get(url(certificate)).status_code == 503
