"""待办, 已办 and 已撤销, and the one box in which cases are looked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from cehours.lib import clock
from cehours.lib.paging import PAGE_SIZE, Page, keyset_page
from organizations.actor import Actor
from review import columns, listing, permissions, queries
from review.forms import HandledFilter, InboxFilter
from review.models import ListKind
from review.queries import MOST_COUNTED, Counts
from review.views.origin import Origin

if TYPE_CHECKING:
    from cehours.middleware import ActorRequest

# The menu items of annex 3, step 4 of each guide.
EMPLOYER_TITLE, DEPARTMENT_TITLE, BUREAU_TITLE = (
    "学时核认申报单位审核",
    "学时核认上级单位审核",
    "学时核认待办",
)
PAGE = PAGE_SIZE
PLACES = {kind: f"review:{kind.value}" for kind in ListKind}
Tab = dict[str, object]
AnyFilter = InboxFilter | HandledFilter


def reviewer_of(request: HttpRequest) -> Actor:
    """The actor with a unit's hat on; anybody else is told to put one on (403)."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
    if actor.unit is None:
        raise PermissionDenied
    return actor


def filter_of(kind: ListKind, asked: Any, actor: Actor) -> AnyFilter:
    """The filter of a list, from an address or from what was typed above the list."""
    return InboxFilter(asked, actor) if kind == ListKind.INBOX else HandledFilter(asked, actor)


def list_url(kind: ListKind, address: str) -> str:
    return f"{reverse(PLACES[kind])}?{address}" if address else reverse(PLACES[kind])


@require_safe
def inbox(request: ActorRequest) -> HttpResponse:
    actor = reviewer_of(request)
    wanted = InboxFilter(request.GET, actor)
    found = queries.inbox_rows(actor, wanted.wanted)
    page = keyset_page(found, order="arrived_at", cursor=request.GET.get("cursor"), size=PAGE)
    totals = queries.counts(actor)
    may_batch = permissions.may_batch(actor)
    context = {
        **_common(actor, ListKind.INBOX, wanted, page),
        "title": title_of(actor, totals, wanted),
        "rows": listing.rows(actor, page.rows),
        "tail": Origin.at(wanted, request.GET.get("cursor")).tail(),
        "steps": _steps(actor, totals, wanted),
        "tabs": _tabs(totals, wanted),
        "batch": may_batch,
    }
    if may_batch:
        context.update(_matches(found, page, totals, wanted))
    return render(request, "review/inbox.html", context)


@require_safe
def handled(request: ActorRequest) -> HttpResponse:
    actor = reviewer_of(request)
    wanted = HandledFilter(request.GET, actor)
    found = queries.handled_rows(actor, wanted.wanted)
    page = keyset_page(found, order="-decided_at", cursor=request.GET.get("cursor"), size=PAGE)
    return _past(request, actor, ListKind.HANDLED, wanted, page)


@require_safe
def withdrawn(request: ActorRequest) -> HttpResponse:
    """已撤销: why a case is no longer on the desk although nobody here decided it (A31)."""
    actor = reviewer_of(request)
    wanted = HandledFilter(request.GET, actor)
    found = queries.withdrawn_rows(actor, wanted.wanted)
    page = keyset_page(found, order="-withdrawn_at", cursor=request.GET.get("cursor"), size=PAGE)
    return _past(request, actor, ListKind.WITHDRAWN, wanted, page)


@require_POST
def search(request: ActorRequest) -> HttpResponseRedirect:
    """Turns what was typed above a list into the list's address; an identity number is sealed on the way."""
    actor = reviewer_of(request)
    kind = kind_in(request.POST.get("list"))
    return redirect(list_url(kind, filter_of(kind, request.POST, actor).address()))


def kind_in(typed: str | None) -> ListKind:
    """The list that a form names; 待办 when it names none of ours."""
    return ListKind(typed) if typed in ListKind.values else ListKind.INBOX


def _past(
    request: HttpRequest, actor: Actor, kind: ListKind, wanted: HandledFilter, page: Page[Any]
) -> HttpResponse:
    context = {
        **_common(actor, kind, wanted, page),
        "title": "已办",
        "rows": listing.past(page.rows),
        "tabs": _past_tabs(actor, kind, wanted),
    }
    return render(request, "review/handled.html", context)


def _common(actor: Actor, kind: ListKind, wanted: AnyFilter, page: Page[Any]) -> dict[str, object]:
    return {
        "kind": kind.value,
        "filter": wanted,
        "address": wanted.address(),
        "page": page,
        "shown": len(page.rows),
        "look": columns.look(kind, queries.look_of(actor, kind)),
    }


def _matches(found: Any, page: Page[Any], totals: Counts, wanted: InboxFilter) -> dict[str, object]:
    """What a batch of everything that matches is told: how many there are now, and when they were shown."""
    if page.next is None and page.previous is None:
        return {"matches": len(page.rows)}
    number = queries.counted(found) if wanted.is_set else totals.all
    exact = number if number <= MOST_COUNTED else None
    return {"matches": capped(number), "exact": exact, "shown_at": clock.now().isoformat()}


def capped(number: int) -> str:
    """A number that was counted up to a cap, as pages show it."""
    return str(number) if number <= MOST_COUNTED else f"{MOST_COUNTED}+"


def title_of(actor: Actor, totals: Counts, wanted: InboxFilter) -> str:
    """The menu item of annex 3 that the list stands for."""
    if actor.is_bureau:
        return BUREAU_TITLE
    step = wanted.wanted.step
    only_department = totals.department and not totals.employer and not step
    return DEPARTMENT_TITLE if step == "department_review" or only_department else EMPLOYER_TITLE


def _steps(actor: Actor, totals: Counts, wanted: InboxFilter) -> list[Tab]:
    """The two menu items of annex 3, for units that are both 用人单位 and 主管单位 of somebody's case."""
    if actor.is_bureau or not (totals.employer and totals.department):
        return []
    items = [
        ("employer_review", EMPLOYER_TITLE, totals.employer),
        ("department_review", DEPARTMENT_TITLE, totals.department),
    ]
    return [
        _tab(label, f"?{wanted.address(step=key)}", count, current=wanted.wanted.step == key)
        for key, label, count in items
    ]


def _tabs(totals: Counts, wanted: InboxFilter) -> list[Tab]:
    numbers = {"": totals.all, "clean": totals.clean, "warned": totals.warned, "late": totals.late}
    return [
        _tab(label, f"?{wanted.address(view=key)}", numbers[key], current=wanted.wanted.view == key)
        for key, label in InboxFilter.VIEWS
    ]


def _past_tabs(actor: Actor, kind: ListKind, wanted: HandledFilter) -> list[Tab]:
    done, here = queries.done(actor), kind == ListKind.HANDLED
    by_outcome: Iterable[tuple[str, str, int]] = (
        ("", "全部已办", done.all),
        ("approved", "审核通过", done.approved),
        ("returned", "退回修改", done.returned),
        ("rejected", "审核不通过", done.rejected),
    )
    tabs = [
        _tab(
            label,
            list_url(ListKind.HANDLED, wanted.address(outcome=key)),
            count,
            current=here and wanted.wanted.outcome == key,
        )
        for key, label, count in by_outcome
    ]
    gone = list_url(ListKind.WITHDRAWN, wanted.address(outcome=""))
    return [*tabs, _tab("申报人撤销", gone, done.withdrawn, current=not here)]


def _tab(label: str, url: str, count: int, *, current: bool) -> Tab:
    return {"label": label, "url": url, "count": capped(count), "current": current}
