"""待办, 已办 and 已撤销, and the one box in which cases are looked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from applications.models import FilingSession
from applications.presenters.deadlines import in_words
from cehours.lib import clock
from cehours.lib.paging import PAGE_SIZE, Page, keyset_page
from organizations.acting.actor import Actor, ActorRequest
from review import permissions, queries
from review.forms import HandledFilter, InboxFilter
from review.lists import columns, counts
from review.lists import queries as list_queries
from review.lists import rows as listing
from review.lists.columns import Shown
from review.lists.counts import MOST_COUNTED, Counts
from review.lists.criteria import ListCriteria
from review.models import BatchAct, ListKind
from review.presenters.origin import Origin
from review.services.batches import MOST

# The menu items of annex 3, step 4 of each guide.
EMPLOYER_TITLE, DEPARTMENT_TITLE, BUREAU_TITLE = (
    "学时核认申报单位审核",
    "学时核认上级单位审核",
    "学时核认待办",
)
BATCH_ACTS = [
    (act.value, act.label, tone) for act, tone in zip(BatchAct, ("primary", "return", "danger"), strict=True)
]
PAGE = PAGE_SIZE
PLACES = {kind: f"review:{kind.value}" for kind in ListKind}
Tab = dict[str, object]
AnyFilter = InboxFilter | HandledFilter


def reviewer_of(request: ActorRequest) -> Actor:
    """The actor with a unit's hat on; anybody else is told to put one on (403)."""
    actor = request.actor
    if actor.unit is None:
        raise PermissionDenied
    return actor


def filter_of(kind: ListKind, asked: Any, actor: Actor) -> AnyFilter:
    """The filter of a list, from an address or from what was typed above the list."""
    return InboxFilter.asked(asked, actor) if kind == ListKind.INBOX else HandledFilter.asked(asked, actor)


def list_url(kind: ListKind, address: str) -> str:
    return f"{reverse(PLACES[kind])}?{address}" if address else reverse(PLACES[kind])


@require_safe
def inbox(request: ActorRequest) -> HttpResponse:
    actor = reviewer_of(request)
    chosen = InboxFilter.asked(request.GET, actor)
    look = _look(actor, ListKind.INBOX, chosen)
    found = list_queries.inbox_rows(actor, chosen.criteria, look.header)
    order = list_queries.ORDERS[chosen.sort]
    page = _page(request, found, order, look)
    others = chosen.without_tabs()
    totals = counts.inbox_matching(actor, others) if others != ListCriteria() else counts.inbox(actor)
    may_batch = permissions.may_batch(actor)
    context: dict[str, Any] = {
        **_common(request, look, chosen, page, found),
        "title": title_of(actor, totals, chosen),
        "rows": listing.rows(actor, page.rows, look.header),
        "tail": Origin.at(chosen, request.GET.get("cursor")).tail(),
        "steps": _steps(actor, totals, chosen),
        "tabs": _tabs(totals, chosen),
        "batch": may_batch,
        "deadlines": review_deadlines(),
        "heads": actor.is_unit_admin,
        "calendar_missing": clock.calendar_missing() if actor.is_bureau else None,
    }
    if may_batch:
        context |= {**_matches(context["total"], page), "keep": keep_of(actor), "acts": BATCH_ACTS}
    return render(request, "review/inbox.html", context)


@require_safe
def handled(request: ActorRequest) -> HttpResponse:
    actor = reviewer_of(request)
    chosen = HandledFilter.asked(request.GET, actor)
    look = _look(actor, ListKind.HANDLED, chosen)
    found = list_queries.handled_rows(actor, chosen.criteria, look.header)
    page = _page(request, found, "-decided_at", look)
    return _past(request, actor, look, chosen, page, found)


@require_safe
def withdrawn(request: ActorRequest) -> HttpResponse:
    """已撤销: why a case is no longer on the desk although nobody here decided it (A31)."""
    actor = reviewer_of(request)
    chosen = HandledFilter.asked(request.GET, actor)
    look = _look(actor, ListKind.WITHDRAWN, chosen)
    found = list_queries.withdrawn_rows(actor, chosen.criteria, look.header)
    page = _page(request, found, "-withdrawn_at", look)
    return _past(request, actor, look, chosen, page, found)


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
    request: ActorRequest, actor: Actor, look: Shown, chosen: HandledFilter, page: Page[Any], found: Any
) -> HttpResponse:
    context = {
        **_common(request, look, chosen, page, found),
        "title": "已办",
        "rows": listing.past(page.rows, look.header),
        "tabs": _past_tabs(actor, look.kind, chosen),
    }
    return render(request, "review/handled.html", context)


def _page(request: ActorRequest, found: Any, order: str, look: Shown) -> Page[Any]:
    """The page that is asked for, by its cursor or, as far as lists are counted, by its number."""
    size, number = look.page_size or PAGE, _number(request)
    skip = (number - 1) * size if number * size <= MOST else 0
    return keyset_page(found, order=order, cursor=request.GET.get("cursor"), size=size, skip=skip)


def _number(request: ActorRequest) -> int:
    typed = request.GET.get("page", "")
    return max(int(typed), 1) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 1


def _look(actor: Actor, kind: ListKind, chosen: AnyFilter) -> Shown:
    """The list as this person wants it; before anybody chose with the year, where there are several."""
    return columns.shown(kind, queries.list_settings_of(actor, kind), several_years=chosen.has_several_years)


def _common(
    request: ActorRequest, look: Shown, chosen: AnyFilter, page: Page[Any], found: Any
) -> dict[str, object]:
    actor = reviewer_of(request)
    paged = bool(page.next or page.previous)
    total = counts.capped(found, MOST) if paged else len(page.rows)
    exact = total if total <= MOST else None
    size = look.page_size or PAGE
    number = _number(request) if page.previous else 1
    return {
        "kind": look.kind.value,
        "filter": chosen,
        "address": chosen.address(),
        "page": page,
        "shown": len(page.rows),
        "look": look,
        "elsewhere": elsewhere(actor, look.kind, chosen),
        "printed_for": actor.unit,
        "now": clock.now(),
        "total": exact,
        "number": number,
        "pages": -(-exact // size) if exact is not None else None,
        "views": queries.saved_views_of(actor, look.kind),
    }


def _matches(total: int | None, page: Page[Any]) -> dict[str, object]:
    """What a batch of everything that matches is told: how many there are now, and when they were shown."""
    if page.next is None and page.previous is None:
        return {"matches": len(page.rows)}
    return {"matches": total or f"{MOST}+", "exact": total, "shown_at": clock.now().isoformat()}


def keep_of(actor: Actor) -> str:
    """Under which name the browser keeps ticks: one account's, for one unit."""
    return f"picks:{actor.user_id}:{actor.unit_id}"


def elsewhere(actor: Actor, kind: ListKind, chosen: AnyFilter) -> list[tuple[str, int, str]]:
    """(list, how many, address) of what is looked for in the other lists; nothing while nobody looks for somebody."""
    asked = chosen.criteria
    if not (asked.text or asked.number):
        return []
    address = chosen.address(view="", step="", outcome="")
    who = ListCriteria(
        text=asked.text, number=asked.number, unit=asked.unit, region=asked.region, series=asked.series,
        year=asked.year, mark=asked.mark,
    )  # fmt: skip
    lists = {
        ListKind.INBOX: ("待办", list_queries.matching),
        ListKind.HANDLED: ("已办", list_queries.handled_matching),
        ListKind.WITHDRAWN: ("申报人撤销", list_queries.withdrawn_matching),
    }
    numbers = (
        (label, counts.capped(find(actor, who)), list_url(key, address))
        for key, (label, find) in lists.items()
        if key != kind
    )
    return [each for each in numbers if each[1]]


def capped(number: int) -> str:
    """A number that was counted up to a cap, as pages show it."""
    return str(number) if number <= MOST_COUNTED else f"{MOST_COUNTED}+"


def review_deadlines() -> list[str]:
    """Until when each session that is being reviewed accepts decisions; of none, the last one's end."""
    now = clock.now()
    running = FilingSession.objects.filter(opens_at__lte=now, review_until__gt=now).order_by(
        "review_until", "pk"
    )
    return [f"{session}：审核截止 {in_words(session.review_until)}" for session in running]


def title_of(actor: Actor, totals: Counts, chosen: InboxFilter) -> str:
    """The menu item of annex 3 that the list stands for."""
    if actor.is_bureau:
        return BUREAU_TITLE
    step = chosen.criteria.step
    only_department = totals.department and not totals.employer and not step
    return DEPARTMENT_TITLE if step == "department_review" or only_department else EMPLOYER_TITLE


def _steps(actor: Actor, totals: Counts, chosen: InboxFilter) -> list[Tab]:
    """The two menu items of annex 3, for units that are both 用人单位 and 主管单位 of somebody's case."""
    if actor.is_bureau or not (totals.employer and totals.department):
        return []
    items = [
        ("employer_review", EMPLOYER_TITLE, totals.employer),
        ("department_review", DEPARTMENT_TITLE, totals.department),
    ]
    return [
        _tab(label, f"?{chosen.address(step=key)}", count, current=chosen.criteria.step == key)
        for key, label, count in items
    ]


def _tabs(totals: Counts, chosen: InboxFilter) -> list[Tab]:
    numbers = {"": totals.all, "clean": totals.clean, "warned": totals.warned, "late": totals.late}
    return [
        _tab(label, f"?{chosen.address(view=key)}", numbers[key], current=chosen.criteria.view == key)
        for key, label in InboxFilter.VIEWS
    ]


def _past_tabs(actor: Actor, kind: ListKind, chosen: HandledFilter) -> list[Tab]:
    others, here = chosen.without_tabs(), kind == ListKind.HANDLED
    done = counts.handled_matching(actor, others) if others != ListCriteria() else counts.handled(actor)
    by_outcome: Iterable[tuple[str, str, int]] = (
        ("", "全部已办", done.all),
        ("approved", "审核通过", done.approved),
        ("returned", "退回修改", done.returned),
        ("rejected", "审核不通过", done.rejected),
    )
    tabs = [
        _tab(
            label,
            list_url(ListKind.HANDLED, chosen.address(outcome=key)),
            count,
            current=here and chosen.criteria.outcome == key,
        )
        for key, label, count in by_outcome
    ]
    gone = list_url(ListKind.WITHDRAWN, chosen.address(outcome=""))
    return [*tabs, _tab("申报人撤销", gone, done.withdrawn, current=not here)]


def _tab(label: str, url: str, count: int, *, current: bool) -> Tab:
    return {"label": label, "url": url, "count": capped(count), "current": current}
