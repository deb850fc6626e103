"""What a last step is called that files (备案) instead of reviewing: the session's policy says it (A37)."""

from __future__ import annotations

import rules
from applications.filed.facts import policy_of_session
from applications.models import Application, Decision, FilingSession, Outcome


def filing_at(session: FilingSession, *, is_last_step: bool, final_label: str) -> rules.Filing | None:
    """The filing that the present step is, for a case or a row of one; None where it is a review."""
    return policy_of_session(session).filing(final_label) if is_last_step else None


def filing_of(case: Application) -> rules.Filing | None:
    """The filing that the step is at which a case stands; its session should be loaded."""
    return filing_at(case.session, is_last_step=case.is_last_step, final_label=case.final_label)


def filed_by(case: Application, decision: Decision) -> rules.Filing | None:
    """The filing that a decision was: approving or refusing one ends the case, so its frozen label still stands."""
    return policy_of_session(case.session).filing(case.final_label) if decision.filing else None


def outcome_in_words(outcome: str, filing: rules.Filing | None) -> str:
    """审核通过, 退回, 备案通过: what was decided, in the words of the step."""
    if filing and outcome == Outcome.APPROVED:
        return filing.approved
    if filing and outcome == Outcome.REJECTED:
        return filing.rejected
    return str(Outcome(outcome).label)
