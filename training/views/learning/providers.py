"""报送单位: the province admits training bases and platforms, and ends them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotAllowed, NotYours
from organizations.forms.fields import show_refusal
from organizations.views.answers import form_page, missing_unless_yours
from training import services
from training.feed_forms import ProviderForm
from training.feeds import queries


@missing_unless_yours
def listing(request: ActorRequest) -> HttpResponse:
    """The list, and the form that admits one."""
    known = queries.providers(request.actor)
    keeps = request.actor.is_unit_admin
    form = ProviderForm(request.POST if request.method == "POST" and keeps else None)
    if request.method == "POST" and not keeps:
        raise NotYours(queries.NO_PROVIDER)
    if request.method == "POST" and form.is_valid():
        try:
            provider = services.admit_provider(actor=request.actor, **form.cleaned_data)
        except NotAllowed as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(
                request,
                f"已登记{provider.unit.name}。该单位的管理员登录后，在“学时报送”中上传记录或者生成接口密钥。",
            )
            return redirect("learning:providers")
    return form_page(request, "learning/providers.html", form, {"providers": list(known), "keeps": keeps})


@require_POST
@missing_unless_yours
def end(request: ActorRequest, pk: UUID) -> HttpResponse:
    provider = services.end_provider(actor=request.actor, provider_id=pk)
    messages.success(request, f"{provider.unit.name}已停止报送，接口密钥同时停用；已报送的记录不变。")
    return redirect("learning:providers")


@require_POST
@missing_unless_yours
def resume(request: ActorRequest, pk: UUID) -> HttpResponse:
    provider = services.resume_provider(actor=request.actor, provider_id=pk)
    messages.success(request, f"{provider.unit.name}已恢复报送。")
    return redirect("learning:providers")
