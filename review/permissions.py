"""Who: may this person decide this case. One place for single acts and batches; a trigger stands behind it."""

from __future__ import annotations

from applications.models import Application
from organizations.actor import Actor
from organizations.errors import NotAllowed, NotYours

OWN = "这是您本人的申报，按规定不能由本人审核，请由本单位其他经办人办理。"
TWICE = "您已在前一环节审核过该申报，请由本单位其他账号审核。"
CLOSED = "本申报期的审核截止时间已过，不能再审核；如需延长，请联系省人社厅。"
NOBODY = "您的账号尚未登记身份证号码，不能审核；请先在「我的资料」中补充。"


def why_may_not_decide(actor: Actor, case: Application) -> str | None:
    """The reason why this person may not decide this case now, or None. Persons count, not accounts."""
    if actor.person_id is None:
        return NOBODY
    if actor.person_id == case.person_id:
        return OWN
    if case.decisions.filter(revision=case.revision, person_id=actor.person_id).exists():
        return TWICE
    return None


def must_be_allowed_to_decide(actor: Actor, case: Application) -> None:
    """Raises NotYours when the case lies elsewhere, NotAllowed with the reason when the person may not."""
    if actor.unit_id is None or case.current_unit_id != actor.unit_id:
        raise NotYours
    reason = why_may_not_decide(actor, case)
    if reason:
        raise NotAllowed(reason)
