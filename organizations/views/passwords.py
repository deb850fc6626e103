"""Setting a forgotten password anew, by a code to the account's mobile number or e-mail address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters

from cehours.lib import clock
from organizations.accounts import codes, signing
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotAllowed
from organizations.forms.accounts import NewPasswordForm, ResetForm
from organizations.forms.fields import show_refusal
from organizations.messaging import contacts
from organizations.models import User
from organizations.services import accounts
from organizations.views.answers import form_page, in_place, throttled
from organizations.views.verifying import code_page

if TYPE_CHECKING:
    from organizations.accounts.codes import Challenge

PROVEN = "password_reset"  # session key: whose contact was proven, and when
UNKNOWN = "您正在重新设置学时核认账号的密码，但此{kind}没有账号。请用注册时的号码或邮箱再试，或者先注册。"


@login_not_required
def forgotten(request: ActorRequest) -> HttpResponse:
    form = ResetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        limited = throttled(request, "reset_password", form.cleaned_data["contact"].address)
        if limited is not None:
            return limited
        try:
            _send_code(request, form.cleaned_data["contact"])
        except NotAllowed as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("account_reset_password_verify")
    return form_page(request, "account/password_reset.html", form)


@login_not_required
def verify(request: ActorRequest) -> HttpResponse:
    return code_page(
        request,
        purpose="reset",
        title="填写验证码",
        start="account_reset_password",
        here="account_reset_password_verify",
        then=_proven,
    )


@login_not_required
@sensitive_post_parameters("password1", "password2")
@in_place
def choose(request: ActorRequest) -> HttpResponse:
    user = _whose(request)
    if user is None:
        messages.warning(request, "验证已失效，请重新获取验证码。")
        return redirect("account_reset_password")
    form = NewPasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        accounts.reset_password(request=request, user=user, password=form.cleaned_data["password1"])
        request.session.pop(PROVEN)
        messages.success(request, "密码已重新设置，请用新密码登录。")
        response = redirect("account_login")
        signing.remember(request, response, user)  # so that strangers' tries do not keep the owner out
        return response
    return form_page(request, "account/password_new.html", form)


def _send_code(request: ActorRequest, contact: contacts.Contact) -> None:
    user = contacts.holder(contact)
    known = user is not None and user.is_active
    codes.begin(
        request,
        purpose="reset",
        contact=contact,
        payload={"user_id": user.pk} if user and known else {},
        notice="" if known else UNKNOWN.format(kind=contact.kind),
    )


def _proven(request: ActorRequest, challenge: Challenge) -> HttpResponse:
    request.session[PROVEN] = {"user_id": challenge.payload["user_id"], "at": clock.now().timestamp()}
    return redirect("account_reset_password_new")


def _whose(request: ActorRequest) -> User | None:
    proven = request.session.get(PROVEN)
    if not proven or clock.now().timestamp() - proven["at"] > codes.LIFE.total_seconds():
        return None
    return contacts.active_account(proven["user_id"])
