"""Which account of the province's platform a member of one's own bureau has there."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from organizations.accounts import platform as queries
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotAllowed, NotYours
from organizations.forms.fields import show_refusal
from organizations.forms.members import BindForm
from organizations.services import platform_accounts
from organizations.views.answers import form_page, missing_unless_yours
from organizations.views.asking import asked_again


@missing_unless_yours
@asked_again
def bind(request: ActorRequest, member: int) -> HttpResponse:
    unit, membership = queries.member_to_bind(request.actor, member)
    form = BindForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            platform_accounts.bind(actor=request.actor, membership_id=member, **form.cleaned_data)
        except NotYours:
            raise
        except NotAllowed as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(
                request, f"{membership.user}已绑定平台账号，可以从{settings.PLATFORM_NAME}进入。"
            )
            return redirect("organizations:members")
    context = {"unit": unit, "membership": membership, "platform": settings.PLATFORM_NAME}
    return form_page(request, "organizations/platform_bind.html", form, context)


@missing_unless_yours
@asked_again
def unbind(request: ActorRequest, member: int) -> HttpResponse:
    """Asks once, then unbinds."""
    _, membership = queries.member_to_bind(request.actor, member)
    if request.method != "POST":
        context = {"membership": membership, "platform": settings.PLATFORM_NAME}
        return render(request, "organizations/platform_unbind.html", context)
    platform_accounts.unbind(actor=request.actor, membership_id=member)
    messages.success(request, f"{membership.user}的平台账号已解除绑定。")
    return redirect("organizations:members")
