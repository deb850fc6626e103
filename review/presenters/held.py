"""已决定，N 秒后生效: a held decision as pages say it, with what its maker may still do."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from review.cases import acts
from review.cases.routing import goes_on
from review.models import BatchAct, HeldDecision


@dataclass(frozen=True)
class Held:
    """`seconds` until it takes effect, 0 when it is due; `mine`: the reader decided it, and may take it back."""

    pk: UUID
    case_id: UUID
    name: str
    who: str
    act: str
    goes: str
    opinion: str
    decided_at: datetime
    effective_at: datetime
    seconds: int
    mine: bool
    stale: bool

    @property
    def left(self) -> str:
        """How long it will be, in words."""
        if not self.seconds:
            return "正在生效"
        minutes, seconds = divmod(self.seconds, 60)
        return f"{minutes} 分 {seconds} 秒后生效" if minutes else f"{seconds} 秒后生效"


def of(held: HeldDecision, user_id: int | None, now: datetime) -> Held:
    """`held` with its application and next unit loaded."""
    case = held.application
    return Held(
        pk=held.pk,
        case_id=case.pk,
        name=case.name,
        who=held.reviewer_name,
        act=acts.label(case, acts.KEYS[BatchAct(held.act)]),
        goes=goes_on(held.next_unit, held.unit_id) if held.next_unit else "",
        opinion=held.opinion,
        decided_at=held.decided_at,
        effective_at=held.effective_at,
        seconds=max(0, math.ceil((held.effective_at - now).total_seconds())),
        mine=held.user_id == user_id,
        stale=held.seen != case.version,
    )
