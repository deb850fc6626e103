"""工作提要: what waits at one's units is told once a working day, and only to those who want to know."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from datetime import time as hour
from typing import Any

import pytest
from django.urls import reverse

from cehours.lib import clock
from certificates.services import request_revocation
from organizations import outbox
from organizations.acting.scope import scope
from organizations.messaging import notices, work
from organizations.messaging.work import Work
from organizations.models import Membership, Notice, OutboxItem, User
from organizations.services import data_requests
from review import services
from review.models import Digest
from review.services import digesting
from review.telling.waiting import lines
from tests.certificates.approving import approved
from tests.review.batching import SYSTEM, at_the_city, done, filed
from tests.review.test_assigning import assign, away
from tests.training import planning
from tests.world import World

pytestmark = pytest.mark.django_db


def morning(days: int = 1) -> datetime:
    """Nine o'clock on the first working day that is at least so many days away."""
    day = clock.today() + timedelta(days=days)
    while not clock.is_workday(day):
        day += timedelta(days=1)
    return datetime.combine(day, hour(9), clock.SHANGHAI)


def told_at(moment: datetime) -> int:
    """What beat and the worker do at this moment; returns how many people were asked about."""
    with clock.at(moment):
        asked = digesting.ask_if_due()
        with scope(SYSTEM):
            keys = list(OutboxItem.objects.filter(task=digesting.TELL).values_list("key", flat=True))
        for key in keys:
            outbox.perform(digesting.TELL, key, lambda key=key: digesting.tell(key))
    return asked


def digests(world: World, who: str) -> list[Notice]:
    with world.acting(who) as actor:
        return list(notices.of(actor).filter(kind="digest"))


def switched_off(world: World, who: str, *kinds: Work) -> None:
    world.people[who].user.muted = [kind.value for kind in kinds]
    world.people[who].user.save(update_fields=["muted"])


def test_what_waits_is_told_once_a_working_day_and_nobody_hears_of_nothing(world: World) -> None:
    for by in ("applicant", "other_applicant"):
        at_the_city(world, by=by)

    assert told_at(morning()) > 0
    assert told_at(morning() + timedelta(minutes=10)) == 0

    (digest,) = digests(world, "city_bureau")
    assert digest.title == "工作提要：新收到的申报 2 件"
    assert digest.body == "星城市人社局：新收到的申报 2 件。"
    assert digest.link == reverse("review:today")
    assert digests(world, "other_bureau") == digests(world, "applicant") == []


def test_the_next_working_day_has_a_digest_of_its_own(world: World) -> None:
    at_the_city(world)
    told_at(morning())
    next_one = morning((morning().date() - clock.today()).days + 1)
    with clock.at(next_one - timedelta(hours=1)):
        at_the_city(world, by="other_applicant")
    told_at(next_one)
    assert len(digests(world, "city_bureau")) == 2

    told_at(morning(40))
    with scope(SYSTEM):
        assert {digest.day for digest in Digest.objects.all()} == {morning(40).date()}


@pytest.mark.parametrize(
    ("moment", "asks"),
    [
        ("2025-06-05T07:59:59+08:00", False),
        ("2025-06-05T08:00:00+08:00", True),
        ("2025-06-05T15:00:00+08:00", True),  # beat was away in the morning
        ("2025-06-07T09:00:00+08:00", False),  # a Saturday
        ("2025-10-01T09:00:00+08:00", False),  # a Wednesday, 国庆节
        ("2025-09-28T09:00:00+08:00", True),  # a Sunday, 调休上班
    ],
)
def test_it_comes_from_the_hour_on_and_on_working_days(world: World, moment: str, asks: bool) -> None:
    with clock.at(datetime.fromisoformat(moment)):
        assert (digesting.ask_if_due() > 0) is asks


def test_the_hour_is_a_setting_and_can_be_never(world: World, settings: Any) -> None:
    settings.STAFF_DIGEST_HOUR = 10
    assert told_at(morning()) == 0
    settings.STAFF_DIGEST_HOUR = 24
    assert told_at(morning() + timedelta(hours=14, minutes=59)) == 0


@contextmanager
def a_full_desk(world: World) -> Iterator[None]:
    """The province's desks hold something of every kind; read on a morning long after."""
    late = morning(20)
    certificate = approved(world)
    with world.acting("bureau") as actor:
        request_revocation(actor=actor, certificate_id=certificate.pk, reason="核认后发现材料虚假")
    world.bureau_case = world.application(by="other_applicant", at="bureau_review")
    world.add_person("fifth")
    old = filed(world, by="fifth", unit="firm")
    User.objects.filter(pk=world.other_employer.user_id).update(is_active=False)
    planning.filed(world, by="university_admin")
    with world.acting("third_applicant") as actor:
        data_requests.ask_correction(
            actor=actor, wanted=data_requests.Identity(name="更名后"), reason="已更名"
        )
    assert old.current_unit_id == world.firm.pk
    with clock.at(late):
        yield


LEADS = {
    Work.LATE: "review:inbox", Work.STUCK: "review:stuck", Work.REVOCATIONS: "certificates:issued",
    Work.PLANS: "training:filed", Work.CORRECTIONS: "my_data:requests", Work.MINE: "review:inbox",
}  # fmt: skip


def test_each_number_is_that_of_the_list_it_leads_to(world: World) -> None:
    with a_full_desk(world):
        with world.acting("second_bureau") as actor:
            services.assign(actor=actor, cases=[world.bureau_case.pk], to=[actor.user_id])
        browser = world.browser("second_bureau")
        page = browser.get(reverse("review:today"))
        (desk,) = page.context["desks"]
        assert {line.kind: (line.number, line.url.partition("?")[0]) for line in desk["lines"]} == {
            kind: (1, reverse(name)) for kind, name in LEADS.items()
        }
        for line in desk["lines"]:
            listed = browser.get(line.url).context
            rows = {Work.STUCK: "rows", Work.PLANS: "rows", Work.REVOCATIONS: "waiting"}.get(line.kind)
            assert len(listed[rows] if rows else listed["page"].rows) == line.number, line.kind
            assert line.url in page.content.decode()


def test_what_arrived_before_the_last_working_day_is_new_to_nobody(world: World) -> None:
    at_the_city(world)
    later = morning(4)
    with clock.at(later - timedelta(hours=1)):
        fresh = at_the_city(world, by="other_applicant")
    with clock.at(later), world.acting("city_bureau"):
        shown = world.browser("city_bureau").get(reverse("review:inbox"), {"mark": "fresh"})
    assert [row.pk for row in shown.context["page"].rows] == [fresh.pk]
    assert "上一工作日以来收到" in shown.content.decode()


def test_kinds_that_are_switched_off_are_not_told(world: World) -> None:
    world.add_person("colleague", unit="changsha")
    at_the_city(world)
    browser = world.browser("colleague")
    page = browser.get(reverse("organizations:notices")).content.decode()
    assert "新收到的申报" in page
    assert "待办理的更正申请" not in page  # the province's alone

    browser.post(reverse("organizations:notices_work"), {"work": ["late", "stuck"]})

    told_at(morning())
    assert digests(world, "colleague") == []
    assert len(digests(world, "city_bureau")) == 1
    muted = User.objects.get(pk=world.colleague.user_id).muted
    assert muted == ["batches", "fresh", "mine", "plans", "revocations"]


def test_whoever_stands_in_hears_what_the_colleague_would(world: World) -> None:
    for name in ("colleague", "third_clerk"):
        world.add_person(name, unit="changsha")
    cases = [at_the_city(world)]
    assign(world, cases, "colleague")
    switched_off(world, "third_clerk", *Work)
    switched_off(world, "colleague", Work.FRESH, Work.LATE)
    days = (morning().date() - clock.today()).days
    away(world, "colleague", "third_clerk", days, days)

    told_at(morning())

    assert digests(world, "colleague") == []
    (digest,) = digests(world, "third_clerk")
    name = world.colleague.display_name
    assert digest.body == f"星城市人社局：分派给我的申报 1 件（含代{name}办理的）。"

    told_at(morning(days + 1))
    assert len(digests(world, "colleague")) == 1
    assert len(digests(world, "third_clerk")) == 1


def test_nobody_is_left_out_because_the_deputy_is_away_too_or_gone(world: World) -> None:
    for name in ("colleague", "third_clerk"):
        world.add_person(name, unit="changsha")
    at_the_city(world)
    days = (morning().date() - clock.today()).days
    away(world, "colleague", "third_clerk", days, days)
    away(world, "third_clerk", "city_bureau", days, days)
    Membership.objects.filter(user=world.city_bureau.user).delete()

    told_at(morning())

    assert len(digests(world, "colleague")) == len(digests(world, "third_clerk")) == 1


def test_two_hats_are_told_in_one_digest_and_switched_between_on_the_page(world: World) -> None:
    at_the_city(world)
    filed(world, by="other_applicant")
    user = world.city_bureau.user
    Membership.objects.create(user=user, unit=world.society)
    told_at(morning())
    (digest,) = digests(world, "city_bureau")
    assert digest.title == "工作提要：2 个单位有事项等待办理"
    assert digest.body.splitlines() == [
        "湘江工程学会：新收到的申报 1 件。",
        "星城市人社局：新收到的申报 1 件。",
    ]
    browser = world.browser("city_bureau")
    page = browser.get(reverse("review:today"))
    assert [(str(each["hat"].unit), each["worn"]) for each in page.context["desks"]] == [
        ("星城市人社局", True),
        ("湘江工程学会", False),
    ]
    hat = Membership.objects.get(user=user, unit=world.society)
    back = reverse("review:today")
    page = browser.post(reverse("organizations:switch"), {"unit": hat.pk, "next": back}, follow=True)
    assert page.context["desks"][0]["hat"] == hat


def test_a_digest_that_comes_a_day_late_is_left_to_the_next_one(world: World) -> None:
    at_the_city(world)
    with clock.at(morning()):
        digesting.ask_if_due()
    told_at(morning() + timedelta(days=1, hours=-2))
    assert digests(world, "city_bureau") == []


def test_a_batch_that_has_ended_is_told_to_whoever_confirmed_it(world: World) -> None:
    batch = done(world, "city_bureau", [at_the_city(world)])
    with world.acting("city_bureau") as actor:
        (notice,) = notices.of(actor)
    assert (notice.kind, notice.title) == ("batch_ended", "批量审核已办完：审核通过 1 件")
    assert notice.link == reverse("review:batch_run", args=[batch.pk])

    switched_off(world, "city_bureau", Work.BATCHES)
    done(world, "city_bureau", [at_the_city(world, by="other_applicant")])
    with world.acting("city_bureau") as actor:
        assert notices.of(actor).count() == 1


def test_a_revocation_to_confirm_is_told_at_once_to_those_who_want_it(world: World) -> None:
    world.add_person("third_bureau", unit="province")
    switched_off(world, "second_bureau", Work.REVOCATIONS)
    certificate = approved(world)
    with world.acting("bureau") as actor:
        request_revocation(actor=actor, certificate_id=certificate.pk, reason="核认后发现材料虚假")
    for who, kinds in (("third_bureau", ["revocation_waiting"]), ("second_bureau", []), ("bureau", [])):
        with world.acting(who) as actor:
            assert list(notices.of(actor).values_list("kind", flat=True)) == kinds


def test_a_plan_is_told_at_once_only_where_the_digest_would_come_too_late(world: World) -> None:
    with clock.at(datetime(2026, 3, 2, 10, tzinfo=clock.SHANGHAI)):
        planning.filed(world, first_day=planning.day(1), last_day=planning.day(1))
        planning.filed(world, topic="后天的培训", first_day=planning.day(2), last_day=planning.day(2))
        with world.acting("department") as actor:
            assert [planning.TOPIC in each.body for each in notices.of(actor)] == [True]
            assert [line.says for line in lines(actor, {Work.PLANS})] == ["待备案的培训计划 2 份"]


def test_what_is_not_offered_to_an_account_stays_as_it_was(world: World) -> None:
    switched_off(world, "employer", Work.CORRECTIONS, Work.LATE)
    with world.acting("employer") as actor:
        work.choose(actor=actor, wanted=[Work.LATE.value, "nonsense"])
    assert User.objects.get(pk=world.employer.user_id).muted == [
        "corrections", "fresh", "mine", "plans", "stuck",
    ]  # fmt: skip
