"""卡点: nobody is left waiting before a desk where nobody may decide; whoever can cure it does, on record."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import Error, transaction
from django.urls import reverse

from applications.holding import deciders
from applications.holding.deciders import Why
from applications.models import Application, Handover
from applications.states import State
from cehours.lib import clock
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotNow, NotYours, Stale
from organizations.acting.scope import scope
from organizations.models import Event, Membership, Notice, Unit
from review import services
from review.batches.verdicts import Order
from review.models import BatchAct
from review.services import handing_on
from review.stuck import queries
from tests.applications.typing_in import text_of
from tests.review.batching import at_the_city, now_of

pytestmark = pytest.mark.django_db
REASON = "该单位没有可以审核的账号"


def why_of(case):
    with scope(Actor.system("test")):
        return deciders.of_case(case.pk).why


def close(world, key):
    Unit.objects.filter(pk=world.units[key].pk).update(active=False)


def leave(world, key):
    Membership.objects.filter(unit=world.units[key]).delete()


def stand_in(world, case, by, seen=None):
    with world.acting(by) as actor:
        version = world.see("applicant", case.pk).version if seen is None else seen
        return handing_on.stand_in(actor=actor, case_id=case.pk, seen=version, reason=REASON)


def transfer(world, case, by, to):
    with world.acting(by) as actor:
        version = world.see("applicant", case.pk).version
        return handing_on.transfer(
            actor=actor, case_id=case.pk, seen=version, to_unit_id=world.units[to].pk, reason=REASON
        )


def ids(world, who):
    with world.acting(who) as actor:
        return [row.pk for row in queries.listed(actor)]


def test_a_case_whose_unit_has_reviewers_is_not_stuck(world):
    case = world.application(at=State.EMPLOYER_REVIEW)

    with world.acting("applicant"):
        reach = deciders.of_case(case.pk)

    assert reach.why is None
    assert reach.accounts == {world.employer.user_id, world.second_employer.user_id}


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        (lambda world: close(world, "hospital"), Why.CLOSED),
        (lambda world: leave(world, "hospital"), Why.NO_ACCOUNT),
        (lambda world: close(world, "group"), Why.NO_NEXT),
        (
            lambda world: world.move_session(
                closes_at=clock.now() - timedelta(days=2), review_until=clock.now() - timedelta(days=1)
            ),
            Why.OVER,
        ),
    ],
    ids=["closed", "no account", "no next", "over"],
)
def test_the_true_reason_is_known_and_those_who_can_cure_it_find_the_case(world, happens, why):
    case = world.application(at=State.EMPLOYER_REVIEW)
    happens(world)

    assert why_of(case) == why
    assert ids(world, "bureau") == [case.pk]
    assert ids(world, "department") == [case.pk] if why != Why.NO_NEXT else True
    assert ids(world, "other_bureau") == []
    with world.acting("bureau") as actor:
        assert queries.count(actor) == 1


def only_the_applicant(world):
    """The applicant's case lies with a unit whose only account is the applicant's own."""
    case = world.application(at=State.EMPLOYER_REVIEW)
    leave(world, "hospital")
    Membership.objects.create(user=world.applicant.user, unit=world.hospital, role="admin")
    return case


def test_the_only_account_being_the_applicants_is_a_reason_of_its_own(world):
    assert why_of(only_the_applicant(world)) == Why.OWN


def test_the_applicant_reads_the_true_reason_and_what_happens_next(world):
    case = only_the_applicant(world)

    page = world.browser("applicant").get(reverse("applications:progress", args=[case.pk])).content.decode()

    assert "省第九人民医院没有您以外的其他经办人" in page
    assert "由省级医疗集团代办" in page
    assert "省第九人民医院审核中" not in page


def test_the_superior_stands_in_and_its_own_step_still_follows_by_another_person(world):
    case = only_the_applicant(world)
    world.add_person("colleague", unit="group")

    stood = stand_in(world, case, "department")
    assert (stood.current_unit, stood.standing_for, stood.state) == (
        world.group, world.hospital, State.EMPLOYER_REVIEW
    )  # fmt: skip
    forwarded = world.approve(case, by="department")

    assert (forwarded.current_unit, forwarded.state) == (world.group, State.DEPARTMENT_REVIEW)
    assert world.see("applicant", case.pk).standing_for_id is None
    with pytest.raises(NotAllowed, match="已在前一环节审核过"):
        world.approve(case, by="department")
    assert world.approve(case, by="colleague").current_unit == world.commission


def test_the_guard_keeps_who_stood_in_from_a_later_hop_even_by_raw_sql(world):
    case = only_the_applicant(world)
    stand_in(world, case, "department")
    world.approve(case, by="department")

    with world.acting("department"), pytest.raises(Error), transaction.atomic():
        Application.objects.filter(pk=case.pk).update(
            hop=2, step=1, current_unit=world.commission, version=99, state=State.DEPARTMENT_REVIEW
        )


def test_what_a_colleague_has_decided_is_not_handed_on(world):
    world.add_person("colleague", unit="changsha")
    case = at_the_city(world)
    with world.acting("city_bureau") as actor:
        order = Order(BatchAct.APPROVE, "同意。")
        services.hold(actor=actor, case_id=case.pk, seen=now_of(case).version, order=order)

    with pytest.raises(NotNow, match="已决定"):
        transfer(world, case, "colleague", "province")


def test_a_transfer_freezes_the_route_anew_and_tells_the_applicant(world):
    case = world.application(at=State.EMPLOYER_REVIEW)
    close(world, "hospital")

    moved = transfer(world, case, "bureau", "province")

    assert (moved.state, moved.steps[moved.step], moved.current_unit) == (
        State.BUREAU_REVIEW, "bureau:province", world.province
    )  # fmt: skip
    page = world.browser("applicant").get(reverse("applications:progress", args=[case.pk])).content.decode()
    assert "移交湘南省人社厅" in page
    with world.acting("applicant"):
        assert Event.objects.filter(subject_id=case.pk).latest("seq").act == "transferred"
        assert Notice.objects.filter(kind="transferred").count() == 1
    assert world.approve(case, by="bureau").state == State.APPROVED


def test_a_case_of_a_closed_employer_begins_anew_at_the_unit_it_is_handed_to(world):
    case = world.application(at=State.EMPLOYER_REVIEW)
    leave(world, "hospital")

    moved = transfer(world, case, "bureau", "university")

    assert (moved.state, moved.step, moved.current_unit) == (State.EMPLOYER_REVIEW, 0, world.university)
    assert world.approve(case, by="university_admin").state == State.DEPARTMENT_REVIEW


def test_a_bureau_hands_on_what_lies_with_it_by_mistake(world):
    case = world.submit(world.draft(unit="society"))
    case = world.approve(case, by="society_admin")
    assert case.current_unit == world.changsha

    assert transfer(world, case, "city_bureau", "zhuzhou").current_unit == world.zhuzhou
    assert world.approve(case, by="other_bureau").state == State.APPROVED


def test_the_unit_that_cures_sends_it_back_to_the_applicant(world):
    case = world.application(at=State.EMPLOYER_REVIEW)
    close(world, "hospital")

    with world.acting("bureau") as actor:
        handing_on.send_back(actor=actor, case_id=case.pk, seen=case.version, reason=REASON)

    assert world.see("applicant", case.pk).state == State.RETURNED


def test_where_somebody_can_decide_nobody_stands_in_or_takes_it_away(world):
    case = world.application(at=State.EMPLOYER_REVIEW)

    with pytest.raises(NotNow):
        stand_in(world, case, "bureau")
    with pytest.raises(NotNow):
        transfer(world, case, "bureau", "province")


@pytest.mark.parametrize("who", ["other_bureau", "other_employer", "second_department"])
def test_who_cannot_cure_it_finds_nothing(world, who):
    case = only_the_applicant(world)

    with pytest.raises(NotYours):
        stand_in(world, case, who)


def test_an_old_page_hands_nothing_on(world):
    with pytest.raises(Stale):
        stand_in(world, only_the_applicant(world), "department", seen=99)


def test_after_the_end_of_the_review_only_extending_helps(world):
    case = world.application(at=State.EMPLOYER_REVIEW)
    world.move_session(
        closes_at=clock.now() - timedelta(days=2), review_until=clock.now() - timedelta(days=1)
    )

    with pytest.raises(NotNow, match="延长审核期"):
        stand_in(world, case, "department")
    page = world.browser("applicant").get(reverse("applications:progress", args=[case.pk])).content.decode()
    assert "本次未办结" in page
    inbox = world.browser("employer").get(reverse("review:inbox")).content.decode()
    assert "审核期已结束，未办结" in inbox
    assert "请立即办理" not in inbox


def test_no_handover_is_written_by_who_cannot_cure_it_even_by_raw_sql(world):
    case = only_the_applicant(world)
    stand_in(world, case, "department")
    with scope(Actor.system("tests")):
        handover = Handover.objects.get()
    handover.pk, handover.version, handover._state.adding = case.pk, 99, True

    with world.acting("other_bureau"), pytest.raises(Error), transaction.atomic():
        handover.save(force_insert=True)


def test_the_list_says_why_and_is_narrowed_by_reason_and_unit(world):
    case = only_the_applicant(world)
    browser = world.browser("bureau")

    page = browser.get(reverse("review:stuck")).content.decode()
    assert "单位只有申报人本人一个账号" in page
    assert "省第九人民医院" in page
    assert case.name not in page
    assert "没有符合条件" in browser.get(reverse("review:stuck"), {"why": "closed"}).content.decode()
    assert "没有符合条件" in browser.get(reverse("review:stuck"), {"unit": "芦淞"}).content.decode()
    assert (
        reverse("review:cure", args=[case.pk])
        in browser.get(reverse("review:stuck"), {"unit": "第九"}).content.decode()
    )


def test_a_superior_stands_in_on_the_page_and_then_decides(world):
    case = only_the_applicant(world)
    browser, address = world.browser("department"), reverse("review:cure", args=[case.pk])

    assert "代办：由本单位代替" in browser.get(address).content.decode()
    answer = browser.post(
        address, {"act": "stand_in", "reason": REASON, "version": case.version}, follow=True
    )

    assert "已转由本单位代办" in answer.content.decode()
    assert "审核通过" in answer.content.decode()


def test_a_transfer_on_the_page_finds_the_unit_and_keeps_what_was_typed(world):
    case = only_the_applicant(world)
    browser, address = world.browser("bureau"), reverse("review:cure", args=[case.pk])
    typed = {"act": "transfer", "reason": REASON, "to_text": "湘水", "version": case.version}

    assert "请查找并选择移交的单位" in browser.post(address, {**typed, "to_text": ""}).content.decode()
    found = browser.post(address, {**typed, "find": "1"}).content.decode()
    assert "找到 1 个" in found
    assert REASON in found
    done = browser.post(address, {**typed, "to_unit": str(world.university.pk)}, follow=True)

    assert "已移交湘水大学" in done.content.decode()
    assert world.see("applicant", case.pk).current_unit == world.university


def test_the_navigation_counts_what_is_stuck(world):
    only_the_applicant(world)

    page = text_of(world.browser("second_bureau").get(reverse("review:handled")))

    assert "卡点，等待办理1件" in re.sub(r"<[^>]+>|\s", "", page)


@pytest.mark.parametrize(
    ("address", "says"),
    [
        (lambda world: reverse("organizations:unit_edit", args=[world.hospital.pk]), "在办申报 1 件"),
        (
            lambda world: reverse(
                "organizations:unit_remove_member", args=[world.hospital.pk, world.employer.membership.pk]
            ),
            "请先邀请其他经办人",
        ),
        (lambda world: reverse("applications:session_edit", args=[world.session.pk]), "该申报期在审 1 件"),
    ],
    ids=["unit", "member", "session"],
)
def test_before_a_change_the_page_says_what_it_touches(world, address, says):
    world.application(at=State.EMPLOYER_REVIEW)

    assert says in world.browser("bureau").get(address(world)).content.decode()


def test_choosing_an_employer_without_an_account_says_so(world):
    leave(world, "hospital")
    case = world.draft()

    page = world.browser("applicant").get(reverse("applications:header", args=[case.pk])).content.decode()

    assert "该单位尚未开通审核账号" in page


@pytest.mark.parametrize("act", ["approve", "return", "reject"])
def test_who_was_removed_while_deciding_gets_the_text_back(world, act):
    case = world.application(at=State.EMPLOYER_REVIEW)
    browser = world.browser("employer")
    Membership.objects.filter(user=world.employer.user).delete()

    answer = browser.post(
        reverse(f"review:{act}", args=[case.pk]), {"version": case.version, "opinion": "<b>缺结业证书"}
    )

    assert answer.status_code == 404
    assert "&lt;b&gt;缺结业证书" in answer.content.decode()
    assert "您已不再是" in answer.content.decode()


def test_reviewers_read_until_when_they_may_decide(world):
    assert "审核截止 " in world.browser("employer").get(reverse("review:inbox")).content.decode()
