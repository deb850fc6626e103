"""Who: may this person decide this case. One place for single acts and batches; a trigger stands behind it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import rules
from applications.models import Application, FilingSession
from cehours.lib import clock
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotYours

OWN = "这是您本人的申报，按规定不能由本人审核，请由本单位其他经办人办理。"
TWICE = "您已在前一环节审核过该申报，请由本单位其他账号审核。"
CLOSED = "本申报期的审核截止时间已过，不能再审核；如需延长，请联系省人社厅。"
NOBODY = "您的账号尚未登记身份证号码，不能审核；请先在“我的资料”中补充。"
HELD = "{who} 已决定，{when}生效。生效之前只有本人可以撤回。"
ONE_BY_ONE = "批量审核由人社部门经办人使用，请逐件审核。"


def why_person_may_not(person_id: UUID | None, applicant_id: UUID, *, decided_before: bool) -> str | None:
    """The reason why a natural person may not decide, or None. Persons count, not accounts.

    `decided_before`: the same revision, at an earlier hop.
    """
    if person_id is None:
        return NOBODY
    if person_id == applicant_id:
        return OWN
    return TWICE if decided_before else None


def held_says(who: str, effective_at: datetime) -> str:
    """Why nobody else decides a case whose decision is about to take effect."""
    return HELD.format(who=who, when=f"{clock.local(effective_at):%H:%M:%S} ")


def why_may_not_decide(actor: Actor, case: Application) -> str | None:
    """The reason why this person may not decide this case now, or None."""
    me = actor.person_id
    decided = me is not None and case.decisions.filter(revision=case.revision, person_id=me).exists()
    return why_person_may_not(me, case.person_id, decided_before=decided)


def must_be_allowed_to_decide(actor: Actor, case: Application) -> None:
    """Raises NotYours when the case lies elsewhere, NotAllowed with the reason when the person may not."""
    if actor.unit_id is None or case.current_unit_id != actor.unit_id:
        raise NotYours
    reason = why_may_not_decide(actor, case)
    if reason:
        raise NotAllowed(reason)


def may_batch(actor: Actor) -> bool:
    """Whether this person may decide many cases at once: a bureau's, others where a policy says so (A61).

    Each case asks its own policy again.
    """
    if actor.unit is None or actor.is_bureau:
        return actor.unit is not None
    now = clock.now()
    keys = FilingSession.objects.filter(opens_at__lte=now, review_until__gt=now).values_list(
        "policy", flat=True
    )
    return any(rules.load_policy(key).batches - {"bureau"} for key in keys.order_by())


def must_be_allowed_to_batch(actor: Actor) -> None:
    """Raises NotAllowed."""
    if not may_batch(actor):
        raise NotAllowed(ONE_BY_ONE)
