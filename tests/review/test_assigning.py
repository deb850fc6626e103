"""A head of desk shares cases out; colleagues find theirs, and those of whom they stand in for (A78)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import pytest
from django.urls import reverse

from applications.models import Application
from cehours.lib import clock
from organizations.acting.errors import NotAllowed, NotYours
from organizations.acting.scope import scope
from organizations.models import Event, Membership
from organizations.models.user import Role
from review import services
from review.lists import queries
from review.lists.criteria import ListCriteria
from review.models import Absence, Assignment
from tests.review.batching import SYSTEM, at_the_city
from tests.review.desks import body
from tests.world import World

MINE = ListCriteria(mark="mine")


@pytest.fixture
def cases(world: World) -> list[Application]:
    """Three on the desk of 星城市人社局, the longest waiting first; two colleagues work there too."""
    for name in ("colleague", "third_clerk"):
        actor = world.add_person(name, unit="changsha")
        Membership.objects.filter(pk=actor.membership.pk).update(role=Role.REVIEWER)
        actor.membership.refresh_from_db()
    return [at_the_city(world, by=by) for by in ("applicant", "other_applicant", "third_applicant")]


def assign(world: World, cases: Iterable[Application], *to: str, by: str = "city_bureau") -> int:
    with world.acting(by) as actor:
        users = [world.people[who].user_id for who in to]
        return services.assign(actor=actor, cases=[case.pk for case in cases], to=users)


def mine(world: World, who: str) -> list[UUID]:
    with world.acting(who) as actor:
        return list(queries.matching(actor, MINE).values_list("pk", flat=True))


def away(world: World, who: str, deputy: str, first: int, last: int) -> Absence:
    """From so many days from now to so many."""
    today = clock.today()
    with world.acting(who) as actor:
        return services.be_absent(
            actor=actor,
            deputy=world.people[deputy].user_id,
            first_day=today + timedelta(days=first),
            last_day=today + timedelta(days=last),
        )


def test_cases_are_shared_out_in_turn_from_the_longest_waiting(
    world: World, cases: list[Application]
) -> None:
    assert assign(world, reversed(cases), "colleague", "third_clerk") == 3
    assert mine(world, "colleague") == [cases[0].pk, cases[2].pk]
    assert mine(world, "third_clerk") == [cases[1].pk]
    assert mine(world, "city_bureau") == []
    with scope(SYSTEM):
        assert Event.objects.filter(act="cases_assigned", subject_id=world.changsha.pk).count() == 1


def test_given_to_somebody_else_later_it_is_theirs(world: World, cases: list[Application]) -> None:
    assign(world, cases, "colleague")
    assign(world, cases[:1], "third_clerk")
    assert mine(world, "third_clerk") == [cases[0].pk]
    assert len(mine(world, "colleague")) == 2


def test_only_the_head_of_the_desk_assigns_and_only_to_colleagues(
    world: World, cases: list[Application]
) -> None:
    with pytest.raises(NotAllowed, match="管理员"):
        assign(world, cases, "colleague", by="colleague")
    with pytest.raises(NotAllowed, match="不是本单位"):
        assign(world, cases, "other_bureau")
    with pytest.raises(NotAllowed, match="分派给谁"):
        assign(world, cases)
    with scope(SYSTEM):
        assert not Assignment.objects.exists()


def test_what_lies_elsewhere_is_left_out(world: World, cases: list[Application]) -> None:
    world.approve(cases[0], by="city_bureau")
    assert assign(world, cases, "colleague") == 2
    with pytest.raises(NotAllowed, match="没有可以分派的"):
        assign(world, cases[:1], "colleague")


def test_an_assignment_bars_nobody(world: World, cases: list[Application]) -> None:
    assign(world, cases, "colleague")
    world.approve(cases[0], by="third_clerk")
    assert len(mine(world, "colleague")) == 2


def test_the_deputy_finds_them_on_the_days_of_absence_only(world: World, cases: list[Application]) -> None:
    assign(world, cases, "colleague")
    absence = away(world, "colleague", "third_clerk", 1, 3)
    today = clock.now()
    assert mine(world, "third_clerk") == []
    for days, found in ((1, 3), (3, 3), (4, 0)):
        with clock.at(today + timedelta(days=days)):
            assert len(mine(world, "third_clerk")) == found
            assert len(mine(world, "colleague")) == 3
    with world.acting("colleague") as actor:
        services.be_back(actor=actor, absence_id=absence.pk)
    with clock.at(today + timedelta(days=1)):
        assert mine(world, "third_clerk") == []


def test_absences_make_sense_and_belong_to_who_entered_them(world: World, cases: list[Application]) -> None:
    for deputy, first, last in (("colleague", 1, 2), ("other_bureau", 1, 2)):
        with pytest.raises(NotAllowed, match="另一位经办人"):
            away(world, "colleague", deputy, first, last)
    with pytest.raises(NotAllowed, match="早于第一天"):
        away(world, "colleague", "third_clerk", 3, 2)
    with pytest.raises(NotAllowed, match="已经过去"):
        away(world, "colleague", "third_clerk", -3, -2)
    absence = away(world, "colleague", "third_clerk", 0, 1)
    with world.acting("city_bureau") as actor, pytest.raises(NotYours):
        services.be_back(actor=actor, absence_id=absence.pk)
    with world.acting("other_bureau"):
        assert not Absence.objects.exists()


def test_the_pages_of_the_head_and_of_the_colleague(world: World, cases: list[Application]) -> None:
    address = reverse("review:assign")
    head, colleague = world.browser("city_bureau"), world.browser("colleague")
    assert "分派 3 件" in body(head.get(address))
    assert "分派 1 件" in body(head.post(address, {"pick": f"{cases[1].pk}:0"}))
    assert "没有可以分派的申报" in body(head.get(f"{address}?year=2020&view=late"))
    refused = head.post(address, {"confirm": "yes"})
    assert refused.status_code == 422 and "请选择分派给谁" in body(refused)
    to = world.colleague.user_id
    done = head.post(address, {"confirm": "yes", "to": to, "pick": f"{cases[1].pk}:0"}, follow=True)
    assert "已分派 1 件" in body(done)
    assert reverse("review:case", args=[cases[1].pk]) in body(
        colleague.get(reverse("review:inbox") + "?mark=mine")
    )
    assert reverse("review:case", args=[cases[0].pk]) not in body(
        colleague.get(reverse("review:inbox") + "?mark=mine")
    )
    assert colleague.get(address).status_code == 403


def test_the_page_of_absences(world: World, cases: list[Application]) -> None:
    browser, address = world.browser("colleague"), reverse("review:absences")
    assert "现在没有人请假" in body(browser.get(address))
    empty = browser.post(address, {})
    assert empty.status_code == 422 and "请填写第一天" in body(empty)
    day = clock.today().isoformat()
    typed = {"deputy": world.third_clerk.user_id, "first_day": day, "last_day": day}
    assert "已保存" in body(browser.post(address, typed, follow=True))
    with scope(SYSTEM):
        absence = Absence.objects.get()
    end = reverse("review:absence_end", args=[absence.pk])
    assert world.browser("third_clerk").post(end).status_code == 404
    assert "已删除" in body(browser.post(end, follow=True))
