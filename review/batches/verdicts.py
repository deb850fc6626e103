"""What can be done with each of many cases: one verdict over plain columns, for preview and for every chunk.

Reads exactly the columns that the transition table's guards and the single acts read; a property test
compares the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import F, QuerySet

import rules
from applications import guards
from applications import queries as applications
from applications.filed import last_step, records
from applications.filed.facts import policy_of_session
from applications.models import Application, Decision, FilingSession
from applications.states import IN_REVIEW, KIND_OF, REVIEWS, State
from cehours.lib import clock
from organizations.acting.actor import Actor
from organizations.models import Region
from review import permissions
from review.cases import next_unit, open_warnings, routing
from review.models import BatchAct, HeldDecision, HeldState

GONE = "已不在本单位待办，可能已由其他人办理或被申报人撤销。"
CHANGED = "列表显示之后有变化，请打开查看。"
WARNED = "有警示，需逐件打开核对，不能批量通过。"
STOOD_IN = "代办的申报需逐件打开审核，不能批量通过。"
NOT_IN_BATCHES = "该审核环节按政策逐件审核，不能批量办理。"


class Columns(NamedTuple):
    """The columns of one case that decide what may be done with it, and where it would go."""

    pk: UUID
    version: int
    state: str
    person_id: UUID
    current_unit_id: UUID | None
    steps: list[str]
    step: int | None
    hop: int
    revision: int
    years_met: bool
    warnings: int
    session_id: UUID
    region_id: str | None
    final_label: str
    arrived_at: datetime | None
    standing_for_id: UUID | None


class Row(Columns):
    """One case as a plain row."""

    # The transition table itself, so that the guards read it from a row as from a model.
    approve = Application.approve
    return_ = Application.return_
    reject = Application.reject
    forward_to_department = Application.forward_to_department
    forward_to_bureau = Application.forward_to_bureau

    @property
    def is_last_step(self) -> bool:
        return self.step is not None and self.step == len(self.steps) - 1

    def get_state_display(self) -> str:
        return str(State(self.state).label)


def read(cases: QuerySet[Application], most: int | None = None) -> list[Row]:
    """The rows of a queryset, in its order; at most `most`."""
    found = cases.values_list(*Columns._fields)
    return [Row._make(values) for values in (found[:most] if most else found)]


@dataclass(frozen=True)
class Order:
    """What is to be done with every case: the act, its text, and where cases go that go on (A61).

    `own`: the text of single cases that have one of their own. `over_warnings`: what carries warnings is
    approved too, with the text as the reason.
    """

    act: BatchAct
    opinion: str = ""
    next_unit_id: UUID | None = None
    own: Mapping[UUID, str] = field(default_factory=dict)
    over_warnings: bool = False

    def text(self, case_id: UUID) -> str:
        return self.own.get(case_id) or self.opinion


@dataclass(frozen=True)
class Verdict:
    """Why a case cannot be decided, "" when it can, and where it goes then; no choice: it ends here.

    `unchosen`: nothing stands against it but that no next unit is named yet.
    """

    says: str
    choice: routing.Choice | None = None
    unchosen: bool = False


Way = tuple[tuple[str, ...], int, str | None]  # what cases share that go the same way from a desk


def _way(row: Row) -> Way:
    assert row.step is not None  # in review by constraint
    return tuple(row.steps), row.step, row.region_id


@dataclass
class Desk:
    """Everything about the actor and the surroundings that verdicts ask for, read once for many cases."""

    actor: Actor
    sessions: Mapping[UUID, FilingSession]
    regions: Mapping[str, Region]
    decided: frozenset[tuple[UUID, int]]  # (case, revision) that this person decided at an earlier hop
    fallen: Mapping[UUID, str]  # case → why it rests on hours that are no longer on record
    held: Mapping[
        tuple[UUID, int], str
    ]  # (case, version) → who decided it already, and when that takes effect
    now: datetime
    _ahead: dict[Way, routing.Ahead] = field(default_factory=dict)
    _wrong_units: dict[tuple[Way, UUID | None], str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        actor: Actor,
        rows: Iterable[Row],
        decided: Iterable[tuple[UUID, int]],
        sessions: Mapping[UUID, FilingSession] | None = None,
        *,
        hold: bool = False,
    ) -> Desk:
        """`hold`: the hours behind these cases stay as they are until the transaction ends."""
        regions = {row.region_id for row in rows if row.region_id}
        return cls(
            actor,
            sessions or FilingSession.objects.in_bulk(),
            Region.objects.in_bulk(regions),
            frozenset(decided),
            records.fallen((row.pk for row in rows), hold=hold),
            _held(rows),
            clock.now(),
        )

    def verdict(self, order: Order, row: Row | None, seen: int) -> Verdict:
        """Whether `order` can be carried out on a case that was at version `seen` when it was chosen."""
        says = self._not_decidable(row, seen)
        if says or row is None:
            return Verdict(says)
        if order.act != BatchAct.APPROVE:
            return Verdict(self._not_now(row, "return_" if order.act == BatchAct.RETURN else "reject"))
        if row.warnings and not (order.over_warnings and open_warnings.is_a_reason(order.text(row.pk))):
            return Verdict(WARNED)
        if row.standing_for_id is not None:
            return Verdict(STOOD_IN)
        if row.pk in self.fallen:
            return Verdict(self.fallen[row.pk])
        if row.is_last_step and not self.ahead(row).choices:
            return Verdict(self._not_now(row, "approve"))
        return self._onwards(order, row)

    def filing(self, row: Row) -> rules.Filing | None:
        """The filing that the row's step is; None where it is a review."""
        session = self.sessions[row.session_id]
        return last_step.filing_at(session, is_last_step=row.is_last_step, final_label=row.final_label)

    def ahead(self, row: Row) -> routing.Ahead:
        """The next reviewers of a case on this desk; cases of the same route and place share the answer."""
        way = _way(row)
        if way not in self._ahead:
            self._ahead[way] = routing.ahead(self._place(row))
        return self._ahead[way]

    def _wrong_unit(self, order: Order, row: Row) -> str:
        """Why the unit named for all cannot be next for this one, as the single act says it."""
        key = (_way(row), order.next_unit_id)
        if key not in self._wrong_units:
            self._wrong_units[key] = next_unit.why_not(self._place(row), self.ahead(row), order.next_unit_id)
        return self._wrong_units[key]

    def _place(self, row: Row) -> routing.Place:
        return routing.Place(row.steps, row.step, self.actor.unit, self.regions.get(row.region_id or ""))

    def _not_decidable(self, row: Row | None, seen: int) -> str:
        """What stands against any decision at all."""
        if row is None or row.state not in IN_REVIEW or row.current_unit_id != self.actor.unit_id:
            return GONE
        if row.version != seen:
            return CHANGED
        decided = (row.pk, row.revision) in self.decided
        reason = permissions.why_person_may_not(self.actor.person_id, row.person_id, decided_before=decided)
        reason = reason or self.held.get((row.pk, row.version), "")
        if reason:
            return reason
        session = self.sessions[row.session_id]
        if KIND_OF[State(row.state)] not in policy_of_session(session).batches:
            return NOT_IN_BATCHES
        return "" if session.accepts_reviews(self.now) else permissions.CLOSED

    def _onwards(self, order: Order, row: Row) -> Verdict:
        ahead = self.ahead(row)
        choice = next((each for each in ahead.choices if each.unit.pk == order.next_unit_id), None)
        if choice is None:
            says = self._wrong_unit(order, row) if ahead.choices else ahead.says
            return Verdict(says, unchosen=bool(ahead.choices) and order.next_unit_id is None)
        return Verdict(self._not_now(row, REVIEWS[choice.kind].forward), choice)

    @staticmethod
    def _not_now(row: Row, act: str) -> str:
        return next(iter(guards.why_not(row, act)), "")


def _held(rows: Iterable[Row]) -> dict[tuple[UUID, int], str]:
    waiting = HeldDecision.objects.filter(
        application_id__in=[row.pk for row in rows], state=HeldState.WAITING
    ).values_list("application_id", "seen", "reviewer_name", "effective_at")
    return {(pk, seen): permissions.held_says(who, when) for pk, seen, who, when in waiting.order_by()}


def decided_before(actor: Actor) -> set[tuple[UUID, int]]:
    """(case, revision) of what lies on the actor's desk and was decided by this person at an earlier hop."""
    if actor.person_id is None or actor.unit_id is None:
        return set()
    found = Decision.objects.filter(
        person_id=actor.person_id,
        application__current_unit_id=actor.unit_id,
        application__state__in=IN_REVIEW,
        revision=F("application__revision"),
    )
    return set(found.order_by().values_list("application_id", "revision"))


@dataclass(frozen=True)
class Chosen:
    """The cases of a batch to be: as they stand, the version each was chosen at, how many are gone already."""

    rows: list[Row]
    seen: dict[UUID, int]
    gone: int = 0

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def picks(self) -> list[tuple[UUID, int]]:
        """What `confirm` freezes."""
        return [(row.pk, self.seen[row.pk]) for row in self.rows]


def by_hand(actor: Actor, picks: Sequence[tuple[UUID, int]]) -> Chosen:
    """The ticked cases that the actor's unit may see, the longest waiting first."""
    seen = dict(picks)
    rows = read(applications.visible_to(actor).filter(pk__in=seen).order_by("arrived_at", "pk"))
    return Chosen(rows, seen, len(seen) - len(rows))


def everything(cases: QuerySet[Application], *, until: datetime, shown: int | None, most: int) -> Chosen:
    """All cases of a filtered list that had arrived by `until`, when the list was shown; `shown` were there then.

    Whatever changes on a desk arrives on it anew, so what was not seen is not decided. One row more than
    `most` tells that there are too many.
    """
    rows = read(cases.filter(arrived_at__lte=until).order_by("arrived_at", "pk"), most + 1)
    gone = 0 if shown is None else max(0, shown - len(rows))
    return Chosen(rows, {row.pk: row.version for row in rows}, gone)


@dataclass
class Outlook:
    """What a batch could do with the chosen cases: how many by act, why not, and where they would go on."""

    able: dict[BatchAct, int]
    reasons: dict[str, list[UUID]]  # why not approved → the cases
    verdicts: dict[UUID, Verdict]  # of approving
    refusals: dict[BatchAct, dict[UUID, str]]  # act that refuses → case → why it cannot be carried out
    next_units: dict[UUID, tuple[str, int]]  # unit → its name, how many cases could go there
    ending: int  # how many would be approved for good
    filings: dict[UUID, rules.Filing | None]  # case → the filing that its step is
    warned: list[Row]  # what nothing but its warnings keeps from being approved

    def says(self, act: BatchAct, pk: UUID) -> str:
        """Why the act cannot be carried out on a case, "" when it can."""
        return self.verdicts[pk].says if act == BatchAct.APPROVE else self.refusals[act].get(pk, "")

    @property
    def filing(self) -> rules.Filing | None:
        """The filing at which all of them stand; None when one stands at a review, or at another filing."""
        kinds = set(self.filings.values())
        return kinds.pop() if len(kinds) == 1 else None


DESPITE = Order(BatchAct.APPROVE, opinion="—" * open_warnings.SHORTEST_REASON, over_warnings=True)


def _go_on(found: Outlook, desk: Desk, row: Row, verdict: Verdict) -> None:
    """Counts the units to which a case could go on."""
    for choice in desk.ahead(row).choices if verdict.unchosen else ():
        name, count = found.next_units.get(choice.unit.pk, (choice.unit.name, 0))
        found.next_units[choice.unit.pk] = (name, count + 1)


def outlook(actor: Actor, chosen: Chosen) -> Outlook:
    """The preview: nothing is locked and nothing changes; each case is asked again when its turn comes."""
    desk = Desk.of(actor, chosen.rows, decided_before(actor))
    refusing = (BatchAct.RETURN, BatchAct.REJECT)
    found = Outlook(dict.fromkeys(BatchAct, 0), {}, {}, {act: {} for act in refusing}, {}, 0, {}, [])
    for row in chosen.rows:
        seen = chosen.seen[row.pk]
        for act in refusing:
            says = desk.verdict(Order(act), row, seen).says
            found.able[act] += not says
            if says:
                found.refusals[act][row.pk] = says
        verdict = desk.verdict(Order(BatchAct.APPROVE), row, seen)
        if verdict.says == WARNED:
            despite = desk.verdict(DESPITE, row, seen)
            if despite.unchosen or not despite.says:
                found.warned.append(row)
                _go_on(found, desk, row, despite)
        if verdict.unchosen:
            _go_on(found, desk, row, verdict)
            verdict = Verdict("", desk.ahead(row).choices[0])
        elif not verdict.says:
            found.ending += 1
        found.verdicts[row.pk] = verdict
        found.able[BatchAct.APPROVE] += not verdict.says
        found.filings[row.pk] = desk.filing(row)
        if verdict.says:
            found.reasons.setdefault(verdict.says, []).append(row.pk)
    return found
