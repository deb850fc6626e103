"""What happens in the sample beside deciding: all of it by real acts, once, and open to the accounts of the demo."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings

from applications import queries as applications
from applications.models import Application, Handover, HandoverKind
from cehours.lib import clock
from cehours.sample import people, plan, scenes
from cehours.sample.load import load
from certificates.models import AssessmentBody
from organizations import audit
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import Event, Membership
from organizations.models.user import Role
from review import queries
from review.lists import queries as lists
from review.lists.criteria import ListCriteria
from review.models import Note
from review.stuck import queries as stuck

pytestmark = pytest.mark.xdist_group("sample")
SYSTEM = Actor.system("test")


@pytest.fixture(scope="module")
def played(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[int]:
    """The cases of the scenes and what happens to them, rolled back afterwards; yields how many there are."""
    folder = {"location": tmp_path_factory.mktemp("media")}
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": folder}
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "few", lambda: iter((plan.NAMED[0], *plan.SCENES)))
        with override_settings(STORAGES={**settings.STORAGES, "default": storage}):
            list(load(few=True))
            number = scenes.load()
        yield number
        transaction.set_rollback(True)


def case_of(login: str) -> Application:
    with scope(SYSTEM):
        return Application.objects.select_related("current_unit").get(person__users__username=login)


def test_every_scene_is_played_once_and_the_trail_is_whole(played: int) -> None:
    with scope(SYSTEM):
        before = Event.objects.count()

    assert (played, scenes.load()) == (8, 0)

    with scope(SYSTEM):
        assert Event.objects.count() == before
        assert list(audit.faults()) == []


def test_the_group_finds_a_case_that_nobody_can_decide_and_stands_in_for_another(played: int) -> None:
    with scope(people.known("zhuguan1")) as actor:
        assert [row.pk for row in stuck.listed(actor)] == [case_of("kadian").pk]
    with scope(SYSTEM):
        kinds = dict(Handover.objects.values_list("application__person__users__username", "kind"))
    assert kinds == {"daiban": HandoverKind.STAND_IN, "yijiao": HandoverKind.TRANSFER}
    assert str(case_of("daiban").current_unit) == "湘澜医疗集团"
    assert str(case_of("yijiao").current_unit) == "湘澜第一医院"


def test_the_city_has_a_held_decision_a_note_and_shared_work(played: int) -> None:
    with scope(people.known("shizhou")) as head:
        held = queries.my_held(head)
        assert [each.application_id for each in held] == [case_of("daisheng").pk]
        assert held[0].effective_at > clock.now()
        assert Note.objects.get().application_id == case_of("beizhu").pk
        # The colleague is away, so the head has both shares.
        mine = lists.matching(head, ListCriteria(mark="mine"))
        assert mine.count() == lists.inbox(head).count() > 1
    with scope(people.known("shizhou-2")) as colleague:
        assert lists.matching(colleague, ListCriteria(mark="mine")).exists()
    assert Membership.objects.get(user__username="shizhou-2").role == Role.REVIEWER


def test_a_revoked_approval_leaves_its_session_free(played: int) -> None:
    case = case_of("chexiao")
    with scope(people.known("chexiao")) as actor:
        assert case.state_in_words == "认定单已撤销"
        assert case.is_over and applications.live_in(case.session, actor) is None


def test_an_assessment_body_is_registered(played: int) -> None:
    assert AssessmentBody.objects.get().name == scenes.BODY
