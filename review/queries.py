"""Reads of the reviewers' side: what lies on the unit's desk, what has been there, and how much there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import (
    BooleanField,
    Case,
    Exists,
    F,
    JSONField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast

from applications import queries as applications
from applications.models import Application, Assessment, Decision, Revision
from applications.states import EDITABLE, IN_REVIEW, State
from cehours.lib.idnumbers import IdKind
from organizations import identity
from organizations.actor import Actor
from organizations.errors import NotYours
from organizations.models import Unit
from review import reach
from review.models import ExportJob, ListKind, ListLook, NameKey, Withdrawal
from review.names import keys_of
from review.waiting import LATE, waiting_since
from review.wanted import Wanted

MOST_COUNTED = 999  # beyond, the pages say 999+: an exact count of a million rows is worth nobody's wait
CLEAN = Q(years_met=True, warnings=0)  # spelled as in the partial indexes of the two halves of a desk


def inbox(actor: Actor) -> QuerySet[Application]:
    """待办: cases that wait for the actor's unit, the longest waiting first.

    The states stand as literals in the WHERE, so that PostgreSQL can use the partial inbox index.
    """
    if actor.unit_id is None:
        return Application.objects.none()
    return Application.objects.filter(current_unit_id=actor.unit_id, state__in=IN_REVIEW).order_by(
        "arrived_at", "id"
    )


def matching(actor: Actor, wanted: Wanted) -> QuerySet[Application]:
    """待办 as far as it is asked for: what the list shows, a batch takes and an export writes."""
    cases = inbox(actor).filter(_facts(actor, wanted))
    if wanted.step:
        cases = cases.filter(state=wanted.step)
    if wanted.view == "clean":
        cases = cases.filter(CLEAN)
    elif wanted.view == "warned":
        cases = cases.filter(~CLEAN)
    elif wanted.view == "late":
        cases = cases.filter(arrived_at__lt=waiting_since(LATE))
    return cases


def handled(actor: Actor) -> QuerySet[Decision]:
    """已办: the decisions of the actor's unit, newest first."""
    if actor.unit_id is None:
        return Decision.objects.none()
    return Decision.objects.filter(unit_id=actor.unit_id).order_by("-decided_at", "-id")


def handled_matching(actor: Actor, wanted: Wanted) -> QuerySet[Decision]:
    """已办 as far as it is asked for."""
    decisions = _as_filed(handled(actor).filter(_facts(actor, wanted, of="application__")), wanted)
    return decisions.filter(outcome=wanted.outcome) if wanted.outcome else decisions


def withdrawn_matching(actor: Actor, wanted: Wanted) -> QuerySet[Withdrawal]:
    """已撤销: cases that left the desk because their applicants took them back (A31), newest first."""
    if actor.unit_id is None:
        return Withdrawal.objects.none()
    gone = Withdrawal.objects.filter(unit_id=actor.unit_id).order_by("-withdrawn_at", "-id")
    return _as_filed(gone.filter(_facts(actor, wanted, of="application__")), wanted)


def _filed() -> Case:
    """The header of the revision a row of the past speaks of, as JSON; NULL while the case itself still says it.

    What the applicant edits after a case came back, or files later through another unit, is not this unit's.
    """
    content = Cast("content", JSONField())
    frozen = Revision.objects.filter(application_id=OuterRef("application_id"), number=OuterRef("revision"))
    same = Q(application__revision=F("revision")) & ~Q(application__state__in=EDITABLE)
    return Case(
        When(same, then=Value(None, JSONField())),
        default=Subquery(frozen.order_by().values(header=KeyTransform("header", content))),
        output_field=JSONField(),
    )


def _as_filed(rows: QuerySet[Any], wanted: Wanted) -> QuerySet[Any]:
    """Only rows of which a filter tells nothing that was not filed with the unit."""
    for asked, key, column in (
        (wanted.unit, "employer", "employer__name"),
        (wanted.region, "region", "region__name"),
        (wanted.series, "title_series", "title_series"),
    ):
        if asked:
            rows = rows.alias(frozen=_filed(), said=KeyTextTransform(key, _filed()))
            rows = rows.filter(Q(frozen=None) | Q(said=F(f"application__{column}")))
    return rows


def _facts(actor: Actor, wanted: Wanted, of: str = "") -> Q:
    """The part of a filter that speaks of the case itself; `of` leads from the row to the case."""
    case, found = "application_id" if of else "pk", Q()
    if wanted.text:
        found &= Q(**{f"{case}__in": _named(actor, wanted.text)})
    if wanted.number:
        indexes = [identity.index_of(kind, wanted.number) for kind in IdKind]
        found &= Q(**{f"{of}id_index__in": indexes})
    if wanted.unit:
        found &= Q(**{f"{of}employer__in": units_named(wanted.unit).order_by().values("pk")})
    if wanted.region:
        below = wanted.region[:2] if wanted.region.endswith("0000") else wanted.region.removesuffix("00")
        found &= Q(**{f"{of}region__gte": wanted.region, f"{of}region__lte": below.ljust(6, "9")})
    if wanted.series:
        found &= Q(**{f"{of}title_series": wanted.series})
    if wanted.year is not None:
        found &= Q(**{f"{of}session__year": wanted.year})
    if wanted.mark:
        found &= _marked(wanted.mark, case)
    return found


def _named(actor: Actor, text: str) -> QuerySet[Any]:
    """Ids of the unit's cases whose name fits what was typed."""
    keys = keys_of(text)
    if keys is None or actor.unit_id is None:
        return NameKey.objects.none().values("application_id")
    own = NameKey.objects.filter(unit_id=actor.unit_id)
    if keys.prefix:
        return own.filter(key__gte=keys.prefix, key__lt=keys.until).values("application_id")
    ids: QuerySet[Any] = own.filter(key=keys.exact[0]).values("application_id")
    for key in keys.exact[1:]:
        ids = own.filter(key=key, application_id__in=ids).values("application_id")
    return ids


def units_named(text: str) -> QuerySet[Unit]:
    """Units of every kind by part of their name, by the beginning of their pinyin or of their initials."""
    key = text.lower().replace(" ", "")
    return Unit.objects.filter(
        Q(name__contains=text) | Q(pinyin__startswith=key) | Q(initials__startswith=key)
    )


def _marked(mark: str, case: str) -> Q:
    """Filed once more, or marked at an earlier hop: a year 不规范, or hours recognised below the claim."""
    if mark == "again":
        return Q(revision__gt=1)
    marks = Assessment.objects.filter(application_id=OuterRef(case), decision__revision=OuterRef("revision"))
    condition = Q(in_order=False) if mark == "flagged" else Q(recognised__lt=F("claimed"))
    return Q(Exists(marks.filter(condition)))


# -- the lists, as plain rows: an instance of every joined model would cost more than the question itself

INBOX_COLUMNS = (
    "pk", "version", "name", "id_cipher", "person_id", "title_series", "specialty", "years_met", "warnings", "state",
    "revision", "arrived_at", "submitted_at", "employer__name", "region__name", "session__year",
    "session__opens_at", "session__review_until", "decided_before",
)  # fmt: skip
OF_THE_CASE = (
    "application_id", "application__name", "application__id_cipher", "application__title_series",
    "application__specialty", "application__state", "application__employer__name", "application__region__name",
    "application__session__year", "application__current_unit__name", "application__revision", "reached",
)  # fmt: skip
HANDLED_COLUMNS = (*OF_THE_CASE, "filed", "pk", "outcome", "filing", "opinion", "reviewer_name", "decided_at")
WITHDRAWN_COLUMNS = (*OF_THE_CASE, "filed", "pk", "revision", "withdrawn_at")


def decided_by(person_id: UUID) -> Exists:
    """Of each case, whether this person decided its present revision already: then they may not again."""
    mine = Decision.objects.filter(person_id=person_id, revision=OuterRef("revision"))
    return Exists(mine.filter(application_id=OuterRef("pk")))


def inbox_rows(actor: Actor, wanted: Wanted) -> QuerySet[Application, Any]:
    """Rows of INBOX_COLUMNS; `decided_before` says whether this person decided this revision at an earlier hop."""
    before: Any = Value(False, BooleanField())
    if actor.person_id is not None:
        before = decided_by(actor.person_id)
    return matching(actor, wanted).annotate(decided_before=before).values_list(*INBOX_COLUMNS, named=True)


def handled_rows(actor: Actor, wanted: Wanted) -> QuerySet[Decision, Any]:
    """Rows of HANDLED_COLUMNS."""
    rows = handled_matching(actor, wanted).annotate(filed=_filed(), reached=reach.reached(actor))
    return rows.values_list(*HANDLED_COLUMNS, named=True)


def withdrawn_rows(actor: Actor, wanted: Wanted) -> QuerySet[Withdrawal, Any]:
    """Rows of WITHDRAWN_COLUMNS."""
    rows = withdrawn_matching(actor, wanted).annotate(filed=_filed(), reached=reach.reached(actor))
    return rows.values_list(*WITHDRAWN_COLUMNS, named=True)


# -- numbers above the lists

IN_DESK = "current_unit_id = %(unit)s AND state IN ('employer_review', 'department_review', 'bureau_review')"
IN_CLEAN, IN_WARNED = "(years_met AND warnings = 0)", "NOT (years_met AND warnings = 0)"


@dataclass(frozen=True)
class Counts:
    """How many cases lie on the desk, each counted up to MOST_COUNTED + 1: all, by warnings, late, by step."""

    all: int
    clean: int
    warned: int
    late: int
    employer: int = 0
    department: int = 0


@dataclass(frozen=True)
class Done:
    """How many decisions the unit took, by outcome, and how many cases were withdrawn from it; capped alike."""

    all: int
    approved: int
    returned: int
    rejected: int
    withdrawn: int


def counts(actor: Actor) -> Counts:
    """The numbers above 待办, in one question that stops counting at the cap. Steps only for units that have two."""
    parts = [IN_DESK, f"{IN_DESK} AND {IN_CLEAN}", f"{IN_DESK} AND {IN_WARNED}",
             f"{IN_DESK} AND arrived_at < %(late)s"]  # fmt: skip
    if not actor.is_bureau:
        parts += [
            f"{IN_DESK} AND state = '{state}'" for state in (State.EMPLOYER_REVIEW, State.DEPARTMENT_REVIEW)
        ]
    numbers = _capped([f"applications_application WHERE {part}" for part in parts], actor)
    return Counts(*numbers)


def done(actor: Actor) -> Done:
    """The numbers above 已办."""
    decisions = "applications_decision WHERE unit_id = %(unit)s"
    parts = [
        decisions,
        *(f"{decisions} AND outcome = '{key}'" for key in ("approved", "returned", "rejected")),
    ]
    return Done(*_capped([*parts, "review_withdrawal WHERE unit_id = %(unit)s"], actor))


def _capped(parts: list[str], actor: Actor) -> list[int]:
    limit = MOST_COUNTED + 1
    counted = (f"(SELECT count(*) FROM (SELECT FROM {part} LIMIT {limit}) AS t)" for part in parts)  # noqa: S608 -- constants
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(counted)}", {"unit": actor.unit_id, "late": waiting_since(LATE)})
        return list(cursor.fetchone())


def counted(rows: QuerySet[Any, Any]) -> int:
    """How many rows there are, up to MOST_COUNTED + 1."""
    return rows.order_by()[: MOST_COUNTED + 1].count()


# -- one case; what a person keeps of the lists


def case_for(actor: Actor, pk: UUID) -> Application:
    """A case in which the actor's unit takes or took part. Raises NotYours."""
    if actor.unit_id is None:
        raise NotYours
    case = (
        applications.visible_to(actor)
        .select_related("session", "employer", "current_unit", "region")
        .filter(pk=pk)
        .exclude(revision=0)
        .first()
    )
    if case is None:
        raise NotYours
    return reach.as_it_left(actor, case)


def look_of(actor: Actor, kind: ListKind) -> ListLook | None:
    """The columns and density this person chose for a list, or None."""
    return ListLook.objects.filter(user=actor.user, kind=kind).first() if actor.user else None


def exports_of(actor: Actor) -> QuerySet[ExportJob]:
    """The files this person asked for under this unit's hat, newest first."""
    if actor.user is None or actor.unit is None:
        return ExportJob.objects.none()
    return ExportJob.objects.filter(user=actor.user, unit=actor.unit)


def export_for(actor: Actor, pk: UUID, *, lock: bool = False) -> ExportJob:
    """One of them. Raises NotYours."""
    jobs = exports_of(actor)
    job = (jobs.select_for_update(of=("self",)) if lock else jobs).filter(pk=pk).first()
    if job is None:
        raise NotYours("没有找到该导出文件。")
    return job
