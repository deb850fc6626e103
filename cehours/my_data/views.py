"""我的数据: the page, and the person's acts on it. Only for oneself, never with a unit's hat on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth import logout
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cehours.lib import clock
from cehours.lib.idnumbers import IdKind
from cehours.lib.limits import RETENTION_YEARS
from cehours.my_data import closing, queries
from cehours.my_data.forms import ClosingForm, CorrectionForm, typed
from certificates import queries as certificates
from organizations import audit
from organizations.acting.actor import Actor, ActorRequest
from organizations.acting.errors import NotAllowed, NotYours
from organizations.forms.fields import show_refusal
from organizations.messaging import contacts
from organizations.models import DataRequest, RequestKind, RequestState
from organizations.registry import data_requests as request_queries
from organizations.registry import identity
from organizations.registry import kept as registry
from organizations.services import data_requests
from organizations.views.answers import form_page
from training import queries as training

if TYPE_CHECKING:
    from uuid import UUID


SLOW = timedelta(hours=1)  # from here on the page says whom to ask
CLOSED = "账号已注销，您已退出登录。感谢使用。"
View = Callable[..., HttpResponseBase]


def for_oneself(view: View) -> View:
    """What is about a natural person is not there for whoever acts for a unit, or for nobody known."""

    @wraps(view)
    def answered(request: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.actor.is_applicant:
            raise Http404("请先在右上角切换到“个人”，再打开本页。")
        return view(request, *args, **kwargs)

    return answered


@require_safe
@for_oneself
def show(request: ActorRequest) -> HttpResponse:
    actor, user = request.actor, request.user
    assert user.is_authenticated
    looks = queries.looks(actor, limit=queries.SHOWN + 1)
    requests = list(request_queries.mine(actor)[:20])
    context = {
        "identity": who(actor),
        "user_account": user,
        "contacts": contacts.of(user),
        "cases": list(queries.cases(actor)),
        "certificates": list(certificates.own(actor)),
        "recognised": training.on_record(actor).count(),
        "looks": looks[: queries.SHOWN],
        "more_looks": len(looks) > queries.SHOWN,
        "requests": [each for each in requests if each.kind != RequestKind.EXPORT],
        "export": _export(requests),
        "correcting": _pending(requests, RequestKind.CORRECTION),
        "retention": RETENTION_YEARS,
    }
    return render(request, "organizations/my_data.html", context)


@require_POST
@for_oneself
def export(request: ActorRequest) -> HttpResponse:
    try:
        data_requests.ask_export(actor=request.actor)
    except NotAllowed as refusal:
        messages.warning(request, refusal.says)
    else:
        messages.success(request, "已申请导出，正在准备文件，完成后会通知您。")
    return redirect("my_data:show")


@require_safe
@for_oneself
def download(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """The archive, to its owner alone; each download goes on record."""
    try:
        found = request_queries.finished_export(request.actor, pk)
        file = default_storage.open(found.file_key)
    except (NotYours, FileNotFoundError):
        raise Http404(request_queries.NO_FILE) from None
    audit.record(request.actor, "export_downloaded", found)
    name = f"我的数据-{clock.local(found.made_at):%Y%m%d}.zip"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")


@sensitive_post_parameters("id_number")
@require_http_methods(["GET", "HEAD", "POST"])
@for_oneself
def correct(request: ActorRequest) -> HttpResponse:
    form = CorrectionForm(typed(request))
    if request.method == "POST" and form.is_valid():
        try:
            data_requests.ask_correction(
                actor=request.actor, wanted=form.wanted(), reason=form.cleaned_data["reason"]
            )
        except NotAllowed as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, "更正申请已提交，由省级人社部门办理，办结后会通知您。")
            return redirect("my_data:show")
    waiting = request_queries.pending(request.actor, RequestKind.CORRECTION)
    context = {"identity": who(request.actor), "waiting": waiting}
    return form_page(request, "organizations/my_data_correction.html", form, context)


@sensitive_post_parameters("oldpassword")
@require_http_methods(["GET", "HEAD", "POST"])
@for_oneself
def close(request: ActorRequest) -> HttpResponse:
    """注销账号: what is erased and what is kept is said before anything happens."""
    actor, user = request.actor, request.user
    assert user.is_authenticated
    form = ClosingForm(user, typed(request))
    if request.method == "POST" and form.is_valid():
        try:
            closing.close(actor=actor, reason=form.cleaned_data["reason"])
        except NotAllowed as refusal:
            show_refusal(form, refusal)
        else:
            request.actor = Actor.public()
            logout(request)
            messages.success(request, CLOSED)
            return redirect("site:home")
    context = {
        "obstacle": closing.why_not(actor),
        "drafts": queries.unfiled(actor),
        "kept": queries.is_kept_by_law(actor),
        "retention": RETENTION_YEARS,
    }
    return form_page(request, "organizations/my_data_closing.html", form, context)


def who(actor: Actor) -> dict[str, str]:
    """Name and masked identity document of the person."""
    person = registry.own_person(actor)
    if person is None:
        raise Http404
    return {
        "name": person.name,
        "id_label": IdKind(person.id_kind).label,
        "id_number": identity.shown_masked(person.id_cipher, table="person", pk=person.pk),
    }


def _export(requests: list[DataRequest]) -> dict[str, Any]:
    """The last export: being made (and whether that takes too long), or ready and until when."""
    making = _pending(requests, RequestKind.EXPORT)
    ready = next(
        (
            each
            for each in requests
            if each.kind == RequestKind.EXPORT
            and each.state == RequestState.DONE
            and each.expires_at
            and each.expires_at > clock.now()
        ),
        None,
    )
    return {"making": making, "slow": making and making.made_at < clock.now() - SLOW, "ready": ready}


def _pending(requests: list[DataRequest], kind: RequestKind) -> DataRequest | None:
    return next((each for each in requests if each.kind == kind and each.state == RequestState.PENDING), None)
