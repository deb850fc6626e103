"""What somebody at 省第九人民医院 or at the province has made and what is theirs alone, or their unit's."""

from __future__ import annotations

from uuid import UUID

from applications.services.session_changes import ask
from cehours.lib import clock
from certificates.models import AssessmentBody
from certificates.services import request_revocation
from certificates.verification import bodies
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.messaging.contacts import Contact
from organizations.models import Invitation
from organizations.models.user import Role
from organizations.services import members
from review.batches.verdicts import Order
from review.lists.criteria import ListCriteria
from review.models import BatchAct
from review.models.export import ListKind
from review.services import ask_for_export, be_absent, hold
from review.services.exporting import write_export
from tests.review import batching
from tests.world import World


def colleagues(world: World) -> None:
    """People without an administrator's rights, at 省第九人民医院 and at the province."""
    world.add_person("reviewer", unit="hospital", role=Role.REVIEWER)
    world.add_person("bureau_reviewer", unit="province", role=Role.REVIEWER)


def at_the_employer(world: World) -> tuple[UUID, int, UUID]:
    """A held decision about another applicant's case, an absence and a finished export, all of `employer`."""
    case = batching.filed(world, by="other_applicant", unit="hospital", evidence=False)
    today = clock.today()
    with world.acting("employer") as actor:
        order = Order(BatchAct.RETURN, "请补充 2024 年签到表。")
        held = hold(actor=actor, case_id=case.pk, seen=case.version, order=order)
        deputy = world.second_employer.user_id
        absence = be_absent(actor=actor, deputy=deputy, first_day=today, last_day=today)
        job = ask_for_export(actor=actor, kind=ListKind.INBOX, criteria=ListCriteria())
    with scope(Actor.system("tests")):
        write_export(str(job.pk))
    return held.pk, absence.pk, job.pk


def admitted(world: World) -> int:
    """An assessment body that the province admitted."""
    with world.acting("bureau") as actor:
        bodies.admit(actor, "省工程系列高级职称评审委员会")
    return AssessmentBody.objects.get().pk


def session_change(world: World) -> UUID:
    """What `bureau` asked for; a second administrator is to confirm it."""
    values = {"grace_days": world.session.grace_days + 1}
    with world.acting("bureau") as actor:
        return ask(actor=actor, session=world.session, values=values, reason="按文件调整").pk


def revocation(world: World, certificate: UUID) -> UUID:
    """What `bureau` asked for; a second person is to confirm it."""
    with world.acting("bureau") as actor:
        return request_revocation(actor=actor, certificate_id=certificate, reason="核认后发现材料虚假").pk


def invited(world: World) -> tuple[UUID, str]:
    """An open invitation to the hospital, and its secret."""
    secret = "S" * 43
    with world.acting("employer") as actor:
        invitation = members.invite(
            actor=actor, unit_id=None, name="待邀请", role="reviewer", contact=Contact.parse("13700137000")
        )
        Invitation.objects.filter(pk=invitation.pk).update(secret_hash=members.secret_hash(secret))
    return invitation.pk, secret
