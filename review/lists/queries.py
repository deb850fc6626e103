"""The unit's lists: what lies on its desk, what has been there, what was taken back from it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

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
    TextField,
    Value,
    When,
)
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Right
from django.db.models.lookups import Exact

from applications.filed import receipt
from applications.filed.header import BY_KEY, LIST_FIELDS, NO_EMPLOYER, HeaderField
from applications.models import Application, Assessment, Decision, Revision
from applications.models.application import UNIT_KEY
from applications.states import EDITABLE, IN_REVIEW
from cehours.lib import clock, names, pinyin
from cehours.lib.idnumbers import IdKind
from organizations.acting.actor import Actor
from organizations.models import Unit
from organizations.models.region import shared_prefix
from organizations.registry import identity
from organizations.registry import lookup as units
from review import visibility
from review.cases.waiting import LATE, last_workday_began, waiting_since
from review.lists.criteria import ListCriteria
from review.lists.name_keys import keys_of
from review.models import Absence, Assignment, Claim, HeldDecision, HeldState, NameKey, Withdrawal

FRESH = "fresh"
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


def matching(actor: Actor, criteria: ListCriteria) -> QuerySet[Application]:
    """待办 as far as it is asked for: what the list shows, a batch takes and an export writes."""
    cases = inbox(actor).filter(_facts(actor, criteria))
    if criteria.step:
        cases = cases.filter(state=criteria.step)
    if criteria.view == "clean":
        cases = cases.filter(CLEAN)
    elif criteria.view == "warned":
        cases = cases.filter(~CLEAN)
    elif criteria.view == "late":
        cases = cases.filter(arrived_at__lt=waiting_since(LATE))
    if criteria.mark == FRESH:
        cases = cases.filter(arrived_at__gte=last_workday_began())
    return cases


def handled(actor: Actor) -> QuerySet[Decision]:
    """已办: the decisions of the actor's unit, newest first."""
    if actor.unit_id is None:
        return Decision.objects.none()
    return Decision.objects.filter(unit_id=actor.unit_id).order_by("-decided_at", "-id")


def handled_matching(actor: Actor, criteria: ListCriteria) -> QuerySet[Decision]:
    """已办 as far as it is asked for."""
    decisions = _as_filed(handled(actor).filter(_facts(actor, criteria, of="application__")), criteria)
    return decisions.filter(outcome=criteria.outcome) if criteria.outcome else decisions


def withdrawn_matching(actor: Actor, criteria: ListCriteria) -> QuerySet[Withdrawal]:
    """已撤销: cases that left the desk because their applicants took them back (A31), newest first."""
    if actor.unit_id is None:
        return Withdrawal.objects.none()
    gone = Withdrawal.objects.filter(unit_id=actor.unit_id).order_by("-withdrawn_at", "-id")
    return _as_filed(gone.filter(_facts(actor, criteria, of="application__")), criteria)


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


def _as_filed(rows: QuerySet[Any], criteria: ListCriteria) -> QuerySet[Any]:
    """Only rows of which a filter tells nothing that was not filed with the unit."""
    for asked, key in (
        (criteria.unit, "employer"),
        (criteria.region, "region"),
        (criteria.series, "title_series"),
    ):
        if asked:
            column = BY_KEY[key].column
            rows = rows.alias(frozen=_filed(), said=KeyTextTransform(key, _filed()))
            rows = rows.filter(Q(frozen=None) | Q(said=F(f"application__{column}")))
    return rows


def _facts(actor: Actor, criteria: ListCriteria, of: str = "") -> Q:
    """The part of a filter that speaks of the case itself; `of` leads from the row to the case."""
    case, found = "application_id" if of else "pk", Q()
    if criteria.text:
        found &= _received(criteria.text, of) or Q(**{f"{case}__in": _named(actor, criteria.text)})
    if criteria.number:
        indexes = [identity.index_of(kind, criteria.number) for kind in IdKind]
        found &= Q(**{f"{of}id_index__in": indexes})
    if criteria.unit:
        named = Unit.objects.filter(units.named(criteria.unit)).order_by().values("pk")
        of_units = Q(**{f"{of}employer__in": named})
        found &= of_units | Q(**{f"{of}employer": None}) if _is_nobodys(criteria.unit) else of_units
    if criteria.region:
        below = shared_prefix(criteria.region)
        found &= Q(**{f"{of}region__gte": criteria.region, f"{of}region__lte": below.ljust(6, "9")})
    if criteria.series:
        found &= Q(**{f"{of}title_series": criteria.series})
    if criteria.year is not None:
        found &= Q(**{f"{of}session__year": criteria.year})
    if criteria.mark == "mine":
        found &= Q(**{f"{case}__in": assigned_to(actor)})
    elif criteria.mark and criteria.mark != FRESH:  # of which 待办 alone knows
        found &= _marked(criteria.mark, case)
    return found


def _is_nobodys(typed: str) -> bool:
    """Whether what is typed as a unit is what the lists say where there is none: 自由职业, or how it is spelt."""
    plain = names.key(typed.replace("\0", ""))
    keys = pinyin.unit_keys(NO_EMPLOYER)
    spelt = (NO_EMPLOYER, *keys.full.split(), *keys.initials.split())
    return len(plain) > 1 and any(each.startswith(plain) for each in spelt)


def _received(text: str, of: str) -> Q | None:
    """The case that a 受理编号 names; None where the text is none."""
    asked = receipt.read(text)
    if asked is None:
        return None
    year, tail = asked
    as_text = Right(Cast(F(f"{of}id"), TextField()), len(tail))
    return Q(Exact(as_text, tail), **{f"{of}session__year": year})


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


def assigned_to(actor: Actor) -> QuerySet[Any]:
    """Ids of the cases given to this person, or to a colleague for whom they stand in today."""
    today = clock.today()
    away = Absence.objects.filter(
        Q(unit_id=actor.unit_id), Q(deputy_id=actor.user_id), first_day__lte=today, last_day__gte=today
    )
    given = Assignment.objects.filter(Q(unit_id=actor.unit_id))
    return given.filter(Q(user_id=actor.user_id) | Q(user_id__in=away.order_by().values("user_id"))).values(
        "application_id"
    )


def _marked(mark: str, case: str) -> Q:
    """Filed once more, or marked at an earlier hop: a year 不规范, or hours recognised below the claim."""
    if mark == "again":
        return Q(revision__gt=1)
    marks = Assessment.objects.filter(application_id=OuterRef(case), decision__revision=OuterRef("revision"))
    condition = Q(in_order=False) if mark == "flagged" else Q(recognised__lt=F("claimed"))
    return Q(Exists(marks.filter(condition)))


# -- the lists, as plain rows: an instance of every joined model would cost more than the question itself

ORDERS = {"": "arrived_at", "submitted": "submitted_at", "unit": "unit_key", "name": "pinyin"}
INBOX_COLUMNS = (
    "pk", "version", "name", "person_id", "years_met", "warnings", "state", "revision", "arrived_at", "submitted_at",
    "session__year", "session__opens_at", "session__review_until", "decided_before", "pinyin", "unit_key", "held_by",
    "held_until", "claimed_by",
)  # fmt: skip
PAST_COLUMNS = (
    "pk", "application_id", "application__name", "application__state", "application__employer__name",
    "application__region__name", "application__session__year", "application__current_unit__name",
    "application__revision", "filed", "reached",
)  # fmt: skip
HANDLED_COLUMNS = (
    *PAST_COLUMNS, "outcome", "filing", "opinion", "reviewer_name", "decided_at",
    "application__session__policy", "application__final_label",
)  # fmt: skip
WITHDRAWN_COLUMNS = (*PAST_COLUMNS, "revision", "withdrawn_at")
Fields = Iterable[HeaderField]  # of the header, as far as they are shown


def decided_by(person_id: UUID) -> Exists:
    """Of each case, whether this person decided its present revision already: then they may not again."""
    mine = Decision.objects.filter(person_id=person_id, revision=OuterRef("revision"))
    return Exists(mine.filter(application_id=OuterRef("pk")))


def waiting_decision() -> QuerySet[HeldDecision]:
    """Of each case, the unit's decision on its present version that has not taken effect yet."""
    waiting = HeldDecision.objects.filter(application_id=OuterRef("pk"), seen=OuterRef("version"))
    return waiting.filter(state=HeldState.WAITING).order_by()


def claims_of_others(actor: Actor) -> QuerySet[Claim]:
    """Of each case, the claim of a colleague that has not run out (A78)."""
    claims = Claim.objects.filter(
        Q(unit_id=actor.unit_id), application_id=OuterRef("pk"), until__gt=clock.now()
    )
    return claims.exclude(Q(user_id=actor.user_id)).order_by()


def inbox_rows(
    actor: Actor, criteria: ListCriteria, fields: Fields = LIST_FIELDS
) -> QuerySet[Application, Any]:
    """Rows of INBOX_COLUMNS and the fields' columns; pages may go by any of ORDERS.

    `decided_before` says whether this person decided this revision at an earlier hop, `held_by` and `held_until`
    who of the unit decided it here and when that takes effect, `claimed_by` which colleague has it on the screen;
    `unit_key` brings cases of one unit together, those of nobody first.
    """
    before: Any = Value(False, BooleanField())
    if actor.person_id is not None:
        before = decided_by(actor.person_id)
    held = waiting_decision()
    rows = matching(actor, criteria).annotate(
        decided_before=before,
        unit_key=UNIT_KEY,
        held_by=Subquery(held.values("reviewer_name")[:1]),
        held_until=Subquery(held.values("effective_at")[:1]),
        claimed_by=Subquery(claims_of_others(actor).values("name")[:1]),
    )
    return rows.values_list(*_with(INBOX_COLUMNS, fields), named=True)


def handled_rows(
    actor: Actor, criteria: ListCriteria, fields: Fields = LIST_FIELDS
) -> QuerySet[Decision, Any]:
    """Rows of HANDLED_COLUMNS and the fields' columns."""
    rows = handled_matching(actor, criteria).annotate(filed=_filed(), reached=visibility.reached(actor))
    return rows.values_list(*_with(HANDLED_COLUMNS, fields, of="application__"), named=True)


def withdrawn_rows(
    actor: Actor, criteria: ListCriteria, fields: Fields = LIST_FIELDS
) -> QuerySet[Withdrawal, Any]:
    """Rows of WITHDRAWN_COLUMNS and the fields' columns."""
    rows = withdrawn_matching(actor, criteria).annotate(filed=_filed(), reached=visibility.reached(actor))
    return rows.values_list(*_with(WITHDRAWN_COLUMNS, fields, of="application__"), named=True)


def _with(columns: tuple[str, ...], fields: Fields, of: str = "") -> dict[str, None]:
    """The columns and those of the fields, each once; `of` leads from the row to the case."""
    return dict.fromkeys((*columns, *(f"{of}{field.column}" for field in fields)))
