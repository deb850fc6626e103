"""批量审核: what can be done is shown first; confirmed once, it is worked off in the background."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from applications import queries as applications
from applications.models import Application
from cehours.lib import clock
from cehours.lib.paging import keyset_page
from cehours.lib.refusal import Refusal
from organizations.acting.actor import Actor, ActorRequest
from review import permissions, services
from review.batches import queries as batch_queries
from review.batches import sampling, verdicts, warned
from review.batches.verdicts import Chosen, Order, Outlook
from review.cases import acts
from review.cases.routing import goes_on
from review.cases.waiting import Waiting, waiting
from review.forms import READY_REASONS, BatchForm, InboxFilter, read_picks
from review.forms.batching import HELD, OWN
from review.lists import desk, queries
from review.models import BatchAct
from review.services.batches import MOST, TOO_MANY
from review.views.batch_run import BROKEN
from review.views.case import trail
from review.views.deciding import CONFIRM
from review.views.lists import keep_of, reviewer_of

IN_A_TABLE = 100  # that many cases are shown one by one with a tick; more only in numbers
EXAMPLES = 3
SHOWN_OF_SAMPLE = 30


@dataclass(frozen=True)
class Item:
    """One chosen case in the preview: whether the chosen act can be carried out, and what should be looked at first."""

    case: Application
    seen: int
    says: str
    where: str
    able: bool
    id_number: str
    waiting: Waiting
    field: str
    own: str


@dataclass(frozen=True)
class Choice:
    """What a request chose: ticked rows, or everything a filter shows, as of the moment it was shown."""

    picks: list[tuple[UUID, int]]
    everything: str | None  # the filter as the list's address has it
    shown_at: datetime
    shown: int | None

    @classmethod
    def of(cls, asked: QueryDict) -> Choice:
        now = clock.now()
        typed = asked.get("shown", "")
        return cls(
            read_picks(asked.getlist("pick")),
            asked.get("all"),
            min(_moment(asked.get("shown_at", "")) or now, now),
            int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 7 else None,
        )

    def found(self, actor: Actor) -> Chosen:
        if self.everything is None:
            return verdicts.by_hand(actor, self.picks)
        cases = queries.matching(actor, InboxFilter.asked(QueryDict(self.everything), actor).criteria)
        return verdicts.everything(cases, until=self.shown_at, shown=self.shown, most=MOST)


@require_http_methods(["GET", "HEAD", "POST"])
def batch(request: ActorRequest) -> HttpResponse:
    """POST from the list: preview; POST with the confirming button: freeze and start; GET: one's batches."""
    actor = reviewer_of(request)
    if not permissions.may_batch(actor):
        raise PermissionDenied
    if request.method != "POST":
        return _batches(request, actor)
    choice = Choice.of(request.POST)
    if choice.everything is None and not choice.picks:
        messages.warning(request, "请先勾选要办理的申报。")
        return redirect("review:inbox")
    chosen = choice.found(actor)
    if len(chosen) > MOST:
        messages.warning(request, TOO_MANY)
        return redirect("review:inbox")
    found = verdicts.outlook(actor, chosen)
    form = _form(found, request.POST if CONFIRM in request.POST else None, request.POST)
    if form.is_bound and form.is_valid():
        started = _start(actor, form, chosen)
        if started is not None:
            return redirect("review:batch_run", started)
    return _preview(request, actor, choice, chosen, found, form)


def _batches(request: ActorRequest, actor: Actor) -> HttpResponse:
    page = keyset_page(
        batch_queries.mine(actor), order="-created_at", cursor=request.GET.get("cursor"), size=20
    )
    broken = batch_queries.broken(page.rows)
    rows = [(batch, BROKEN if batch.pk in broken else batch.get_state_display()) for batch in page.rows]
    return render(request, "review/batches.html", {"page": page, "rows": rows, "trail": trail(request)})


def _form(found: Outlook, data: QueryDict | None, typed: QueryDict) -> BatchForm:
    names = acts.labels(found.filing)
    return BatchForm(
        able={act.value: count for act, count in found.able.items()},
        labels={act.value: names[key] for act, key in acts.KEYS.items()},
        units=[(pk, f"{name}（{count} 件）") for pk, (name, count) in found.next_units.items()],
        warned=len(found.warned),
        delay=settings.BATCH_DELAY_SECONDS,
        data=data,
        typed=typed,
    )


def _start(actor: Actor, form: BatchForm, chosen: Chosen) -> UUID | None:
    """The confirmed batch; None when it was refused, with the reason on the form."""
    typed = form.cleaned_data
    act = BatchAct(typed["act"])
    order = Order(
        act,
        typed["opinion"],
        typed.get("next_unit"),
        form.own if act != BatchAct.APPROVE else {},
        typed.get("over_warnings", False),
    )
    try:
        return services.confirm_batch(
            actor=actor,
            token=typed["token"],
            order=order,
            chosen=chosen.picks,
            gone=chosen.gone,
            hold=typed.get("start") == HELD,
        ).pk
    except Refusal as refusal:
        form.refuse(refusal.says, getattr(refusal, "field", None))
        return None


def _preview(
    request: ActorRequest, actor: Actor, choice: Choice, chosen: Chosen, found: Outlook, form: BatchForm
) -> HttpResponse:
    in_a_table = choice.everything is None and len(chosen) <= IN_A_TABLE
    value = form["act"].value()
    act = BatchAct(value if value in BatchAct.values else BatchAct.APPROVE)
    names = acts.labels(found.filing)
    context: dict[str, Any] = {
        "form": form,
        "choice": choice,
        "chosen": chosen,
        "shown_at": choice.shown_at.isoformat(),
        "outlook": found,
        "act": act,
        "approving": act == BatchAct.APPROVE,
        "label": names[acts.KEYS[act]],
        "tone": acts.TONES[acts.KEYS[act]],
        "able": found.able[act],
        "unable": len(chosen) - found.able[act],
        "others": [
            (key, names[acts.KEYS[key]], count) for key, count in found.able.items() if count and key != act
        ],
        "keep": keep_of(actor),
        "possible": any(found.able.values()),
        "items": _items(actor, chosen, found, form, act) if in_a_table else None,
        "reasons": [] if in_a_table or act != BatchAct.APPROVE else _reasons(actor, found),
        "sample": _sample(actor, found),
        "warned": _warned(chosen, found),
        "ready": READY_REASONS,
        "gone_says": verdicts.GONE,
        "trail": trail(request),
    }
    return render(request, "review/batch.html", context, status=422 if form.errors else 200)


def _sample(actor: Actor, found: Outlook) -> dict[str, Any]:
    """What of the cases that can be approved should be looked at before the start, and how many those are."""
    able = [pk for pk, verdict in found.verdicts.items() if not verdict.says]
    drawn = sampling.draw(services.sample_seed(actor=actor), able)
    cases = _cases(actor, drawn[:SHOWN_OF_SAMPLE])
    shown = [cases[pk] for pk in drawn[:SHOWN_OF_SAMPLE] if pk in cases]
    return {"count": len(drawn), "cases": shown, "more": len(drawn) - len(shown)}


def _warned(chosen: Chosen, found: Outlook) -> list[dict[str, Any]]:
    """Cases with the same warnings, to be decided together; none when all of them share theirs."""
    groups = warned.groups(found.warned)
    if len(groups) < 2 and len(found.warned) == len(chosen):
        return []
    return [
        {"says": says, "count": len(pks), "picks": " ".join(f"{pk}:{chosen.seen[pk]}" for pk in pks)}
        for says, pks in groups.items()
    ]


def _cases(actor: Actor, pks: list[UUID]) -> dict[UUID, Application]:
    cases = applications.visible_to(actor).filter(pk__in=pks).select_related("session")
    cases = cases.annotate(filed_employer=batch_queries.filed_employer("pk"))
    return {case.pk: case for case in cases}


def _items(actor: Actor, chosen: Chosen, found: Outlook, form: BatchForm, act: BatchAct) -> list[Item]:
    """Every chosen case that is still on the desk; what is gone is only counted, as it shows nothing any more."""
    cases, now, own = _cases(actor, list(chosen.seen)), clock.now(), form.own
    return [
        Item(
            case=cases[row.pk],
            seen=chosen.seen[row.pk],
            says=found.says(act, row.pk),
            where=_where(found, row) if act == BatchAct.APPROVE else "申报人会看到原因",
            able=not found.says(act, row.pk),
            id_number=desk.masked_id(cases[row.pk]),
            waiting=waiting(row.arrived_at, now, cases[row.pk].session.review_until)
            if row.arrived_at
            else Waiting("不在待办", "wait"),
            field=f"{OWN}{row.pk}",
            own=own.get(row.pk, ""),
        )
        for row in chosen.rows
    ]


def _where(found: Outlook, row: verdicts.Row) -> str:
    going = found.verdicts[row.pk].choice
    if going:
        return goes_on(going.unit, row.current_unit_id)
    return f"{acts.labels(found.filings[row.pk])['approve']}，出具学时认定单"


def _reasons(actor: Actor, found: Outlook) -> list[dict[str, Any]]:
    """Why cases cannot be approved, the most frequent reason first, each with a few of them to open."""
    shown = [pk for pks in found.reasons.values() for pk in pks[:EXAMPLES]]
    cases = _cases(actor, shown)
    ordered = sorted(found.reasons.items(), key=lambda reason: -len(reason[1]))
    return [
        {"says": says, "count": len(pks), "cases": [cases[pk] for pk in pks[:EXAMPLES] if pk in cases]}
        for says, pks in ordered
    ]


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    # The database cannot shift the first and the last day there are.
    return moment if moment.tzinfo and 2000 <= moment.year < 3000 else None
