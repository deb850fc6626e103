"""注销: drafts nobody saw are erased, archives go, the account ends; what the law keeps is kept."""

from __future__ import annotations

from django.db import transaction

from applications import services as filing
from cehours.my_data import archive, queries
from organizations.acting.actor import Actor
from organizations.acting.errors import NotNow
from organizations.models import DataRequest, RequestKind, RequestState
from organizations.registry import data_requests
from organizations.services import closing

UNDER_REVIEW = "您的“{session}”申报正在审核。请先撤销该申报，或等审核结束后，再注销账号。"


def why_not(actor: Actor) -> str:
    """What stands against closing the account now, as a sentence; "" when nothing does."""
    for case in queries.in_review(actor):
        return UNDER_REVIEW.format(session=case.session.name)
    return closing.why_not(actor)


@transaction.atomic
def close(*, actor: Actor, reason: str) -> DataRequest:
    """Closes the actor's account and erases what need not be kept. Raises NotNow, NotAllowed."""
    if obstacle := why_not(actor):
        raise NotNow(obstacle)
    for case in queries.unfiled(actor):
        filing.discard(actor=actor, application_id=case.pk)
    finished = data_requests.mine(actor).filter(kind=RequestKind.EXPORT, state=RequestState.DONE)
    for export in finished:
        archive.remove(actor, export)
    return closing.close_account(actor=actor, reason=reason, kept_by_law=queries.is_kept_by_law(actor))
