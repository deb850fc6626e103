"""The page behind an invitation's secret link, for whoever holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.hashers import make_password
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from organizations.accounts import hats
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotAllowed, NotYours
from organizations.forms.fields import show_refusal
from organizations.forms.members import JoinForm
from organizations.messaging import contacts
from organizations.registry import kept as registry
from organizations.services import members
from organizations.views.answers import REFUSED, by_own_account, form_page, in_place, throttled

if TYPE_CHECKING:
    from organizations.models import Invitation

NOT_FOUND = 404


@login_not_required
@never_cache
@sensitive_post_parameters("password1", "password2", "id_number")
@in_place
@by_own_account
def accept(request: ActorRequest, secret: str) -> HttpResponse:
    try:
        invitation = registry.invitation_with(members.secret_hash(secret))
        if request.user.is_authenticated:
            return _with_this_account(request, secret, invitation)
        return _with_a_new_account(request, secret, invitation)
    except NotYours as refusal:
        return render(request, "organizations/no_invitation.html", {"says": refusal.says}, status=NOT_FOUND)


def _with_this_account(request: ActorRequest, secret: str, invitation: Invitation) -> HttpResponse:
    user = request.user
    assert user.is_authenticated
    page: dict[str, object] = {"invitation": invitation, "unit": invitation.unit}
    if request.method != "POST":
        page["says"] = members.why_may_not_accept(user, invitation)
        return render(request, "organizations/accept.html", page)
    try:
        members.accept(user=user, secret=secret)
    except NotYours:
        raise
    except NotAllowed as refusal:
        return render(request, "organizations/accept.html", {**page, "says": refusal.says}, status=REFUSED)
    hats.put_on_for(request.session, user, invitation.unit_id)
    return _welcome(request, invitation)


def _with_a_new_account(request: ActorRequest, secret: str, invitation: Invitation) -> HttpResponse:
    contact = members.contact_of(invitation)
    page = {"invitation": invitation, "unit": invitation.unit, "contact": contact, "here": request.path}
    if contacts.holder(contact) is not None:
        return render(request, "organizations/accept_sign_in.html", page)
    form = JoinForm(request.POST or None, name=invitation.name, address=contact.address)
    if request.method == "POST" and form.is_valid():
        limited = throttled(request, "accept_invitation", secret)
        if limited is not None:
            return limited
        try:
            user, _ = members.accept_with_new_account(
                secret=secret,
                id_kind=form.cleaned_data["id_kind"],
                id_number=form.cleaned_data["id_number"],
                password_hash=make_password(form.cleaned_data["password1"]),
            )
        except NotYours:
            raise
        except NotAllowed as refusal:
            show_refusal(form, refusal)
        else:
            get_adapter(request).login(request, user)
            return _welcome(request, invitation)
    return form_page(request, "organizations/join.html", form, page)


def _welcome(request: ActorRequest, invitation: Invitation) -> HttpResponse:
    messages.success(request, f"您已成为{invitation.unit.name}的{invitation.get_role_display()}。")
    return redirect("site:start")
