"""记录核对: the province accepts or refuses what the policy does not bear out, and closes what fits nobody."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from cehours.lib import clock
from organizations import audit
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotNow
from training.feeds import matching, notices, queries
from training.feeds.reported import categories
from training.models import RecordStanding, Standing

DECIDED = "这条记录刚刚已经办理或更正，请查看最新情况。"
NEEDS_A_NAME = "姓名与登记不符的记录不能计入，请联系报送单位更正，或者注明理由后不予计入。"
CHOOSE_CATEGORY = "请选择这条记录计入的科目。"
NO_PERSON = "这个账号没有关联本人，不能办理。"


@transaction.atomic
def accept_record(*, actor: Actor, standing_id: UUID, seen: int, reason: str, category: str = "") -> Standing:
    """计入: the bureau takes a record over in spite of its flags; it counts once its person fits.

    Returns how it stands now. Raises NotYours, NotNow, NotAllowed.
    """
    standing = _decidable(actor, standing_id, seen)
    if standing.state != Standing.FLAGGED:
        raise NotAllowed(NEEDS_A_NAME)
    chosen = category or standing.category
    if chosen not in categories().values():
        raise NotAllowed(CHOOSE_CATEGORY, field="category")
    standing.category = chosen
    _decide(actor, standing, accepted=True, reason=reason)
    state, changes = matching.count_accepted(standing.pk)
    notices.tell(standing.provider, standing.record.delivery_id, changes)
    return Standing(state)


@transaction.atomic
def refuse_record(*, actor: Actor, standing_id: UUID, seen: int, reason: str) -> None:
    """不予计入, with a reason; the provider is told where the record itself was wrong. Raises NotYours, NotNow."""
    standing = _decidable(actor, standing_id, seen)
    flagged = standing.state == Standing.FLAGGED
    standing.state = Standing.REFUSED
    _decide(actor, standing, accepted=False, reason=reason)
    if flagged:
        notices.refused(standing.provider, standing.record, reason)


def _decidable(actor: Actor, pk: UUID, seen: int) -> RecordStanding:
    standing = queries.one_to_look_at(actor, pk, lock=True)
    if standing.version != seen or standing.state not in queries.TO_LOOK_AT:
        raise NotNow(DECIDED)
    if actor.person_id is None:
        raise NotAllowed(NO_PERSON)
    return standing


def _decide(actor: Actor, standing: RecordStanding, *, accepted: bool, reason: str) -> None:
    standing.accepted, standing.reason = accepted, reason
    standing.decided_at, standing.decided_by_id = clock.now(), actor.person_id
    standing.save(update_fields=["state", "category", "accepted", "reason", "decided_at", "decided_by"])
    act = "record_accepted" if accepted else "record_refused"
    chosen = (
        {"category": standing.category} if accepted else {}
    )  # one of the policy's; else as it was written
    audit.record(actor, act, standing.record.delivery, record=standing.record_id, **chosen)
