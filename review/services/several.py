"""批量审核: the same act on several cases, each in its own transaction, with a result for every one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from cehours.lib.refusal import Refusal
from organizations.actor import Actor
from organizations.errors import NotAllowed
from review.services.deciding import approve


@dataclass(frozen=True)
class ItemResult:
    """What became of one case of a batch."""

    case_id: UUID
    done: bool
    says: str


def approve_several(
    *, actor: Actor, items: Iterable[tuple[UUID, int]], opinion: str = "", next_unit_id: UUID | None = None
) -> list[ItemResult]:
    """Approves each (case, seen version) that can be; the others keep their state and say why.

    A case that went elsewhere meanwhile, the actor's own, or one that needs a look does not stop the rest.
    """
    if not actor.is_bureau:
        raise NotAllowed("批量审核由人社部门经办人使用，请逐件审核。")
    results = []
    for case_id, seen in items:
        try:
            with transaction.atomic():
                case = approve(
                    actor=actor, case_id=case_id, seen=seen, opinion=opinion, next_unit_id=next_unit_id
                )
            results.append(ItemResult(case_id, True, case.get_state_display()))
        except Refusal as refusal:
            results.append(ItemResult(case_id, False, refusal.says))
    return results
