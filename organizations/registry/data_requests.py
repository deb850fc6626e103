"""Reads of requests about one's own data: the person's own, and the corrections that the province settles."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from cehours.lib import clock
from organizations.acting.actor import Actor
from organizations.acting.errors import NotYours
from organizations.models import DataRequest, RequestKind, RequestState

NO_REQUEST = "没有找到该请求。"
NO_FILE = "没有找到该文件：它可能已过期删除，请重新申请导出。"


def mine(actor: Actor) -> QuerySet[DataRequest]:
    """The person's own requests, newest first."""
    if not actor.is_applicant or actor.person_id is None:
        return DataRequest.objects.none()
    return DataRequest.objects.filter(person_id=actor.person_id).select_related("settled_by")


def pending(actor: Actor, kind: RequestKind) -> DataRequest | None:
    """The person's own request of this kind that is not settled yet."""
    return mine(actor).filter(kind=kind, state=RequestState.PENDING).first()


def finished_export(actor: Actor, pk: UUID) -> DataRequest:
    """One of the person's own archives, while it may be downloaded. Raises NotYours."""
    found = (
        mine(actor)
        .filter(pk=pk, kind=RequestKind.EXPORT, state=RequestState.DONE, expires_at__gt=clock.now())
        .first()
    )
    if found is None:
        raise NotYours(NO_FILE)
    return found


def corrections(actor: Actor) -> QuerySet[DataRequest]:
    """Corrections for the provincial bureau, newest first; nobody meets their own. Raises NotYours."""
    if not actor.is_province_bureau:
        raise NotYours(NO_REQUEST)
    found = DataRequest.objects.filter(kind=RequestKind.CORRECTION).select_related("settled_by")
    return _of_others(found, actor)


def correction(actor: Actor, pk: UUID, *, lock: bool = False) -> DataRequest:
    """One of them. Raises NotYours."""
    found = corrections(actor)
    if lock:
        found = found.select_for_update(of=("self",))
    request = found.filter(pk=pk).first()
    if request is None:
        raise NotYours(NO_REQUEST)
    return request


def last_closing(actor: Actor, person_id: UUID, *, lock: bool = False) -> DataRequest | None:
    """The last time the person closed their account, for the provincial bureau and for registration."""
    found = _of_others(DataRequest.objects.filter(kind=RequestKind.DELETION, person_id=person_id), actor)
    if lock:
        found = found.select_for_update(of=("self",))
    return found.order_by("-made_at", "-pk").first()


def _of_others(found: QuerySet[DataRequest], actor: Actor) -> QuerySet[DataRequest]:
    return found.exclude(person_id=actor.person_id) if actor.person_id else found
