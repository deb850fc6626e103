"""Short ways to confirm batches and to work them off, as the worker does, without a worker."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4

from applications.models import Application
from organizations import outbox
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import OutboxItem, Unit
from organizations.models.outbox import OutboxState
from review import services
from review.batches.verdicts import Order
from review.models import Batch, BatchAct, BatchItem
from review.services import batches
from tests.world import WHY, World

SYSTEM = Actor.system("tests")


def filed(
    world: World,
    *,
    by: str = "applicant",
    unit: str | None = "society",
    years: tuple[int, ...] = (2024,),
    evidence: bool = True,
) -> Application:
    """A small case, of one year, on its first desk; without evidence it carries warnings."""
    case = world.draft(by=by, unit=unit, years=years, evidence=evidence, span_exception="late_entry")
    return world.submit(case, by=by, evidence_note="" if evidence else "原件遗失，单位已出具证明")


def at_the_city(world: World, by: str = "applicant", **more: object) -> Application:
    """A case of 湘江工程学会 on the desk of 星城市人社局, its last step."""
    opinion = WHY if more.get("evidence") is False else ""
    return world.approve(filed(world, by=by, **more), by="society_admin", opinion=opinion)


def now_of(case: Application) -> Application:
    with scope(SYSTEM):
        return Application.objects.get(pk=case.pk)


def confirmed(
    world: World,
    who: str,
    seen: Sequence[tuple[UUID, int]],
    *,
    act: BatchAct = BatchAct.APPROVE,
    opinion: str = "",
    next_unit: Unit | None = None,
    token: UUID | None = None,
) -> Batch:
    """A batch as `who` confirms it; nothing is decided yet."""
    with world.acting(who) as actor:
        order = Order(act, opinion, next_unit.pk if next_unit else None)
        return services.confirm_batch(actor=actor, token=token or uuid4(), order=order, chosen=list(seen))


def worked_off(batch: Batch, *, chunks: int = 1000) -> Batch:
    """Does what the bells ask for, at most that many chunks."""
    for _ in range(chunks):
        with scope(SYSTEM):
            item = OutboxItem.objects.filter(
                task=batches.RUN, key__startswith=str(batch.pk), state=OutboxState.PENDING
            ).first()
        if item is None:
            break
        key = item.key
        outbox.perform(batches.RUN, key, lambda key=key: batches.run_chunk(key))
    with scope(SYSTEM):
        return Batch.objects.get(pk=batch.pk)


def done(world: World, who: str, cases: Sequence[Application], **more: object) -> Batch:
    """Confirms `cases` as they stand and works them off."""
    return worked_off(confirmed(world, who, [(case.pk, now_of(case).version) for case in cases], **more))


def items_of(batch: Batch) -> list[BatchItem]:
    with scope(SYSTEM):
        return list(BatchItem.objects.filter(batch=batch).select_related("application"))
