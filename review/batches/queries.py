"""Reads of batches: each person's own, under the hat they were made with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Count, JSONField, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast

from applications.models import Revision
from certificates.models import Certificate, CertificateState
from organizations.acting.actor import Actor
from organizations.acting.errors import NotYours
from review.models import Batch, BatchAct, BatchItem, BatchState, ItemOutcome

RUN = "review.run_batch"


def mine(actor: Actor) -> QuerySet[Batch]:
    """The person's batches at this unit, newest first."""
    if actor.unit_id is None or actor.user_id is None:
        return Batch.objects.none()
    return Batch.objects.filter(user_id=actor.user_id, unit_id=actor.unit_id).select_related("next_unit")


def one(actor: Actor, pk: UUID) -> Batch:
    """Raises NotYours."""
    batch = mine(actor).filter(pk=pk).first()
    if batch is None:
        raise NotYours("没有找到该批量审核。")
    return batch


def items(batch: Batch, outcome: str = "") -> QuerySet[BatchItem]:
    """Every case of a batch in its order, or those of one outcome."""
    found = BatchItem.objects.filter(batch=batch).select_related("application")
    found = found.annotate(employer=filed_employer("application_id"))
    return found.filter(outcome=outcome) if outcome else found


def filed_employer(case: str) -> Subquery:
    """The employer's name as it was last filed with the actor's unit; "" for a freelancer.

    The case's own may be what the applicant chose after it came back. The second wall hides later revisions.
    """
    content = Cast("content", JSONField())
    seen = Revision.objects.filter(application_id=OuterRef(case)).order_by("-number")
    name = KeyTextTransform("employer", KeyTransform("header", content))
    return Subquery(seen.values(name=name)[:1])


def chunk_key(batch: Batch) -> str:
    """The outbox row of the next chunk: `<batch>:<cases decided before>`."""
    return f"{batch.pk}:{batch.decided}"


def broken(batches: Iterable[Batch]) -> set[UUID]:
    """Those that go on no more: their next chunk failed so often that nobody rings for it any longer.

    Asked of the database, because an outbox row is nobody's; of batches the caller may see.
    """
    waiting = {chunk_key(batch): batch.pk for batch in batches if not batch.has_ended}
    if not waiting:
        return set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT chunks_given_up(%s)", [list(waiting)])
        return {waiting[key] for (key,) in cursor.fetchall()}


@dataclass(frozen=True)
class Prints:
    """How many certificates a batch brought about, and how many of them can be downloaded already."""

    all: int
    ready: int

    @property
    def pending(self) -> bool:
        return self.ready < self.all


def prints(batch: Batch) -> Prints:
    """Of the cases this batch approved at their last step; sealing follows the decision in a queue of its own."""
    if batch.act != BatchAct.APPROVE or batch.next_unit_id is not None or batch.started_at is None:
        return Prints(0, 0)
    approved = BatchItem.objects.filter(batch=batch, outcome=ItemOutcome.DONE).values("application_id")
    found = Certificate.objects.filter(application_id__in=approved, issued_at__gte=batch.started_at)
    counts = found.aggregate(all=Count("pk"), ready=Count("pk", filter=~Q(state=CertificateState.PENDING)))
    return Prints(**counts)


def time_left(batch: Batch, now: datetime) -> str:
    """How long it will take at the pace so far, in words; "" before there is a pace."""
    if batch.state != BatchState.RUNNING or batch.started_at is None or not batch.decided:
        return ""
    seconds = (now - batch.started_at).total_seconds() / batch.decided * batch.left
    return f"约 {round(seconds / 60)} 分钟" if seconds >= 90 else f"约 {max(1, round(seconds))} 秒"
