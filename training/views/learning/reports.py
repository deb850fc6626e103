"""学时报送: what a provider delivered, and the result of each row, the same whoever the person is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from cehours.lib.paging import Page, keyset_page
from cehours.lib.workbooks import XLSX
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotYours
from organizations.views.answers import missing_unless_yours
from training.feed_forms import RecordFilter
from training.feeds import queries
from training.models import Delivery, LearningRecord
from training.presenters import learning

MOST_EXPORTED = 10_000
NO_DELIVERY = "没有找到这次报送。"


@require_safe
@missing_unless_yours
def deliveries(request: ActorRequest) -> HttpResponse:
    page = keyset_page(
        queries.deliveries(request.actor), order="-received_at", cursor=request.GET.get("page")
    )
    context = {"rows": page.rows, "provider": queries.own_provider(request.actor), **_pages(page, {})}
    return render(request, "learning/deliveries.html", context)


@require_safe
@missing_unless_yours
def delivery(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One delivery with its rows."""
    one = _own(request, pk)
    page = keyset_page(one.records.all(), order="row", cursor=request.GET.get("page"))
    context = {"delivery": one, "rows": [learning.shown(each) for each in page.rows], **_pages(page, {})}
    return render(request, "learning/delivery.html", context)


@require_safe
@missing_unless_yours
def results(request: ActorRequest, pk: UUID) -> HttpResponse:
    """结果文件 of one delivery."""
    one = _own(request, pk)
    return _workbook(
        "报送结果", one.records.order_by("row"), f"报送结果-{one.received_at:%Y%m%d-%H%M%S}.xlsx"
    )


@require_safe
@missing_unless_yours
def records(request: ActorRequest) -> HttpResponse:
    """Every version, by the record's number."""
    choice, found, kept = _narrowed(request)
    page = keyset_page(found, order="number", cursor=request.GET.get("page"))
    context = {
        "filter": choice,
        "rows": [learning.shown(each) for each in page.rows],
        "active": list(_chips(kept)),
        "query": urlencode(kept),
        "most": MOST_EXPORTED,
        **_pages(page, kept),
    }
    return render(request, "learning/records.html", context)


@require_safe
@missing_unless_yours
def export(request: ActorRequest) -> HttpResponse:
    """What the list shows, all pages of it up to MOST_EXPORTED."""
    _, found, _ = _narrowed(request)
    return _workbook("学习记录", found.order_by("number", "version")[:MOST_EXPORTED], "学习记录.xlsx")


def _own(request: ActorRequest, pk: UUID) -> Delivery:
    found = queries.deliveries(request.actor).filter(pk=pk).first()
    if found is None:
        raise NotYours(NO_DELIVERY)
    return found


def _narrowed(request: ActorRequest) -> tuple[RecordFilter, QuerySet[LearningRecord], dict[str, Any]]:
    choice = RecordFilter(request.GET)
    wanted = choice.cleaned_data if choice.is_valid() else {}
    found = queries.delivered_records(request.actor)
    kept = {key: value for key in ("q", "year") if (value := wanted.get(key))}
    if "q" in kept:
        found = found.filter(Q(number__startswith=kept["q"]) | Q(name=kept["q"]))
    if "year" in kept:
        found = found.filter(year=kept["year"])
    return choice, found, kept


def _chips(kept: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    labels = {"q": "记录编号或姓名", "year": "年度"}
    for key, value in kept.items():
        rest = {other: each for other, each in kept.items() if other != key}
        yield labels[key], str(value), f"?{urlencode(rest)}"


def _pages(page: Page[Any], kept: dict[str, Any]) -> dict[str, str]:
    return {
        "next": f"?{urlencode({**kept, 'page': page.next})}" if page.next else "",
        "previous": f"?{urlencode({**kept, 'page': page.previous})}" if page.previous else "",
    }


def _workbook(title: str, found: QuerySet[LearningRecord], name: str) -> HttpResponse:
    content = learning.workbook(title, learning.HEADINGS, (learning.shown(each).cells for each in found))
    headers = {"Content-Disposition": content_disposition_header(True, name) or ""}
    return HttpResponse(content, content_type=XLSX, headers=headers)
