"""The page on which a code is typed, for whatever it proves."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from organizations.accounts import codes
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotAllowed
from organizations.forms.accounts import CodeForm
from organizations.forms.fields import show_refusal
from organizations.views.answers import form_page

if TYPE_CHECKING:
    from organizations.accounts.codes import Challenge

Then = Callable[["ActorRequest", "Challenge"], HttpResponse]


def code_page(
    request: ActorRequest,
    *,
    purpose: str,
    title: str,
    start: str,
    here: str,
    then: Then,
    says: str = "",
    without: str = "",
) -> HttpResponse:
    """Asks for the code of `purpose` and, once it is right, answers with `then`.

    `start` and `here` are URL names: where the whole begins again, and this page. `says` stands in place of where the
    code went, where that must not be shown; `without` is what to do without a code.
    """
    challenge = codes.current(request, purpose)
    if challenge is None:
        messages.warning(request, "验证码已失效，请重新填写。")
        return redirect(start)
    if request.POST.get("action") == "resend":
        return _resend(request, purpose, here)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            proven = codes.check(request, purpose, form.cleaned_data["code"])
        except NotAllowed as refusal:
            show_refusal(form, refusal)
        else:
            return then(request, proven)
    context = {
        "title": title,
        "contact": None if says else challenge.contact,
        "says": says,
        "without": without,
        "start": start,
        "minutes": codes.LIFE.seconds // 60,
    }
    return form_page(request, "account/verify.html", form, context)


def _resend(request: ActorRequest, purpose: str, here: str) -> HttpResponse:
    try:
        codes.resend(request, purpose)
    except NotAllowed as refusal:
        messages.error(request, refusal.says)
    else:
        messages.success(request, "新的验证码已发送，之前的验证码不再有效。")
    return redirect(here)
