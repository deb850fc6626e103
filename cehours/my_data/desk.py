"""更正申请 on the desk of the provincial bureau, and letting back who closed their account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from cehours.lib.idnumbers import IdKind
from cehours.lib.paging import keyset_page
from cehours.my_data import correcting
from cehours.my_data.forms import LetBackForm, SettleForm, typed
from cehours.my_data.queries import LOOKED
from organizations import audit
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotAllowed, NotYours
from organizations.forms.fields import show_refusal
from organizations.models import DataRequest, RequestState
from organizations.registry import data_requests as request_queries
from organizations.services import closing, data_requests
from organizations.services.data_requests import Identity
from organizations.views.answers import form_page, missing_unless_yours

if TYPE_CHECKING:
    from uuid import UUID

    from cehours.lib.refusal import Refusal


@require_safe
@missing_unless_yours
def listing(request: ActorRequest) -> HttpResponse:
    """Every correction, or those that wait, newest first; names only, no number."""
    found, waiting = request_queries.corrections(request.actor), request.GET.get("waiting") == "1"
    if waiting:
        found = found.filter(state=RequestState.PENDING)
    page = keyset_page(found, order="-made_at", cursor=request.GET.get("cursor"))
    tabs = [
        {"label": "全部", "url": request.path, "count": None, "current": not waiting},
        {"label": "待办理", "url": f"{request.path}?waiting=1", "count": None, "current": waiting},
    ]
    context = {"page": page, "tabs": tabs, "asked": "waiting=1&" if waiting else ""}
    return render(request, "organizations/my_data_requests.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@missing_unless_yours
def settle(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One correction with both numbers in full, which is put on record, and the decision."""
    found = request_queries.correction(request.actor, pk)
    form = SettleForm(typed(request))
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            correcting.settle(
                actor=request.actor, request_id=pk, granted=form.granted, answer=form.cleaned_data["answer"]
            )
        except NotYours:
            raise
        except NotAllowed as problem:
            refusal = problem
            show_refusal(form, problem)
            found = request_queries.correction(request.actor, pk)
        else:
            messages.success(request, f"{found.name}的更正申请已办结，已通知申请人。")
            return redirect("my_data:requests")
    pending = found.state == RequestState.PENDING
    if pending:
        audit.record(request.actor, LOOKED, found)
    context = {"asked": found, "pending": pending, "rows": _rows(found)}
    return form_page(request, "organizations/my_data_settle.html", form, context, refusal=refusal)


@sensitive_post_parameters("id_number")
@require_http_methods(["GET", "HEAD", "POST"])
@missing_unless_yours
def let_back(request: ActorRequest) -> HttpResponse:
    if not request.actor.is_province_bureau:
        raise NotYours(request_queries.NO_REQUEST)
    form = LetBackForm(typed(request))
    if request.method == "POST" and form.is_valid():
        try:
            closing.let_back(actor=request.actor, **form.cleaned_data)
        except NotAllowed as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, "已恢复，请申请人现在用该证件重新注册。")
            return redirect("my_data:requests")
    return form_page(request, "organizations/my_data_let_back.html", form)


def _rows(request: DataRequest) -> list[tuple[str, str, str]]:
    """(what, as registered, as it should be) for each thing that is to change."""
    was, wanted = data_requests.registered(request), data_requests.wanted_by(request)
    rows = [("姓名", was.name, wanted.name or "不变")]
    if was.id_number:
        rows.append(("证件", _document(was), _document(wanted) if wanted.id_number else "不变"))
    return rows


def _document(who: Identity) -> str:
    return f"{IdKind(who.id_kind).label} {who.id_number}"
