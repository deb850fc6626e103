"""收回 of a print whose records a restore lost: two different people of the provincial bureau, as a revocation."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.urls import reverse

from cehours.lib import clock
from certificates import queries
from certificates.models import LostPrint, LostPrintState
from organizations import audit, outbox
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotNow, NotYours
from organizations.messaging import notices
from organizations.models import User
from organizations.models.region import RegionLevel

TELL = "certificates.tell_lost_print"
ALREADY = "该文件的收回申请已经处理过，请刷新页面查看。"
SAME_PERSON = "收回须由另一位经办人复核，申请人本人不能复核。"
ALONE = "收回须由另一位经办人复核，但本单位没有其他经办人。请管理员先在“人员”中邀请一位，再申请收回。"


@transaction.atomic
def ask(*, actor: Actor, print_id: UUID) -> LostPrint:
    """A first person asks for it. Raises NotYours, NotNow where it was asked for or there is nobody to confirm."""
    row = _locked(actor, print_id, LostPrintState.FOUND)
    if not _others(actor.person_id):
        raise NotNow(ALONE)
    row.state, row.requested_at = LostPrintState.REQUESTED, clock.now()
    row.requested_by_id, row.requested_name = actor.person_id, actor.display_name
    _record(actor, row, "lost_print_asked")
    outbox.ring(TELL, row.pk)
    return row


@transaction.atomic
def confirm(*, actor: Actor, print_id: UUID) -> LostPrint:
    """A second person confirms: from now on the verification page says that it was taken back. Never undone."""
    row = _locked(actor, print_id, LostPrintState.REQUESTED)
    if row.requested_by_id == actor.person_id:
        raise NotAllowed(SAME_PERSON)
    row.state, row.confirmed_at = LostPrintState.TAKEN_BACK, clock.now()
    row.confirmed_by_id, row.confirmed_name = actor.person_id, actor.display_name
    _record(actor, row, "lost_print_taken_back")
    return row


@transaction.atomic
def decline(*, actor: Actor, print_id: UUID) -> LostPrint:
    """Not yet: another person does not agree, or the first takes the request back."""
    row = _locked(actor, print_id, LostPrintState.REQUESTED)
    row.state, row.requested_by, row.requested_name, row.requested_at = LostPrintState.FOUND, None, "", None
    _record(actor, row, "lost_print_left")
    return row


def tell(key: str) -> None:
    """Tells the bureau's other people that a request waits for one of them. As the system."""
    row = LostPrint.objects.select_related("requested_by").get(pk=key)
    if row.state != LostPrintState.REQUESTED:
        return
    title = "有一份收回申请待您复核"
    says = f"{row.requested_name}申请收回编号 {row.number or '不明'} 的认定单文件，须由另一位经办人复核。"
    words = notices.Words("lost_print_waiting", title, says, reverse("certificates:issued"))
    notices.tell_many("lost_print", [(person, row.pk, words) for person in _others(row.requested_by_id)])


def _locked(actor: Actor, print_id: UUID, state: LostPrintState) -> LostPrint:
    row = queries.lost_prints(actor).select_for_update(of=("self",)).filter(pk=print_id).first()
    if row is None or actor.person_id is None:
        raise NotYours("没有找到该文件。")
    if row.state != state:
        raise NotNow(ALREADY)
    return row


def _others(asking: UUID | None) -> list[UUID]:
    """The persons of the provincial bureau with a living account, without who asks."""
    staff = User.objects.filter(
        is_active=True,
        memberships__unit__bureau_level=RegionLevel.PROVINCE,
        memberships__unit__active=True,
        person__isnull=False,
    )
    people = staff.order_by("person_id").values_list("person_id", flat=True).distinct()
    return [person for person in people if person and person != asking]


def _record(actor: Actor, row: LostPrint, act: str) -> None:
    row.save(
        update_fields=[
            *("state", "requested_by", "requested_name", "requested_at"),
            *("confirmed_by", "confirmed_name", "confirmed_at"),
        ]
    )
    assert actor.unit
    audit.record(actor, act, actor.unit, print=row.pk, sha256=row.sha256)
