"""A print that failed for good is told to its holder and its bureau, and asked for anew by either."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from certificates import tasks
from certificates.models import Certificate
from certificates.paper import render as rendering
from certificates.paper.render import RenderFailed
from organizations import outbox
from organizations.acting.scope import scope
from organizations.models import Notice
from organizations.models.outbox import OutboxItem, OutboxState
from tests.applications.typing_in import text_of
from tests.certificates.approving import SYSTEM, approved
from tests.world import World

WHY = "姓名中有字库未收录的字"


def given_up(world: World, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    """An approved certificate whose every try found a character that no font holds."""
    certificate = approved(world)
    with monkeypatch.context() as lacking:
        lacking.setattr(
            rendering, "missing_characters", lambda text: [char for char in text if char == text[0]]
        )
        lacking.setattr(rendering, "TEXTS", {"name": "姓名"})
        for _ in range(outbox.MOST_ATTEMPTS):
            with pytest.raises(RenderFailed, match=WHY):
                tasks.render(str(certificate.pk))
    return certificate


def test_the_holder_reads_why_and_not_that_it_takes_seconds(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_up(world, monkeypatch)
    page = text_of(world.browser("applicant").get(reverse("certificates:query")))
    assert WHY in page
    assert "重新生成" in page
    assert "几秒钟" not in page
    assert "生成中" not in page


def test_the_holder_is_told_once_when_it_is_given_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = given_up(world, monkeypatch)
    with scope(SYSTEM):
        (told,) = Notice.objects.filter(subject_id=certificate.pk, kind="certificate_failed")
    assert told.person_id == certificate.person_id
    assert WHY in told.body and certificate.number in told.body and "重新生成" in told.body
    assert told.title in text_of(world.browser("applicant").get(reverse("organizations:notices")))


def test_the_bureau_reads_it_in_its_list_and_at_the_certificate(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = given_up(world, monkeypatch)
    for address in (reverse("certificates:issued"), reverse("certificates:detail", args=[certificate.pk])):
        page = text_of(world.browser("bureau").get(address))
        assert WHY in page
        assert "重新生成" in page
        assert "生成中" not in page.replace(
            '<option value="pending">生成中</option>', ""
        )  # the list's filter


def test_the_operator_reads_which_one_and_the_whole_error(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = given_up(world, monkeypatch)
    said = StringIO()
    call_command("print_again", "--list", stdout=said)
    assert f"{certificate.number}  RenderFailed: " in said.getvalue() and WHY in said.getvalue()
    with scope(SYSTEM):
        assert OutboxItem.objects.get(task="certificates.render").state == OutboxState.FAILED


@pytest.mark.parametrize("who", ["applicant", "bureau"])
def test_asked_anew_it_waits_again_and_once_only(
    world: World, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    certificate = given_up(world, monkeypatch)
    for _ in range(2):
        world.browser(who).post(reverse("certificates:print_again", args=[certificate.pk]))
    with scope(SYSTEM):
        states = [
            row.state for row in OutboxItem.objects.filter(key=str(certificate.pk)).order_by("created_at")
        ]
    assert states == [OutboxState.FAILED, OutboxState.PENDING]
    assert WHY not in text_of(world.browser("applicant").get(reverse("certificates:query")))


def test_others_cannot_ask(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = given_up(world, monkeypatch)
    for who in ("employer", "other_applicant", "other_bureau"):
        answer = world.browser(who).post(reverse("certificates:print_again", args=[certificate.pk]))
        assert answer.status_code == 404
