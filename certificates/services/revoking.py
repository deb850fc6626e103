"""撤销: two different people of the issuing bureau; once confirmed it is never undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from django.db import connection, transaction
from django.urls import reverse

from cehours.lib import clock, visible
from certificates import queries
from certificates.issuing.falling import ALONE, who_may_confirm
from certificates.models import Certificate, CertificateState, Revocation, RevocationState
from certificates.services.issuing import digest_of
from organizations import audit
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotNow, NotYours
from organizations.messaging import notices
from organizations.messaging.work import Work, wanting

ALREADY = "该认定单已经撤销，不能再次操作。"
OPEN = "该认定单已有待复核的撤销申请，请由另一位经办人复核。"
DECIDED = "该撤销申请已经处理过，请刷新页面查看结果。"
SAME_PERSON = "撤销须由另一位经办人复核，申请人本人不能复核。"
OWN = "这是您本人的学时认定单，按规定不能由本人办理撤销，请由本单位其他经办人办理。"
NO_REASON = "请填写撤销原因。"
NO_YEAR = "请勾选认定单上有问题的年度，至少一个。"
AGAIN = "需要新的认定单的，请在申报期内重新申报。"
KEPT = "其他年度的学时仍然有效，可以直接带入。"


@transaction.atomic
def request_revocation(
    *, actor: Actor, certificate_id: UUID, reason: str, years: Sequence[int] | None = None
) -> Revocation:
    """A first person of the issuing bureau asks for it, with the reason that the public will read.

    `years`: those in question, of an approval's certificate (A79); None means all of them.
    """
    certificate = _of_the_bureau(actor, certificate_id)
    assert actor.unit_id  # as _of_the_bureau found out
    assert actor.person_id
    if not visible.shown(reason):
        raise NotAllowed(NO_REASON, field="reason")
    chosen = _years(certificate, years)
    if certificate.state == CertificateState.REVOKED:
        raise NotNow(ALREADY)
    if certificate.revocations.exclude(state=RevocationState.DECLINED).exists():
        raise NotNow(OPEN)
    confirming = who_may_confirm(certificate, asked_by=actor.person_id)
    if not confirming:
        raise NotNow(ALONE)
    asked = Revocation.objects.create(
        certificate=certificate,
        unit_id=actor.unit_id,
        reason=reason.strip(),
        years=chosen,
        requested_by_id=actor.person_id,
        requested_name=actor.display_name,
    )
    said = {"reason": digest_of(asked.reason), "years": asked.years}
    audit.record(actor, "revocation_requested", certificate, revocation=asked.pk, **said)
    title = "有一项撤销申请待您复核"
    says = f"{actor.display_name}申请撤销编号 {certificate.number} 的学时认定单，须由本单位另一位经办人复核。"
    told = wanting(confirming, asked.unit_id, Work.REVOCATIONS)
    _tell_staff(asked, told, notices.Words("revocation_waiting", title, says))
    return asked


@transaction.atomic
def confirm_revocation(*, actor: Actor, revocation_id: UUID) -> Certificate:
    """A second person confirms: the certificate, those that hold its years in question, and their hours end at once.

    The approvals behind them are marked, so that the person may file again in their sessions.
    """
    asked = _open(actor, revocation_id)
    if asked.requested_by_id == actor.person_id:
        raise NotAllowed(SAME_PERSON)
    _decide(actor, asked, RevocationState.CONFIRMED)
    audit.record(actor, "revoked", asked.certificate, revocation=asked.pk)
    # What follows reaches certificates and hours that this bureau may not change by itself: the database does it.
    others = f"所依据的认定单（编号 {asked.certificate.number}）已被撤销。"
    ended = Certificate.objects.raw("SELECT * FROM revocation_takes_effect(%s, %s)", [asked.pk, others])
    for certificate in list(ended):
        _tell_the_holder(
            certificate, asked, asked.reason if certificate.pk == asked.certificate_id else others
        )
    return Certificate.objects.get(pk=asked.certificate_id)


@transaction.atomic
def decline_revocation(*, actor: Actor, revocation_id: UUID) -> Revocation:
    """It is not revoked: another person does not agree, or the first takes it back."""
    asked = _open(actor, revocation_id)
    _decide(actor, asked, RevocationState.DECLINED)
    audit.record(actor, "revocation_declined", asked.certificate, revocation=asked.pk)
    return asked


def _years(certificate: Certificate, years: Sequence[int] | None) -> list[int]:
    """The years in question as they are kept; a further range takes no hours along, so it has none."""
    if not certificate.by_approval:
        return []
    whole = range(certificate.from_year, certificate.to_year + 1)
    chosen = sorted(set(whole if years is None else years))
    if not chosen or not set(chosen) <= set(whole):
        raise NotAllowed(NO_YEAR, field="years")
    return chosen


def _of_the_bureau(actor: Actor, certificate_id: UUID) -> Certificate:
    certificate = queries.issued(actor).select_for_update(of=("self",)).filter(pk=certificate_id).first()
    if certificate is None or actor.person_id is None:
        raise NotYours("没有找到该学时认定单，或者它不是本单位出具的。")
    if certificate.person_id == actor.person_id:
        raise NotAllowed(OWN)
    return certificate


def _open(actor: Actor, revocation_id: UUID) -> Revocation:
    rows = Revocation.objects.select_for_update(of=("self",))
    asked = rows.filter(pk=revocation_id, unit_id=actor.unit_id).first() if actor.unit_id else None
    if asked is None:
        raise NotYours("没有找到该撤销申请。")
    with connection.cursor() as cursor:  # first the person's cases, which this bureau may not see
        cursor.execute("SELECT revocation_locks(%s)", [asked.pk])
    asked.certificate = _of_the_bureau(actor, asked.certificate_id)
    if asked.state != RevocationState.REQUESTED:
        raise NotNow(DECIDED)
    return asked


def _decide(actor: Actor, asked: Revocation, state: RevocationState) -> None:
    asked.state, asked.decided_at = state, clock.now()
    asked.decided_by_id, asked.decided_name = actor.person_id, actor.display_name
    asked.save(update_fields=["state", "decided_at", "decided_by", "decided_name"])
    if asked.requested_by_id != actor.person_id:
        says = f"编号 {asked.certificate.number} 的学时认定单：{asked.get_state_display()}。"
        words = notices.Words(
            "revocation_decided", "您提出的撤销申请已复核", says + f"复核人：{actor.display_name}。"
        )
        _tell_staff(asked, [asked.requested_by_id], words)


def _tell_staff(asked: Revocation, people: list[UUID], words: notices.Words) -> None:
    """Tells persons of the bureau, leading to the certificate."""
    words = replace(words, link=reverse("certificates:detail", args=[asked.certificate_id]))
    notices.tell_many("certificate", [(person, asked.certificate_id, words) for person in people])


def _tell_the_holder(certificate: Certificate, asked: Revocation, reason: str) -> None:
    says = f"编号 {certificate.number} 的学时认定单已由{asked.unit}撤销，不能再使用。原因：{reason}"
    link = reverse("certificates:query")
    if certificate.by_approval:
        says = f"{says.rstrip('。')}。{AGAIN}{KEPT if asked.years else ''}"
        link = reverse("applications:detail", args=[certificate.application_id])
    words = notices.Words("certificate_revoked", "学时认定单已被撤销", says, link)
    notices.tell(
        person_id=certificate.person_id, subject="certificate", subject_id=certificate.pk, words=words
    )
