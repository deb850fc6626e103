"""我要申报: the list, and starting a new application."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from applications import services
from applications.forms import StartForm
from applications.presenters.list_rows import my_rows, to_do
from applications.views import access
from cehours.lib.refusal import Refusal
from organizations.acting.actor import ActorRequest

COPIED = "已新增一份申报，并带入原来填写的内容。请按审核意见修改后提交。"
AGAIN = "已新增一份申报，并带入基本信息和学时仍然有效的年度。请补充其余年度后提交。"


@require_GET
def listing(request: ActorRequest) -> HttpResponse:
    return _list(request, StartForm())


@require_POST
def start(request: ActorRequest) -> HttpResponse:
    form = StartForm(request.POST)
    if not form.is_valid():
        return _list(request, form, 422)
    try:
        case = services.start(actor=request.actor, session_id=form.cleaned_data["session"].pk)
    except Refusal as refusal:
        form.add_error(None, refusal.says)
        return _list(request, form, access.status_of(refusal))
    return redirect("applications:header", case.pk)


@require_POST
def copy(request: ActorRequest, pk: UUID) -> HttpResponse:
    """审核不通过后重新新增, with everything that was filled in before; 重新申报 after a revocation."""
    try:
        case = services.copy_rejected(actor=request.actor, application_id=pk)
    except Refusal as refusal:
        return access.refused(request, refusal, back=reverse("applications:list"))
    assert case.copied_from is not None
    messages.success(request, AGAIN if case.copied_from.revoked_at else COPIED)
    return redirect("applications:detail", case.pk)


def _list(request: ActorRequest, form: StartForm, status: int = 200) -> HttpResponse:
    rows = my_rows(request.actor)
    taken = {row.case.session_id for row in rows if not row.case.is_over}
    free = [session for session in form.sessions if session.pk not in taken]
    context = {"rows": rows, "to_do": to_do(rows), "form": form, "free": free}
    return render(request, "applications/list.html", context, status=status)
