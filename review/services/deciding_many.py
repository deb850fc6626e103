"""One chunk of a batch in one transaction: verdicts under lock, then a handful of statements for all of them.

Writes exactly what the single acts of `deciding` write, compared by a test. Locks in one order everywhere: the
cases by key, last the counter of the certificates.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.urls import reverse

import rules
from applications import notices as telling
from applications.filed.facts import policy_of_session
from applications.models import Application, Assessment, FilingSession, Outcome
from applications.states import REVIEWS
from cehours.lib import clock
from cehours.lib.refusal import Refusal
from certificates import services as certificates
from certificates.issuing.approved import Approved, ApprovedYear
from organizations import audit, digests
from organizations.acting.actor import Actor
from organizations.messaging import notices
from review.batches import verdicts
from review.batches.verdicts import Desk, Order, Row
from review.cases import acts
from review.cases.routing import Choice
from review.models import BatchAct

OUTCOMES = {
    BatchAct.APPROVE: Outcome.APPROVED,
    BatchAct.RETURN: Outcome.RETURNED,
    BatchAct.REJECT: Outcome.REJECTED,
}
DECIDED = """
SELECT d.application_id, d.id, d.person_id FROM applications_decision d
JOIN applications_application a ON a.id = d.application_id AND a.revision = d.revision
WHERE d.application_id = ANY (%(cases)s) ORDER BY d.application_id, d.hop
"""
HOURS = """
SELECT decision_id, array_agg(year), array_agg(category), array_agg(recognised)
FROM applications_assessment WHERE decision_id = ANY (%(decisions)s) GROUP BY decision_id
"""
CONTENT = """
SELECT r.application_id, {wanted} FROM unnest(%(cases)s::uuid[], %(revisions)s::int[]) AS m (id, revision)
JOIN applications_revision r ON r.application_id = m.id AND r.number = m.revision
"""
DECIDE = """
INSERT INTO applications_decision (id, application_id, revision, hop, state, unit_id, user_id, person_id,
    reviewer_name, outcome, filing, opinion, next_unit_id, arrived_at, decided_at)
SELECT m.decision_id, a.id, a.revision, a.hop, a.state, %(unit)s, %(user)s, %(person)s, %(name)s, %(outcome)s,
    m.filing, m.opinion, m.next_unit, a.arrived_at, %(now)s
FROM unnest(%(cases)s::uuid[], %(decisions)s::uuid[], %(filing)s::boolean[], %(next_units)s::uuid[],
    %(opinions)s::text[]) AS m (id, decision_id, filing, next_unit, opinion)
JOIN applications_application a ON a.id = m.id
"""
# What the hop before left is what this one recognises: a batch lowers nothing.
ASSESS = """
INSERT INTO applications_assessment (id, application_id, decision_id, year, category, claimed, recognised,
    in_order, remark)
SELECT gen_random_uuid(), m.id, m.decision_id, s.year, s.category, s.claimed, s.recognised, true, ''
FROM unnest(%(cases)s::uuid[], %(decisions)s::uuid[], %(previous)s::uuid[]) AS m (id, decision_id, previous)
JOIN applications_assessment s ON s.decision_id = m.previous
"""
# The step and its event in one statement, so that the row with the chain's head is written once.
MOVE = """
WITH m AS (
    SELECT * FROM unnest(%(cases)s::uuid[], %(states)s::text[], %(steps)s::int[], %(hops)s::int[],
        %(units)s::uuid[], %(acts)s::text[], %(facts)s::text[]) AS m (id, state, step, hop, unit, act, facts)
), link AS (
    INSERT INTO organizations_event (subject, subject_id, seq, act, user_id, person_id, unit_id, facts, prev)
    SELECT 'application', a.id, a.audit_seq + 1, m.act, %(user)s, %(person)s, %(unit)s, m.facts, a.audit_hash
    FROM m JOIN applications_application a ON a.id = m.id
    RETURNING subject_id, seq, hash
)
UPDATE applications_application a
SET state = m.state, version = a.version + 1, step = m.step, hop = m.hop, current_unit_id = m.unit,
    arrived_at = CASE WHEN m.unit IS NOT NULL THEN %(now)s END,
    decided_at = CASE WHEN m.unit IS NULL THEN %(now)s ELSE a.decided_at END,
    audit_seq = link.seq, audit_hash = link.hash
FROM m JOIN link ON link.subject_id = m.id WHERE a.id = m.id
"""


@dataclass(frozen=True)
class Result:
    """What became of one case, in a sentence."""

    done: bool
    says: str


@dataclass
class Move:
    """A case that can be decided: where it goes, and what stands on record of it so far."""

    row: Row
    choice: Choice | None
    previous: UUID | None
    decision_id: UUID = field(default_factory=uuid4)
    header: dict[str, Any] = field(default_factory=dict)
    hours: dict[tuple[int, str], Decimal] = field(default_factory=dict)
    facts: Approved | None = None  # of what ends here


def decide_many(*, actor: Actor, order: Order, chosen: Mapping[UUID, int]) -> dict[UUID, Result]:
    """Carries out `order` on each case that was at the version it is `chosen` with; the others say why not.

    In the caller's transaction. Raises what the database raises when something in it cannot be written.
    """
    sessions = FilingSession.objects.in_bulk()
    for session in sessions.values():
        policy_of_session(session)  # read from its file once a process, and not while rows are locked
    # Nothing here changes a key, so rows of others that only refer to these cases need not wait.
    found = (
        Application.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=chosen).order_by("pk")
    )
    rows = {row.pk: row for row in verdicts.read(found)}
    history = _history(rows)
    own = {(pk, rows[pk].revision) for pk, made in history.items() if actor.person_id in made.values()}
    desk = Desk.of(actor, rows.values(), own, sessions, hold=order.act == BatchAct.APPROVE)
    results, moves = {}, []
    for pk, seen in chosen.items():
        verdict = desk.verdict(order, rows.get(pk), seen)
        if verdict.says:
            results[pk] = Result(False, verdict.says)
        else:
            moves.append(Move(rows[pk], verdict.choice, next(reversed(history.get(pk, {})), None)))
    moves.sort(key=lambda move: (move.row.arrived_at, move.row.pk))
    if order.act == BatchAct.APPROVE:
        moves = [move for move in _with_hours(moves) if _can_be_issued(move, desk, results)]
    else:
        moves = _with_hours(moves)
    if moves:
        _write(actor, order, moves, desk)
        results |= _follow_up(actor, order, moves, desk)
    return results


def _ask(sql: str, **parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall() if cursor.description else []


def _history(cases: Iterable[UUID]) -> dict[UUID, dict[UUID, UUID]]:
    """case → {decision: person} on its present revision, in the order of the hops."""
    found: dict[UUID, dict[UUID, UUID]] = {}
    for case, decision, person in _ask(DECIDED, cases=list(cases)):
        found.setdefault(case, {})[decision] = person
    return found


def _with_hours(moves: list[Move]) -> list[Move]:
    """Fills in the hours to be recognised, and for what ends here the header: one question for each kind."""
    later = {move.previous: move for move in moves if move.previous is not None}
    for decision, years, categories, values in _ask(HOURS, decisions=list(later)):
        later[decision].hours = dict(zip(zip(years, categories, strict=True), values, strict=True))
    ending = {move.row.pk: move for move in moves if move.choice is None and move.previous is not None}
    for case, header in _contents(ending, "r.content::json ->> 'header'"):
        ending[case].header = json.loads(header)
    first = {move.row.pk: move for move in moves if move.previous is None}
    for case, content in _contents(first, "r.content"):
        filed = json.loads(content)
        first[case].header = filed["header"]
        first[case].hours = _claimed(rules.load_policy(filed["policy"]), filed)
    return moves


def _contents(moves: Mapping[UUID, Move], wanted: str) -> list[tuple[Any, ...]]:
    revisions = [move.row.revision for move in moves.values()]
    return _ask(CONTENT.format(wanted=wanted), cases=list(moves), revisions=revisions) if moves else []


def _claimed(policy: rules.Policy, filed: dict[str, Any]) -> dict[tuple[int, str], Decimal]:
    """What was filed, of every year and category: where recognising starts at the first hop."""
    return {
        (year["year"], category.key): Decimal(year["totals"].get(category.key, "0"))
        for year in filed["years"]
        for category in policy.categories
    }


def _facts(move: Move, desk: Desk) -> Approved:
    row, session = move.row, desk.sessions[move.row.session_id]
    assert desk.actor.unit  # whose desk it is
    policy = policy_of_session(session)
    years: dict[int, ApprovedYear] = {}
    for (year, category), value in move.hours.items():
        years.setdefault(year, ApprovedYear(policy, {})).hours[category] = value
    return Approved(
        row.pk, row.person_id, row.revision, session, desk.actor.unit, move.header, years, (row.pk,)
    )


def _can_be_issued(move: Move, desk: Desk, results: dict[UUID, Result]) -> bool:
    """Whether what ends here can be put on a certificate; notes why not. What goes on is not asked yet."""
    if move.choice is not None:
        return True
    try:
        move.facts = _facts(move, desk)
        certificates.refuse_unissuable(move.facts)
    except Refusal as refusal:
        results[move.row.pk] = Result(False, refusal.says)
        return False
    return True


def _write(actor: Actor, order: Order, moves: Sequence[Move], desk: Desk) -> None:
    """Decisions, assessments, then the step itself with its event."""
    now = clock.now()
    who = {"user": actor.user_id, "person": actor.person_id, "unit": actor.unit_id, "now": now}
    cases = [move.row.pk for move in moves]
    next_units = [move.choice.unit.pk if move.choice else None for move in moves]
    _ask(
        DECIDE,
        **who,
        cases=cases,
        decisions=[move.decision_id for move in moves],
        name=actor.display_name,
        outcome=OUTCOMES[order.act].value,
        opinions=[order.text(case).strip() for case in cases],
        filing=[desk.filing(move.row) is not None for move in moves],
        next_units=next_units,
    )
    _assess(moves)
    decided = digests.of("applications_decision", [move.decision_id for move in moves])
    _ask(
        MOVE,
        **who,
        cases=cases,
        states=[_state_after(order, move) for move in moves],
        steps=[move.choice.step if move.choice else None for move in moves],
        hops=[move.row.hop + 1 if move.choice else move.row.hop for move in moves],
        units=next_units,
        acts=["forwarded" if move.choice else OUTCOMES[order.act].value for move in moves],
        facts=[_event_facts(move, decided[move.decision_id]) for move in moves],
    )


def _assess(moves: Sequence[Move]) -> None:
    later = [move for move in moves if move.previous is not None]
    _ask(
        ASSESS,
        cases=[move.row.pk for move in later],
        decisions=[move.decision_id for move in later],
        previous=[move.previous for move in later],
    )
    Assessment.objects.bulk_create(
        Assessment(
            application_id=move.row.pk,
            decision_id=move.decision_id,
            year=year,
            category=category,
            claimed=claimed,
            recognised=claimed,
        )
        for move in moves
        if move.previous is None
        for (year, category), claimed in move.hours.items()
    )


def _state_after(order: Order, move: Move) -> str:
    if move.choice:
        return REVIEWS[move.choice.kind].state.value
    return OUTCOMES[order.act].value


def _event_facts(move: Move, decided: str) -> str:
    told = {"to": move.choice.unit.pk} if move.choice else {"revision": move.row.revision}
    return audit.facts_text(decision=move.decision_id, decided=decided, **told)


def _follow_up(actor: Actor, order: Order, moves: Sequence[Move], desk: Desk) -> dict[UUID, Result]:
    """Tells the applicants, and issues the certificates of what was approved, their numbers last of all."""
    notices.tell_many(
        Application.SUBJECT,
        ((move.row.person_id, move.row.pk, _told(actor, order, move, desk)) for move in moves),
    )
    approvals = [
        certificates.Approval(move.decision_id, move.facts) for move in moves if move.facts is not None
    ]
    numbers = certificates.issue_many(actor=actor, approvals=approvals) if approvals else {}
    return {move.row.pk: Result(True, _says(order, move, desk, numbers.get(move.row.pk))) for move in moves}


def _told(actor: Actor, order: Order, move: Move, desk: Desk) -> notices.Words:
    return telling.words(
        "forwarded" if move.choice else OUTCOMES[order.act].value,
        session=str(desk.sessions[move.row.session_id]),
        link=reverse("applications:detail", args=[move.row.pk]),
        by=str(actor.unit),
        unit=str(move.choice.unit) if move.choice else "",
        reason=order.text(move.row.pk).strip(),
    )


def _says(order: Order, move: Move, desk: Desk, number: str | None) -> str:
    labels = acts.labels(desk.filing(move.row))
    if move.choice:
        return f"审核通过，已送{move.choice.unit}审核"
    if number:
        return f"{labels['approve']}，认定单编号 {number}"
    if order.act == BatchAct.RETURN:
        return "已退回申报人修改"
    return labels["reject"]
