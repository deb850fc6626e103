"""Prints whose records a restore lost: found in the store, said so to whoever verifies, taken back by two people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
import structlog.testing
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from cehours.lib import clock
from certificates import sealing
from certificates.models import Certificate, LostPrint, LostPrintState
from certificates.paper.render import render
from certificates.prints import lost
from certificates.services import printing
from certificates.tasks import find_lost_prints, tell_lost_print
from organizations import outbox
from organizations.acting.scope import scope
from organizations.models import Event, Membership, Notice
from tests.certificates.approving import SYSTEM, approved
from tests.certificates.sheets import SHEET
from tests.certificates.test_verify import words
from tests.world import World

NUMBER = "2025000777"


@pytest.fixture(autouse=True)
def no_tries_so_far() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def paper(world: World) -> bytes:
    """A print that was sealed and stored, and whose certificate no row knows any more."""
    sealed = sealing.set_on(
        render(replace(SHEET, number=NUMBER)),
        request_id=str(uuid4()),
        issuer=SHEET.issuer,
        date_text="2025年7月28日",
        now=clock.now(),
    )
    printing.stored(Certificate(pk=uuid4(), number_year=2025), sealed)
    return sealed


@pytest.fixture
def found(paper: bytes) -> LostPrint:
    with scope(SYSTEM):
        (row,) = lost.find(2025)
    return row


def verify(paper: bytes) -> tuple[str, list[str]]:
    """What the page says, and what the log of it."""
    file = SimpleUploadedFile("认定单.pdf", paper, "application/pdf")
    with structlog.testing.capture_logs() as logs:
        page = words(Client().post(reverse("certificates:verify_file"), {"file": file}))
    return page, [each["event"] for each in logs]


def press(world: World, who: str, act: str, row: LostPrint) -> Any:
    return world.browser(who).post(reverse(f"certificates:lost_{act}", args=[row.pk]))


def listed(world: World, who: str) -> str:
    return words(world.browser(who).get(reverse("certificates:issued")))


def test_it_is_found_once_with_the_number_that_it_says(paper: bytes, found: LostPrint) -> None:
    assert (found.number, found.state) == (NUMBER, LostPrintState.FOUND)
    with scope(SYSTEM):
        assert lost.find(2025) == []


def test_a_print_of_a_certificate_that_there_is_and_a_file_that_was_never_sealed_here_are_none(
    world: World,
) -> None:
    certificate = approved(world)
    printing.stored(certificate, b"%PDF-1.7 left by a printer that was killed")
    default_storage.save(
        f"certificates/{certificate.number_year}/{uuid4()}/{'0' * 64}.pdf", SimpleUploadedFile("x", b"x")
    )
    with scope(SYSTEM):
        assert lost.find(certificate.number_year) == []


def test_a_jump_over_lost_numbers_has_their_prints_looked_for(paper: bytes) -> None:
    with scope(SYSTEM):
        outbox.ring("certificates.find_lost_prints", 2025)
    find_lost_prints("2025")
    with scope(SYSTEM):
        assert LostPrint.objects.get().number == NUMBER


def test_the_operator_lists_them(paper: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("lost_prints", "--year", "2025")
    assert re.search(rf"{NUMBER} 待收回 certificates/2025/.*\n2025 年：新发现 1 份", capsys.readouterr().out)


def test_whoever_verifies_is_told_and_no_key_is_suspected(paper: bytes, found: LostPrint) -> None:
    page, logs = verify(paper)
    assert f"编号 {NUMBER}）由本系统盖章，但办理记录在恢复数据时丢失，不能作为认定单使用" in page
    assert "lost_print_verified" in logs
    assert not [event for event in logs if "not_on_record" in event]


def test_two_people_of_the_province_take_it_back(world: World, paper: bytes, found: LostPrint) -> None:
    assert f"{NUMBER}" in listed(world, "bureau") and "申请收回" in listed(world, "bureau")
    assert press(world, "bureau", "take_back", found).status_code == 302
    refused = press(world, "bureau", "confirm", found)
    assert refused.status_code == 422
    assert "须由另一位经办人复核" in words(refused)
    tell_lost_print(str(found.pk))
    with scope(SYSTEM):
        assert (
            Notice.objects.get(kind="lost_print_waiting").person_id == world.people["second_bureau"].person_id
        )

    assert press(world, "second_bureau", "confirm", found).status_code == 302

    page, _ = verify(paper)
    assert f"已于 {clock.today()} 收回，不能作为认定单使用" in page
    assert "已收回" in listed(world, "bureau") and "确认收回" not in listed(world, "bureau")
    assert press(world, "second_bureau", "decline", found).status_code == 422, "never undone"
    with scope(SYSTEM):
        acts = Event.objects.filter(act__startswith="lost_print").order_by("pk").values_list("act", flat=True)
        assert list(acts) == ["lost_print_asked", "lost_print_taken_back"]


def test_a_request_that_is_not_agreed_to_leaves_it_as_it_was(world: World, found: LostPrint) -> None:
    press(world, "bureau", "take_back", found)
    assert press(world, "second_bureau", "decline", found).status_code == 302
    with scope(SYSTEM):
        assert LostPrint.objects.get().state == LostPrintState.FOUND
    assert press(world, "second_bureau", "take_back", found).status_code == 302
    assert press(world, "bureau", "take_back", found).status_code == 422, "asked for already"


def test_the_bureau_sees_the_paper_on_record(world: World, paper: bytes, found: LostPrint) -> None:
    answer = world.browser("bureau").get(reverse("certificates:lost_file", args=[found.pk]))
    assert answer.content == paper
    assert "attachment" in answer.headers["Content-Disposition"]
    with scope(SYSTEM):
        assert Event.objects.filter(act="lost_print_downloaded").count() == 1


@pytest.mark.parametrize("who", ["city_bureau", "employer", "applicant"])
def test_nobody_else_sees_or_moves_it(world: World, found: LostPrint, who: str) -> None:
    assert world.browser(who).get(reverse("certificates:lost_file", args=[found.pk])).status_code in (
        403,
        404,
    )
    assert {press(world, who, act, found).status_code for act in ("take_back", "confirm", "decline")} <= {
        403,
        404,
    }
    with world.acting(who):
        assert not LostPrint.objects.exists()
        assert not LostPrint.objects.update(number="")


def test_a_bureau_of_one_is_told_whom_to_invite(world: World, found: LostPrint) -> None:
    with scope(SYSTEM):
        Membership.objects.filter(user=world.people["second_bureau"].user).delete()
    refused = press(world, "bureau", "take_back", found)
    assert refused.status_code == 422
    assert "请管理员先在“人员”中邀请一位" in words(refused)
