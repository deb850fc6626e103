"""A desk in the middle of the day: a decision that waits, notes, assignments, an absence, 卡点 and cures, a revocation.

Each scene is played once, with the cases of `plan.SCENES` as far as they are there.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction

import review.services as review
from applications.models import Application, Handover
from applications.states import IN_REVIEW
from cehours.lib import clock
from cehours.sample import people
from certificates.models import AssessmentBody, Certificate, Revocation
from certificates.services import confirm_revocation, request_revocation
from certificates.verification import bodies
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import User
from organizations.models.user import Role
from review.batches.verdicts import Order
from review.models import Absence, Assignment, BatchAct, HeldDecision, Note
from review.services import handing_on

HEAD, COLLEAGUE = "shizhou", "shizhou-2"
COLLEAGUE_NUMBER, COLLEAGUE_NAME, HOME = 90, "文思齐", "430102"
STUCK = "该单位还没有开通账号，无人审核"
MOVED = "该院人事工作由湘澜第一医院代管，请其继续审核"
SAID = "已电话核对 2023 年面授培训班的签到表，原件下周一送来。"
FALSE = "经核查，2021 年的培训证书不实。"
BODY = "湖南省工程系列高级职称评审委员会（演示）"
OFFICE_HOURS = timedelta(hours=8)  # so long can a visitor of the demo look at what waits


def load() -> int:
    """Plays what has not been played yet; returns how many scenes."""
    scenes: tuple[Callable[[], bool], ...] = (
        _stood_in, _handed_over, _noted, _assigned, _away, _revoked, _held, _registered,
    )  # fmt: skip
    return sum(scene() for scene in scenes)


def _case(login: str) -> Application | None:
    with scope(Actor.system("sample_data")):
        found = Application.objects.filter(person__users__username=login).select_related("current_unit")
        return found.order_by("created_at").first()


def _waiting(login: str) -> Application | None:
    case = _case(login)
    return case if case is not None and case.state in IN_REVIEW else None


def _stood_in() -> bool:
    case = _waiting("daiban")
    if case is None or _was_handed_on(case):
        return False
    with scope(people.known("zhuguan1")) as actor:
        handing_on.stand_in(actor=actor, case_id=case.pk, seen=case.version, reason=STUCK)
    return True


def _handed_over() -> bool:
    case = _waiting("yijiao")
    if case is None or _was_handed_on(case):
        return False
    hospital = people.known("danwei").unit_id
    assert hospital is not None
    with scope(people.known("shengting")) as actor:
        handing_on.transfer(
            actor=actor, case_id=case.pk, seen=case.version, to_unit_id=hospital, reason=MOVED
        )
    return True


def _was_handed_on(case: Application) -> bool:
    with scope(Actor.system("sample_data")):
        return Handover.objects.filter(application=case).exists()


def _noted() -> bool:
    case = _case("beizhu")
    with scope(people.known(HEAD)) as actor:
        if case is None or Note.objects.filter(application=case).exists():
            return False
        review.note(actor=actor, case_id=case.pk, text=SAID)
    return True


@transaction.atomic
def _colleague() -> Actor:
    """A plain reviewer beside the head of the city's desk."""
    if User.objects.filter(username=COLLEAGUE).exists():
        return people.known(COLLEAGUE)
    return people.enter(
        number=COLLEAGUE_NUMBER,
        login=COLLEAGUE,
        name=COLLEAGUE_NAME,
        region=HOME,
        unit=people.known(HEAD).unit,
        role=Role.REVIEWER,
    )


def _assigned() -> bool:
    colleague = _colleague()
    with scope(people.known(HEAD)) as actor:
        cases = list(
            Application.objects.filter(current_unit_id=actor.unit_id, state__in=IN_REVIEW).values_list(
                "pk", flat=True
            )
        )
        if not cases or Assignment.objects.exists():
            return False
        assert actor.user_id and colleague.user_id
        review.assign(actor=actor, cases=cases, to=[actor.user_id, colleague.user_id])
    return True


def _away() -> bool:
    today = clock.today()
    deputy = people.known(HEAD).user_id
    assert deputy is not None
    with scope(_colleague()) as actor:
        if Absence.objects.filter(user=actor.user).exists():
            return False
        review.be_absent(actor=actor, deputy=deputy, first_day=today, last_day=today + timedelta(days=4))
    return True


def _revoked() -> bool:
    """By two persons of the bureau, over one year: the session is free, the other years stay."""
    case = _case("chexiao")
    with scope(people.known(HEAD)) as actor:
        if case is None or Revocation.objects.filter(certificate__application=case).exists():
            return False
        certificate = Certificate.objects.get(application=case)
        asked = request_revocation(actor=actor, certificate_id=certificate.pk, reason=FALSE, years=[2021])
    with scope(_colleague()) as actor:
        confirm_revocation(actor=actor, revocation_id=asked.pk)
    return True


def _held() -> bool:
    case = _waiting("daisheng")
    with scope(people.known(HEAD)) as actor:
        if case is None or HeldDecision.objects.filter(application=case).exists():
            return False
        order = Order(BatchAct.RETURN, "2022 年的培训通知没有盖章，请补充。")
        review.hold(actor=actor, case_id=case.pk, seen=case.version, order=order, lasts=OFFICE_HOURS)
    return True


def _registered() -> bool:
    """A 评委会 that checks certificates; its key is shown to nobody, a visitor makes a new one."""
    if AssessmentBody.objects.filter(name=BODY).exists():
        return False
    with scope(people.known("shengting")) as actor:
        bodies.admit(actor, BODY)
    return True
