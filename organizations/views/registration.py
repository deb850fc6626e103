"""Registering an applicant: what was filled in waits in the session until the code was entered."""

from __future__ import annotations

import base64
import secrets
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.hashers import make_password
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters

from organizations.accounts import codes
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotAllowed
from organizations.forms.accounts import RegisterForm
from organizations.forms.fields import show_refusal
from organizations.messaging import contacts
from organizations.registry import identity
from organizations.services import accounts
from organizations.views.answers import REFUSED, form_page, in_place, throttled
from organizations.views.verifying import code_page

if TYPE_CHECKING:
    from organizations.accounts.codes import Challenge
    from organizations.models import User

PENDING = "registration"  # the place that a sealed number of somebody not yet registered is bound to
KNOWN = (
    "您正在注册继续教育学时核认账号，但此{kind}已有账号，不必再注册。"
    "请直接登录；忘记密码的，请在登录页重新设置。"
)
VOUCH = (
    "该证件号码在系统中已有登记，没有新开账号。为保护本人，这里不显示登记的情况：怎样办理，已发到登记的手机号码或邮箱。"
    "收到验证码的，填写后完成注册；收到说明的，请按说明办理。"
)
WITHOUT = (
    "已有个人账号的，请直接登录或者重新设置密码；只有为单位办事的账号的，登录后在右上角切换到“个人”；"
    "注销过账号的，请用注销前的手机号码或邮箱注册；都不行的，请持身份证件到当地人社部门办理。"
)


@login_not_required
@sensitive_post_parameters("password1", "password2", "id_number")
@in_place
def register(request: ActorRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("site:start")
    form = RegisterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        limited = throttled(request, "signup")
        if limited is not None:
            return limited
        try:
            _send_first_code(request, form.cleaned_data)
        except NotAllowed as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("account_signup_verify")
    return form_page(request, "account/signup.html", form)


@login_not_required
def verify(request: ActorRequest) -> HttpResponse:
    """The code to the contact that was filled in."""
    return code_page(
        request,
        purpose="register",
        title="填写验证码",
        start="account_signup",
        here="account_signup_verify",
        then=_finish,
    )


@login_not_required
def vouch(request: ActorRequest) -> HttpResponse:
    """A second code, to an account for a unit that the same person has already.

    Whoever typed a number that is on record comes here, whosever it is and whether the name fits or not.
    """
    return code_page(
        request,
        purpose="vouch",
        title="确认是您本人",
        start="account_signup",
        here="account_signup_vouch",
        then=_finish,
        says=VOUCH,
        without=WITHOUT,
    )


def _send_first_code(request: ActorRequest, filled: dict[str, Any]) -> None:
    contact = filled["contact"]
    key = secrets.token_urlsafe(12)
    sealed = identity.seal(filled["id_number"], table=PENDING, pk=key)
    payload = {
        "name": filled["name"],
        "id_kind": filled["id_kind"],
        "id_number": base64.b64encode(sealed).decode(),
        "place": key,
        "password_hash": make_password(filled["password1"]),
        "channel": contact.channel,
        "address": contact.address,
    }
    taken = contacts.holder(contact) is not None
    notice = KNOWN.format(kind=contact.kind) if taken else ""
    codes.begin(request, purpose="register", contact=contact, payload=payload, key=key, notice=notice)


def _finish(request: ActorRequest, challenge: Challenge) -> HttpResponse:
    filled = challenge.payload
    sealed = base64.b64decode(filled["id_number"])
    try:
        user = accounts.register(
            name=filled["name"],
            id_kind=filled["id_kind"],
            id_number=identity.unseal(sealed, table=PENDING, pk=filled["place"]),
            password_hash=filled["password_hash"],
            contact=contacts.Contact(filled["channel"], filled["address"]),
            voucher_id=filled.get("voucher_id"),
        )
    except accounts.AlreadyKnown as known:
        return _tell_the_owner(request, filled, known)
    except NotAllowed as refusal:
        return _refused(request, refusal)
    return _welcome(request, user)


def _tell_the_owner(
    request: ActorRequest, filled: dict[str, Any], known: accounts.AlreadyKnown
) -> HttpResponse:
    try:
        codes.begin(
            request,
            purpose="vouch",
            contact=known.contact or codes.nobody(known.person_id),
            payload={**filled, "voucher_id": known.voucher_id},
            notice=known.notice,
        )
    except NotAllowed as refusal:
        return _refused(request, refusal)
    return redirect("account_signup_vouch")


def _welcome(request: ActorRequest, user: User) -> HttpResponse:
    get_adapter(request).login(request, user)
    messages.success(request, "注册成功，已为您登录。今后请用手机号码、邮箱或证件号码和密码登录。")
    return redirect("site:start")


def _refused(request: ActorRequest, refusal: NotAllowed) -> HttpResponse:
    return render(request, "account/not_registered.html", {"says": refusal.says}, status=REFUSED)
