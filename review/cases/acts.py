"""What this person may do with a case now: the buttons on its page, or why there are none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.urls import reverse

import rules
from applications import guards
from applications.filed import last_step
from applications.models import Application
from applications.states import IN_REVIEW
from cehours.lib import clock
from organizations.acting.actor import Actor
from review import permissions, queries
from review.models import BatchAct, HeldDecision

Key = Literal["approve", "return", "reject"]
LABELS: dict[Key, str] = {"approve": "审核通过", "return": "退回修改", "reject": "审核不通过"}
KEYS: dict[BatchAct, Key] = {
    BatchAct.APPROVE: "approve",
    BatchAct.RETURN: "return",
    BatchAct.REJECT: "reject",
}
MOVED_ON = "申报人此后重新提交了申报，没有送到本单位；这里是离开本单位时的内容，只能查看。"
TONES: dict[Key, str] = {"approve": "primary", "return": "return", "reject": "danger"}


@dataclass(frozen=True)
class Act:
    """One button: where it leads, and what it is called at this step."""

    key: Key
    label: str
    url: str

    @property
    def tone(self) -> str:
        return TONES[self.key]


@dataclass(frozen=True)
class Offer:
    """The acts open to a person on a case, or the sentence that says why there are none."""

    acts: tuple[Act, ...]
    says: str = ""
    held: HeldDecision | None = None  # the unit's own decision that has not taken effect yet

    def __bool__(self) -> bool:
        return bool(self.acts)


def labels(filing: rules.Filing | None) -> dict[Key, str]:
    """What the acts are called, at a review or at a step that files."""
    return {**LABELS, "approve": filing.approved, "reject": filing.rejected} if filing else LABELS


def label(case: Application, key: Key) -> str:
    return labels(last_step.filing_of(case))[key]


def offer(actor: Actor, case: Application) -> Offer:
    """What `actor` may do with one case; its session and current unit should be loaded."""
    if actor.unit_id is None or case.current_unit_id != actor.unit_id:
        return Offer((), _where_it_is(case))
    return _offer(case, permissions.why_may_not_decide(actor, case))


def _offer(case: Application, refusal: str | None) -> Offer:
    if refusal:
        return Offer((), refusal)
    if not case.session.accepts_reviews(clock.now()):
        return Offer((), permissions.CLOSED)
    held = queries.held_of(case)
    if held is not None:
        return Offer((), permissions.held_says(held.reviewer_name, held.effective_at), held)
    edges: dict[Key, str] = {
        "approve": "approve" if case.is_last_step else "forward_to_bureau",
        "return": "return_",
        "reject": "reject",
    }
    reasons = {key: guards.why_not(case, edge) for key, edge in edges.items()}
    open_acts = tuple(
        Act(key, label(case, key), reverse(f"review:{key}", args=[case.pk]))
        for key in edges
        if not reasons[key]
    )
    return Offer(open_acts, "" if open_acts else reasons["approve"][0])


def _where_it_is(case: Application) -> str:
    """For a unit that no longer holds the case: it may look, not decide."""
    if case.moved_on:
        return MOVED_ON
    if case.state in IN_REVIEW:
        return f"该申报现由 {case.current_unit} 办理，本单位只能查看。"
    return f"该申报当前为“{case.get_state_display()}”，本单位只能查看。"
