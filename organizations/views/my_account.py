"""我的资料: what the system knows about the account, and its contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from cehours.lib.idnumbers import IdKind
from organizations.accounts import codes, devices, hats, platform, second_factor
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotAllowed
from organizations.forms.accounts import ChangeContactForm
from organizations.forms.fields import show_refusal
from organizations.messaging import contacts
from organizations.registry import identity
from organizations.registry import kept as registry
from organizations.services import accounts
from organizations.views.answers import REFUSED, by_own_account, form_page, in_place, missing_unless_yours
from organizations.views.verifying import code_page

if TYPE_CHECKING:
    from organizations.accounts.codes import Challenge

TAKEN = "有人想把此{kind}设为学时核认账号的联系方式，但它已属于另一个账号，没有更改。"


@by_own_account
def show(request: ActorRequest) -> HttpResponse:
    user = request.user
    assert user.is_authenticated
    person = registry.own_person(request.actor)
    context = {
        "user_account": user,
        "person": person,
        "spelling": person.spelling if person else "",
        "id_label": IdKind(person.id_kind).label if person else "",
        "masked_number": identity.shown_masked(person.id_cipher, table="person", pk=person.pk)
        if person
        else "",
        "login": accounts.chosen_login(user),
        "contacts": contacts.of(user),
        "hats": hats.hats_of(user),
        "platform_accounts": platform.bound_to(request.actor),
        "second_factors": second_factor.in_words(user),
        "devices": devices.of(request.actor, request.session),
    }
    return render(request, "organizations/account.html", context)


@require_POST
@by_own_account
@missing_unless_yours
def end_devices(request: ActorRequest) -> HttpResponse:
    """Ends one other session of the account, or all others."""
    count = devices.end(request.actor, request.session, request.POST.get("device", ""))
    messages.success(request, f"已退出 {count} 台设备上的登录。" if count else "没有要退出的设备。")
    return redirect("organizations:account")


@sensitive_post_parameters("oldpassword")
@in_place
@by_own_account
def change_contact(request: ActorRequest) -> HttpResponse:
    user = request.user
    assert user.is_authenticated
    form = ChangeContactForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        contact = form.cleaned_data["contact"]
        holder = contacts.holder(contact)
        notice = TAKEN.format(kind=contact.kind) if holder and holder != user else ""
        try:
            codes.begin(request, purpose="contact", contact=contact, notice=notice)
        except NotAllowed as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("organizations:contact_verify")
    return form_page(request, "organizations/contact.html", form)


@by_own_account
def verify_contact(request: ActorRequest) -> HttpResponse:
    return code_page(
        request,
        purpose="contact",
        title="验证新的联系方式",
        start="organizations:contact",
        here="organizations:contact_verify",
        then=_changed,
    )


def _changed(request: ActorRequest, challenge: Challenge) -> HttpResponse:
    user = request.user
    assert user.is_authenticated
    try:
        accounts.change_contact(user=user, contact=challenge.contact)
    except NotAllowed as refusal:
        return render(request, "account/not_registered.html", {"says": refusal.says}, status=REFUSED)
    messages.success(request, f"{challenge.contact.kind}已更改，今后可以用它登录。")
    return redirect("organizations:account")
