"""The word that a batch has ended, to whoever confirmed it."""

from __future__ import annotations

from django.urls import reverse

from organizations.messaging import notices
from organizations.messaging.work import Work
from review.models import Batch


def tell_ended(batch: Batch) -> None:
    """Tells the clerk unless the kind is switched off; within the transaction in which the batch ended."""
    person = batch.user.person_id
    if person is None or Work.BATCHES in batch.user.muted:
        return
    left = batch.total - batch.done - batch.refused
    counts = [f"共 {batch.total} 件", f"办理 {batch.done} 件"]
    counts += [f"没有办理 {batch.refused} 件"] if batch.refused else []
    counts += [f"还剩 {left} 件"] if left else []
    title = f"批量审核{batch.get_state_display()}：{batch.get_act_display()} {batch.done} 件"
    says = f"{batch.unit}：{'，'.join(counts)}。{batch.ended_says}每件的结果和原因见该批量审核的页面。"
    words = notices.Words("batch_ended", title, says, reverse("review:batch_run", args=[batch.pk]))
    notices.tell(person_id=person, subject=Batch.SUBJECT, subject_id=batch.pk, words=words)
