"""批量审核 from the confirmation to the last case: frozen once, worked off in chunks, stopped at any time.

Every chunk is a row of the outbox: it commits together with its effect and with the row of the next one, so a
killed worker loses nothing and does nothing twice; the sweeper rings again for what was left.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import DataError, IntegrityError, ProgrammingError, connection, transaction

from cehours.lib import clock
from cehours.lib.refusal import Refusal
from organizations import audit, outbox
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotNow, NotYours
from organizations.acting.scope import scope
from review import permissions, queries
from review.batches import queries as batch_queries
from review.batches import sampling
from review.batches.verdicts import Order
from review.cases import open_warnings
from review.models import Batch, BatchAct, BatchItem, BatchState, ItemOutcome
from review.services import deciding_many
from review.services.claiming import claim_for_batch, release
from review.services.deciding import must_give_a_reason
from review.services.deciding_many import Result
from review.services.sampling import seed_for
from review.telling.batches import tell_ended

RUN = batch_queries.RUN
MOST = 20_000
CHUNK = 100
NOTHING_LEFT = "所选申报都已不在本单位待办，没有可以办理的。"
TOO_MANY = f"一次最多办理 {MOST} 件，请用筛选条件分几次办理。"
RIGHT_LOST = "您已不能代表该单位批量审核，其余申报没有办理。"
CANNOT = "办理时出现问题，没有办理；请打开单独办理，仍不能办理的请联系系统管理员。"
STOPPED = "已按您的要求停止，其余申报没有办理。"
OTHER_HAT = "这个页面是您以另一单位的身份打开的，没有办理。请返回待办，重新勾选后再确认。"
TAKEN_BACK = "已由本人撤回，没有办理。"
REASON_FOR_WARNINGS = "有警示的一并审核通过，须在审核意见中写明理由（不少于 5 个字），后面的审核单位会看到。"
RUNS = "该批量审核正在办理或已结束，无需重新开始。"
# What one case can bring about. Everything else (a deadlock, a lost connection) is tried again by the outbox.
OF_A_CASE = (IntegrityError, DataError, ProgrammingError, ValueError, Refusal)
FREEZE = """
INSERT INTO review_batchitem (batch_id, application_id, seen, opinion, outcome, says)
SELECT %(batch)s, c.id, c.seen, c.opinion, 'pending', ''
FROM unnest(%(cases)s::uuid[], %(seen)s::int[], %(own)s::text[]) WITH ORDINALITY AS c (id, seen, opinion, place)
ORDER BY c.place
"""
NOTE = """
UPDATE review_batchitem i SET outcome = c.outcome, says = left(c.says, 200)
FROM unnest(%(cases)s::uuid[], %(outcomes)s::text[], %(says)s::text[]) AS c (id, outcome, says)
WHERE i.batch_id = %(batch)s AND i.application_id = c.id AND i.outcome = 'pending'
"""
log = structlog.get_logger(__name__)


@transaction.atomic
def confirm(
    *,
    actor: Actor,
    token: UUID,
    order: Order,
    chosen: Sequence[tuple[UUID, int]],
    gone: int = 0,
    hold: bool = False,
) -> Batch:
    """Freezes the chosen (case, version seen) and asks for the work; a second click gets the first one's batch.

    `hold`: the work starts after BATCH_DELAY_SECONDS, and till then cases or all of it can be taken back (A75).

    The cases must be visible to the actor; what cannot be decided among them will say why. Raises NotAllowed,
    NotNow when nothing is left.
    """
    permissions.must_be_allowed_to_batch(actor)
    assert actor.user_id and actor.unit_id  # permissions asked
    _must_be_explained(order)
    known = Batch.objects.filter(user_id=actor.user_id, token=token).first()
    if known:
        return known
    if len(chosen) > MOST:
        raise NotAllowed(TOO_MANY)
    if not chosen:
        raise NotNow(NOTHING_LEFT)
    batch = Batch(
        token=token,
        unit_id=actor.unit_id,
        user_id=actor.user_id,
        act=order.act,
        opinion=order.opinion.strip(),
        next_unit_id=order.next_unit_id,
        over_warnings=order.over_warnings and order.act == BatchAct.APPROVE,
        holds_until=clock.now() + timedelta(seconds=settings.BATCH_DELAY_SECONDS) if hold else None,
        total=len(chosen),
        gone=gone,
    )
    # Two clicks at once: the second waits here for the first and then finds its batch.
    Batch.objects.bulk_create([batch], ignore_conflicts=True)
    known = Batch.objects.filter(user_id=actor.user_id, token=token).first()
    if known is None:  # taken by a batch of this person that is invisible under this hat
        raise NotAllowed(OTHER_HAT)
    if known.pk != batch.pk:
        return known
    _freeze(actor, batch, order, chosen)
    return batch


def _must_be_explained(order: Order) -> None:
    """Raises NotAllowed when a refusal, or an approval over warnings, says too little."""
    if order.act != BatchAct.APPROVE:
        for reason in (order.opinion, *order.own.values()):
            must_give_a_reason(reason)
    elif order.over_warnings and not open_warnings.is_a_reason(order.opinion):
        raise NotAllowed(REASON_FOR_WARNINGS, field="opinion")


def _freeze(actor: Actor, batch: Batch, order: Order, chosen: Sequence[tuple[UUID, int]]) -> None:
    """The cases and the texts as they are confirmed, the sample's seed on record, and the work asked for."""
    cases = [pk for pk, _ in chosen]
    own = [order.own.get(pk, "").strip() for pk in cases]
    _run(FREEZE, batch=batch.pk, cases=cases, seen=[seen for _, seen in chosen], own=own)
    seed = seed_for(actor=actor)
    sample = {"seed": seed, "rate": sampling.RATE, "drawn": len(sampling.draw(seed, cases))}
    audit.record(actor, "batch_confirmed", batch, decides=batch.act, cases=batch.total, sample=sample)
    outbox.ring(RUN, batch_queries.chunk_key(batch), not_before=batch.holds_until)
    if batch.holds_until:
        claim_for_batch(actor, cases, batch.holds_until)


def _held(actor: Actor, batch_id: UUID) -> Batch:
    """The person's batch, locked, while it is held. Raises NotYours, NotNow."""
    batch = batch_queries.mine(actor).select_for_update(of=("self",)).filter(pk=batch_id).first()
    if batch is None:
        raise NotYours("没有找到该批量审核。")
    if batch.state != BatchState.WAITING or batch.holds_until is None:
        raise NotNow(f"该批量审核{batch.get_state_display()}，不能再撤回或提前开始。")
    return batch


@transaction.atomic
def start_now(*, actor: Actor, batch_id: UUID) -> Batch:
    """立即开始, before the hold has ended. Raises NotYours, NotNow."""
    batch = _held(actor, batch_id)
    batch.holds_until = clock.now()
    batch.save(update_fields=["holds_until"])
    audit.record(actor, "batch_started_early", batch)
    _ring_again(batch, batch_queries.chunk_key(batch), batch.holds_until)
    outbox.ring(RUN, batch_queries.chunk_key(batch))  # the row is there; this is its bell
    return batch


@transaction.atomic
def take_back(*, actor: Actor, batch_id: UUID, cases: Sequence[UUID]) -> int:
    """撤回 single cases of a held batch; they stay as they are. Returns how many. Raises NotYours, NotNow."""
    batch = _held(actor, batch_id)
    before = batch_queries.chunk_key(batch)
    pending = BatchItem.objects.filter(batch=batch, outcome=ItemOutcome.PENDING, application_id__in=cases)
    taken = pending.update(outcome=ItemOutcome.REFUSED, says=TAKEN_BACK)
    if not taken:
        raise NotNow("请先勾选要撤回的申报。")
    batch.refused += taken
    batch.save(update_fields=["refused"])
    audit.record(actor, "batch_cases_taken_back", batch, cases=taken)
    release(actor, cases)
    if batch.left:
        _ring_again(batch, before, batch.holds_until or clock.now())
    else:
        _end(actor, batch, BatchState.CANCELLED, "全部撤回，没有办理任何申报。")
    return taken


def _ring_again(batch: Batch, key: str, due: datetime) -> None:
    """The row of the first chunk, under `key` so far, follows the batch's count and its start.

    A worker that has the row already waits for this batch; it finds the right cases under any key.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT first_chunk_moves(%s, %s, %s, %s)", [batch.pk, key, batch_queries.chunk_key(batch), due]
        )


@transaction.atomic
def stop(*, actor: Actor, batch_id: UUID) -> Batch:
    """Before the start nothing happens at all; afterwards the chunk at work is finished and the rest stays.

    What is decided is never undone. Raises NotYours, NotNow when it has ended already.
    """
    batch = batch_queries.mine(actor).select_for_update(of=("self",)).filter(pk=batch_id).first()
    if batch is None:
        raise NotYours("没有找到该批量审核。")
    if batch.has_ended:
        raise NotNow(f"该批量审核{batch.get_state_display()}，无需停止。")
    if batch.state == BatchState.WAITING:
        _end(actor, batch, BatchState.CANCELLED, "开始之前已取消，没有办理任何申报。")
        release(actor, list(BatchItem.objects.filter(batch=batch).values_list("application_id", flat=True)))
    else:
        _end(actor, batch, BatchState.STOPPED, STOPPED)
    return batch


@transaction.atomic
def restart(*, actor: Actor, batch_id: UUID) -> Batch:
    """重新开始: rings once more for a batch that goes on no more, where it stopped. Raises NotYours, NotNow."""
    batch = batch_queries.mine(actor).select_for_update(of=("self",)).filter(pk=batch_id).first()
    if batch is None:
        raise NotYours("没有找到该批量审核。")
    if not batch_queries.broken([batch]):
        raise NotNow(RUNS)
    audit.record(actor, "batch_restarted", batch, done=batch.done, refused=batch.refused)
    outbox.ring(RUN, batch_queries.chunk_key(batch))
    return batch


def run_chunk(key: str) -> None:
    """The work of one outbox row, `<batch>:<cases decided before>`: the next cases, then the next row.

    As the reviewer, whose rights are read again each time.
    """
    batch = Batch.objects.select_for_update(of=("self",)).get(pk=UUID(key.partition(":")[0]))
    if batch.has_ended:
        return
    if batch.holds_until and batch.holds_until > clock.now():
        raise outbox.NotYet("held by its clerk")
    actor = _reviewer(batch)
    if actor is None:
        _end(Actor.system(RUN), batch, BatchState.STOPPED, RIGHT_LOST)
        tell_ended(batch)
        return
    with scope(actor):
        if batch.state == BatchState.WAITING:
            batch.state, batch.started_at = BatchState.RUNNING, clock.now()
        _advance(actor, batch)
        if batch.left:
            outbox.ring(RUN, batch_queries.chunk_key(batch))
        else:
            _end(actor, batch, BatchState.DONE, "")
            tell_ended(batch)


def _reviewer(batch: Batch) -> Actor | None:
    """Who confirmed the batch, under the same hat, if the right to it is still theirs."""
    actor = queries.wearing(batch.user_id, batch.unit_id)
    return actor if actor is not None and permissions.may_batch(actor) else None


def _advance(actor: Actor, batch: Batch) -> None:
    """Decides the next cases and notes what became of each."""
    pending = BatchItem.objects.filter(batch=batch, outcome=ItemOutcome.PENDING).order_by("id")
    rows = list(pending.values_list("application_id", "seen", "opinion")[:CHUNK])
    chosen = {pk: seen for pk, seen, _ in rows}
    own = {pk: opinion for pk, _, opinion in rows if opinion}
    order = Order(BatchAct(batch.act), batch.opinion, batch.next_unit_id, own, batch.over_warnings)
    results = _decide(actor, order, chosen)
    _run(
        NOTE,
        batch=batch.pk,
        cases=list(results),
        outcomes=["done" if result.done else "refused" for result in results.values()],
        says=[result.says for result in results.values()],
    )
    done = sum(result.done for result in results.values())
    batch.done += done
    batch.refused += len(results) - done
    batch.save(update_fields=["state", "started_at", "done", "refused"])


def _decide(actor: Actor, order: Order, chosen: dict[UUID, int]) -> dict[UUID, Result]:
    """All at once; when something among them cannot be written, half and half until it stands alone."""
    try:
        with transaction.atomic():
            return deciding_many.decide_many(actor=actor, order=order, chosen=chosen)
    except OF_A_CASE as error:
        log.warning("batch_case_failed", cases=len(chosen), error=f"{type(error).__name__}: {error}"[:500])
        if len(chosen) == 1:
            return dict.fromkeys(chosen, Result(False, CANNOT))
        items = list(chosen.items())
        middle = len(items) // 2
        return _decide(actor, order, dict(items[:middle])) | _decide(actor, order, dict(items[middle:]))


def _end(actor: Actor, batch: Batch, state: BatchState, says: str) -> None:
    batch.state, batch.ended_at, batch.ended_says = state, clock.now(), says
    batch.save(update_fields=["state", "ended_at", "ended_says"])
    audit.record(actor, f"batch_{state.value}", batch, done=batch.done, refused=batch.refused)


def _run(sql: str, **parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
