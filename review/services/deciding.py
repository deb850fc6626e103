"""审核通过 · 退回修改 · 审核不通过: one case, one reviewer, one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from applications import guards, notices
from applications.filed import last_step, records
from applications.filed.snapshot import Filed
from applications.models import Application, Decision, Outcome
from applications.states import REVIEWS
from cehours.lib import clock
from certificates import services as certificates
from organizations import audit, digests
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotNow, Stale
from review import permissions, queries
from review.cases import assessing, next_unit, open_warnings, routing
from review.cases.assessing import YearMark
from review.cases.open_warnings import SHORTEST_REASON
from review.models import HeldDecision

Marks = Mapping[int, YearMark]


@transaction.atomic
def approve(
    *,
    actor: Actor,
    case_id: UUID,
    seen: int,
    opinion: str = "",
    next_unit_id: UUID | None = None,
    marks: Marks | None = None,
    held: HeldDecision | None = None,
) -> Application:
    """审核通过: hands the case to the chosen next unit, or at the last step approves it and issues the certificate.

    The certificate's number is taken in this transaction; the PDF follows through the outbox, so a dead
    worker delays it and loses nothing. Raises NotYours, Stale (decided since `seen`), NotNow, NotAllowed.
    """
    case, filed = _open(actor, case_id, seen, held)
    ahead = routing.ahead(case)
    if not ahead.choices and not case.is_last_step:
        raise NotNow(ahead.says)
    choice = next((choice for choice in ahead.choices if choice.unit.pk == next_unit_id), None)
    if ahead.choices and choice is None:
        raise NotAllowed(next_unit.why_not(case, ahead, next_unit_id), field="next_unit")
    _records_still_stand(case)
    open_warnings.must_be_explained(filed, marks or {}, opinion)
    decision = _decide(actor, case, filed, Outcome.APPROVED, opinion, marks or {}, choice=choice, held=held)
    if choice is None:
        _finish(case, "approve", decision)
        audit.record(actor, "approved", case, revision=case.revision, **_decided(decision))
        certificates.issue(actor=actor, case=case, decision=decision, filed=filed)
        notices.tell(case, "approved", by=str(actor.unit))
    else:
        _forward(case, choice, decision)
        audit.record(actor, "forwarded", case, to=choice.unit.pk, **_decided(decision))
        notices.tell(case, "forwarded", by=str(actor.unit))
    return case


@transaction.atomic
def return_(
    *,
    actor: Actor,
    case_id: UUID,
    seen: int,
    reason: str,
    marks: Marks | None = None,
    held: HeldDecision | None = None,
) -> Application:
    """退回修改: back to the applicant, who edits and resubmits the same application; it then starts anew."""
    return _refuse(actor, case_id, seen, Outcome.RETURNED, reason, marks, held)


@transaction.atomic
def reject(
    *,
    actor: Actor,
    case_id: UUID,
    seen: int,
    reason: str,
    marks: Marks | None = None,
    held: HeldDecision | None = None,
) -> Application:
    """审核不通过: final; the applicant may file a corrected copy."""
    return _refuse(actor, case_id, seen, Outcome.REJECTED, reason, marks, held)


def _refuse(
    actor: Actor,
    case_id: UUID,
    seen: int,
    outcome: Outcome,
    reason: str,
    marks: Marks | None,
    held: HeldDecision | None,
) -> Application:
    case, filed = _open(actor, case_id, seen, held)
    must_give_a_reason(reason)
    decision = _decide(actor, case, filed, outcome, reason, marks or {}, choice=None, held=held)
    _finish(case, "return_" if outcome == Outcome.RETURNED else "reject", decision)
    audit.record(actor, outcome.value, case, revision=case.revision, **_decided(decision))
    notices.tell(case, outcome.value, by=str(actor.unit), reason=decision.opinion)
    return case


def must_give_a_reason(reason: str) -> None:
    """Raises NotAllowed when the reason of a refusal is too short to be of use to the applicant."""
    if not open_warnings.is_a_reason(reason):
        raise NotAllowed(
            f"请写明原因（不少于 {SHORTEST_REASON} 个字），让申报人知道哪里需要修改。", field="reason"
        )


def _open(actor: Actor, case_id: UUID, seen: int, held: HeldDecision | None) -> tuple[Application, Filed]:
    """The case, locked, on the actor's desk and unchanged since the actor looked; and what was filed, read once."""
    case = queries.case_for(actor, case_id, lock=True)
    if case.version != seen:
        raise Stale
    permissions.must_be_allowed_to_decide(actor, case)
    waiting = None if held else queries.held_of(case)
    if waiting is not None:
        raise NotNow(permissions.held_says(waiting.reviewer_name, waiting.effective_at))
    if not case.session.accepts_reviews(held.decided_at if held else clock.now()):
        raise NotNow(permissions.CLOSED)
    return case, assessing.filed_of(case)


def _decide(
    actor: Actor,
    case: Application,
    filed: Filed,
    outcome: Outcome,
    opinion: str,
    marks: Marks,
    *,
    choice: routing.Choice | None,
    held: HeldDecision | None,
) -> Decision:
    assert actor.user and actor.person_id and actor.unit and case.arrived_at  # permissions asked
    before = assessing.last_recognised(case)  # before this decision is the last one itself
    decision = Decision(
        application=case,
        revision=case.revision,
        hop=case.hop,
        state=case.state,
        unit=actor.unit,
        user=actor.user,
        person_id=actor.person_id,
        reviewer_name=actor.display_name,
        outcome=outcome,
        filing=last_step.filing_of(case) is not None,
        opinion=opinion.strip(),
        next_unit=choice.unit if choice else None,
        arrived_at=case.arrived_at,
        decided_at=held.decided_at if held else clock.now(),
    )
    decision.save(force_insert=True)
    assessing.assess(case, decision, filed, before, marks)
    return decision


def _decided(decision: Decision) -> dict[str, Any]:
    """For the trail: which decision, and the digest of it and its assessments."""
    return {"decision": decision.pk, "decided": digests.one("applications_decision", decision.pk)}


def _forward(case: Application, choice: routing.Choice, decision: Decision) -> None:
    _take(case, REVIEWS[choice.kind].forward)
    case.hop, case.step, case.current_unit = case.hop + 1, choice.step, choice.unit
    case.arrived_at = clock.now()  # the moment it can be seen there, whenever it was decided here
    case.save(update_fields=["state", "version", "step", "hop", "current_unit", "arrived_at"])


def _finish(case: Application, act: str, decision: Decision) -> None:
    _take(case, act)
    case.step = case.current_unit = case.arrived_at = None
    case.decided_at = decision.decided_at
    case.save(update_fields=["state", "version", "step", "current_unit", "arrived_at", "decided_at"])


def _take(case: Application, act: str) -> None:
    """The transition itself. Guards look at where the case stands, so the step moves on only afterwards."""
    guards.refuse_unless(case, act)
    getattr(case, act)()
    case.version += 1


def _records_still_stand(case: Application) -> None:
    says = records.fallen([case.pk], hold=True).get(case.pk)
    if says:
        raise NotAllowed(says)
