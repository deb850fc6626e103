"""通知: what happened to one's cases, and where notices go besides this page."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from cehours.lib.paging import keyset_page
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotYours
from organizations.messaging import notices, work
from organizations.messaging.channels import kinds
from organizations.views.answers import by_own_account

PAGE = 20


@require_safe
@by_own_account
def listing(request: ActorRequest) -> HttpResponse:
    user = request.user
    assert user.is_authenticated
    page = keyset_page(
        notices.of(request.actor), order="-created_at", cursor=request.GET.get("cursor"), size=PAGE
    )
    context = {
        "page": page,
        "unread": notices.unread(request.actor),
        "ways": notices.ways(user),
        "kinds": kinds(),
        "works": [(kind, kind in work.wanted_by(user)) for kind in work.kinds_for(request.actor)],
    }
    return render(request, "organizations/notices.html", context)


@require_POST
@by_own_account
def open_(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Marks one as read and goes where it leads."""
    try:
        notice = notices.mark_read(request.actor, pk)
    except NotYours:
        raise Http404 from None
    return redirect(notice.link or "organizations:notices")


@require_POST
@by_own_account
def read_all(request: ActorRequest) -> HttpResponse:
    if notices.read_all(request.actor):
        messages.success(request, "已全部标为已读。")
    return redirect("organizations:notices")


@require_POST
@by_own_account
def channels(request: ActorRequest) -> HttpResponse:
    user = request.user
    assert user.is_authenticated
    notices.choose_channels(user=user, wanted=request.POST)
    messages.success(request, "通知方式已保存。")
    return redirect("organizations:notices")


@require_POST
@by_own_account
def choose_work(request: ActorRequest) -> HttpResponse:
    """Which kinds of work at one's units are told."""
    work.choose(actor=request.actor, wanted=request.POST.getlist("work"))
    messages.success(request, "工作通知已保存。")
    return redirect("organizations:notices")
