"""Nobody decides their own application, nobody decides one case twice, nobody else's desk is anybody's.

Each person who must not decide is tried at every entry point: services, pages, batches and raw SQL as the runtime
role.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from applications.models import Application, Decision, Outcome
from applications.states import State
from cehours.lib import clock
from cehours.lib.refusal import Refusal
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import Unit
from review import services
from review.models import BatchAct, ItemOutcome
from tests.review.batching import at_the_city, confirmed, done, filed, items_of, now_of, worked_off
from tests.world import World

pytestmark = pytest.mark.requirement("R035", "R036")
REASON = "请补充 2024 年签到表。"
SYSTEM = Actor.system("tests")


def own_case(world: World) -> tuple[Application, str]:
    """The clerk files as a person, with another account, and the case reaches the clerk's own desk."""
    world.add_person("clerk_as_person", person_of="city_bureau")
    return at_the_city(world, by="clerk_as_person"), "city_bureau"


def second_account(world: World) -> tuple[Application, str]:
    """The applicant has a second account, which works for the bureau: same identity number, same person."""
    world.add_person("applicants_other_login", unit="changsha", person_of="applicant")
    return at_the_city(world), "applicants_other_login"


def two_hops(world: World) -> tuple[Application, str]:
    """Who decided for the employer works for the bureau, too, or was invited there meanwhile."""
    world.add_person("society_and_city", unit="changsha", person_of="society_admin")
    return at_the_city(world), "society_and_city"


def wrong_region(world: World) -> tuple[Application, str]:
    """A clerk of another city's bureau."""
    return at_the_city(world), "other_bureau"


def earlier_hop(world: World) -> tuple[Application, str]:
    """The employer's admin, after the case has gone on."""
    return at_the_city(world), "society_admin"


def no_identity(world: World) -> tuple[Application, str]:
    """An account of the bureau that stands for no known natural person."""
    clerk = world.add_person("nameless", unit="changsha")
    clerk.user.person_id = None
    clerk.user.save()
    return at_the_city(world), "nameless"


def superuser(world: World) -> tuple[Application, str]:
    """A platform account with every flag Django knows, and no unit."""
    clerk = world.add_person("platform")
    clerk.user.is_superuser = clerk.user.is_staff = True
    clerk.user.save()
    return at_the_city(world), "platform"


def own_at_the_employer(world: World) -> tuple[Application, str]:
    """The employer's admin files as one of its people."""
    world.add_person("employer_as_person", person_of="employer")
    return filed(world, by="employer_as_person", unit="hospital"), "employer"


def own_at_the_department(world: World) -> tuple[Application, str]:
    """The superior's clerk is employed below and files there."""
    world.add_person("department_as_person", person_of="department")
    return world.approve(
        filed(world, by="department_as_person", unit="hospital"), by="employer"
    ), "department"


def former_desk(world: World) -> tuple[Application, str]:
    """A colleague of the one who sent it on: their unit still sees the case, on another one's desk."""
    return world.approve(filed(world, unit="hospital"), by="employer"), "second_employer"


def twice_at_the_university(world: World) -> tuple[Application, str]:
    """Both hops are at one unit; who took the first is still on the desk of the second."""
    return world.approve(filed(world, unit="university"), by="university_admin"), "university_admin"


def second_login_at_the_university(world: World) -> tuple[Application, str]:
    """The same, with another account of the same person."""
    world.add_person("admins_other_login", unit="university", person_of="university_admin")
    return world.approve(filed(world, unit="university"), by="university_admin"), "admins_other_login"


FORBIDDEN = [
    own_case, own_at_the_employer, own_at_the_department, second_account, two_hops, twice_at_the_university,
    second_login_at_the_university, wrong_region, earlier_hop, former_desk, no_identity, superuser,
]  # fmt: skip


@pytest.mark.parametrize("scenario", FORBIDDEN, ids=lambda scenario: scenario.__name__)
def test_whoever_must_not_decide_cannot_at_any_entry_point(
    world: World, scenario: Callable[[World], tuple[Application, str]]
) -> None:
    case, who = scenario(world)
    case, actor = now_of(case), world.people[who]
    before = _decisions(case)

    for act, says in (
        (services.approve, "opinion"),
        (services.return_, "reason"),
        (services.reject, "reason"),
    ):
        with pytest.raises(Refusal), scope(actor):
            act(actor=actor, case_id=case.pk, seen=case.version, **{says: REASON})
    with pytest.raises(Refusal), scope(actor):
        services.claim(actor=actor, case_id=case.pk)
    _pages_refuse(world, case, who)
    _batches_refuse(world, case, who)
    with pytest.raises(DatabaseError), scope(actor):
        Decision.objects.bulk_create([_decision(case, actor)])
    with transaction.atomic(), scope(actor):
        _force(case, actor)

    after = now_of(case)
    assert (after.state, after.version, after.current_unit_id) == (
        case.state, case.version, case.current_unit_id,
    )  # fmt: skip
    assert _decisions(case) == before


def _pages_refuse(world: World, case: Application, who: str) -> None:
    browser = world.browser(who)
    typed = {"version": case.version, "opinion": REASON, "confirm": "yes"}
    for name in ("review:approve", "review:return", "review:reject"):
        answer = browser.post(reverse(name, args=[case.pk]), typed)
        assert answer.status_code in (403, 404, 422), (name, answer.status_code)


def _batches_refuse(world: World, case: Application, who: str) -> None:
    for act in BatchAct:
        try:
            batch = worked_off(confirmed(world, who, [(case.pk, case.version)], act=act, opinion=REASON))
        except Refusal:
            continue  # not allowed to work in batches at all
        assert [item.outcome for item in items_of(batch)] == [ItemOutcome.REFUSED], act


def _force(case: Application, actor: Actor) -> None:
    """Tries to move the case by hand; a row that is not visible is not there to be moved."""
    for state in (State.APPROVED, State.RETURNED, State.REJECTED):
        try:
            with transaction.atomic():
                moved = Application.objects.filter(pk=case.pk).update(
                    state=state, version=case.version + 1, current_unit=None, step=None, arrived_at=None
                )
            assert moved == 0, state
        except IntegrityError:
            continue


def _decisions(case: Application) -> int:
    with scope(SYSTEM):
        return Decision.objects.filter(application=case).count()


def _decision(case: Application, actor: Actor) -> Decision:
    return Decision(
        application=case,
        revision=case.revision,
        hop=case.hop,
        state=case.state,
        unit_id=actor.unit_id or case.current_unit_id,
        user=actor.user,
        person_id=actor.person_id,
        reviewer_name="x",
        outcome=Outcome.APPROVED,
        arrived_at=clock.now(),
        decided_at=clock.now(),
    )


def test_a_colleague_decides_instead(world: World) -> None:
    world.add_person("colleague", unit="changsha")
    for scenario in (own_case, two_hops):
        case, _ = scenario(world)
        assert world.approve(case, by="colleague").state == State.APPROVED


def test_an_employers_admin_cannot_approve_what_they_filed_themselves(world: World) -> None:
    world.add_person("employer_as_person", person_of="employer")
    case = filed(world, by="employer_as_person", unit="hospital")

    for act in (world.approve, world.return_, world.reject):
        with pytest.raises(Refusal, match="本人"):
            act(case, by="employer")

    assert world.approve(case, by="second_employer").state == State.DEPARTMENT_REVIEW


def test_a_university_needs_two_accounts(world: World) -> None:
    case = world.approve(filed(world, unit="university"), by="university_admin")

    with pytest.raises(Refusal, match="其他账号"):
        world.approve(case, by="university_admin")

    assert world.approve(case, by="university_reviewer").state == State.BUREAU_REVIEW


def test_a_clerks_own_application_in_a_batch_is_named_and_the_rest_proceeds(world: World) -> None:
    own, who = own_case(world)
    other = at_the_city(world, by="other_applicant")

    batch = done(world, who, [own, other])

    assert {item.application_id: item.outcome for item in items_of(batch)} == {
        own.pk: "refused",
        other.pk: "done",
    }
    assert "本人" in next(item.says for item in items_of(batch) if item.application_id == own.pk)


# Whom an employer's admin cannot name as the next reviewer, while 省级医疗集团 is the superior of the hospital.
WRONG_UNITS: dict[str, Callable[[World], Any]] = {
    "itself": lambda world: world.hospital.pk,
    "the superior's superior, so that a hop is skipped": lambda world: world.commission.pk,
    "the bureau, while a superior lies ahead": lambda world: world.province.pk,
    "a unit of another tree": lambda world: world.firm.pk,
    "another city's bureau": lambda world: world.zhuzhou.pk,
    "a subordinate": lambda world: (
        world.add_unit("ward", "省九医院分院", region="430000", parent="hospital").pk
    ),
    "a dissolved unit": lambda world: _dissolved(world).pk,
    "nobody that is registered": lambda world: uuid4(),
    "nobody at all": lambda world: None,
}


def _dissolved(world: World) -> Unit:
    return world.add_unit("gone", "已撤并医疗集团", region="430000", active=False)


def test_only_the_unit_ahead_on_the_route_can_be_named_next(world: World, monkeypatch: Any) -> None:
    case = filed(world, unit="hospital")

    for name, unit in WRONG_UNITS.items():
        pk = unit(world)
        with pytest.raises(Refusal):
            world.approve(case, by="employer", next_unit_id=pk)
        with pytest.raises(DatabaseError), world.acting("employer") as actor:
            Decision.objects.bulk_create([_decision(case, actor)])
            Application.objects.filter(pk=case.pk).update(
                state=State.DEPARTMENT_REVIEW, version=case.version + 1, current_unit_id=pk, hop=1, step=1
            )
            with transaction.atomic():  # deferred keys are checked here
                _check_constraints()
        assert now_of(case).current_unit_id == world.hospital.pk, name


def _check_constraints() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_route_of_a_case_in_review_is_frozen(world: World) -> None:
    case = filed(world, unit="hospital")
    for who in ("employer", "applicant"):
        for changed in (
            {"steps": ["employer"]},
            {"employer": world.firm},
            {"final_label": ""},
            {"route": "freelance"},
        ):
            with pytest.raises(IntegrityError, match="what is filed"), world.acting(who):
                Application.objects.filter(pk=case.pk).update(**changed)


def test_a_step_without_its_decision_is_refused_by_the_database(world: World) -> None:
    case = filed(world, unit="hospital")

    with pytest.raises(IntegrityError, match="no decision on record"), world.acting("employer"):
        Application.objects.filter(pk=case.pk).update(
            state=State.DEPARTMENT_REVIEW, version=99, current_unit=world.group, step=1, hop=1
        )


@pytest.mark.parametrize("page", ["approve", "return", "reject"])
def test_a_tab_left_open_by_somebody_who_lost_the_right_decides_nothing(world: World, page: str) -> None:
    case = at_the_city(world)
    browser = world.browser("city_bureau")
    assert browser.get(reverse("review:case", args=[case.pk])).status_code == 200
    world.city_bureau.membership.delete()

    typed = {"version": now_of(case).version, "opinion": REASON, "confirm": "yes"}
    answer = browser.post(reverse(f"review:{page}", args=[case.pk]), typed)

    assert answer.status_code in (403, 404)
    assert now_of(case).state == State.BUREAU_REVIEW


@pytest.mark.requirement("R210", "R225")
@pytest.mark.parametrize("reason", ["", "  ", "不行"])
def test_a_refusal_needs_a_reason_the_applicant_can_use(world: World, reason: str) -> None:
    case = filed(world, unit="hospital")

    for act in (services.return_, services.reject):
        with pytest.raises(Refusal, match="原因"), world.acting("employer") as actor:
            act(actor=actor, case_id=case.pk, seen=case.version, reason=reason)

    assert world.see("employer", case.pk).state == State.EMPLOYER_REVIEW
