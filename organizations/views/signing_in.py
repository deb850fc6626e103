"""Signing in and out, choosing the hat, changing the password: allauth's views in our pages."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView, LogoutView, PasswordChangeView
from django.conf import settings
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from organizations.accounts import devices, hats, platform, signing
from organizations.acting.actor import ActorRequest
from organizations.forms.accounts import ChangePasswordForm, SignInForm
from organizations.views.answers import REFUSED, missing_unless_yours, throttled

ENDED = "ended"  # in the address, where somebody was signed in until now: what that cut short
WORDS = {
    "act": "刚才这一步没有办理。请重新登录后再提交；页面上写有“已自动保存”的内容，登录后仍在原处。",
    "session": "请重新登录，登录后回到刚才的页面。",
}


class SignIn(LoginView):  # type: ignore[misc]
    form_class = SignInForm
    template_name = "account/login.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context.pop("site", None)  # allauth's would hide the one that base.html reads
        context["ended"] = WORDS.get(self.request.GET.get(ENDED, ""), "")
        context["platform"] = settings.PLATFORM_NAME if platform.in_use() else ""
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        typed = request.POST.get("login", "")
        if not signing.knows(request, signing.counted_as(typed, signing.account_called(typed))):
            limited = throttled(request, "login_elsewhere")
            if limited is not None:
                return limited
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response

    def form_valid(self, form: SignInForm) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        if self.request.user.is_authenticated:
            signing.remember(self.request, response, self.request.user)
        return response

    def form_invalid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        response.status_code = REFUSED
        return response


class SignOut(LogoutView):  # type: ignore[misc]
    template_name = "account/logout.html"


class ChangePassword(PasswordChangeView):  # type: ignore[misc]
    form_class = ChangePasswordForm
    template_name = "account/password_change.html"
    success_url = reverse_lazy("organizations:account")

    def form_valid(self, form: Form) -> HttpResponse:
        former = self.request.session.session_key
        response: HttpResponse = super().form_valid(form)
        devices.follow(self.request.session, former)
        return response

    def form_invalid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        response.status_code = REFUSED
        return response


def start(request: ActorRequest, **_: Any) -> HttpResponse:
    """After signing in with several hats: which one to begin with."""
    user = request.user
    assert user.is_authenticated
    held = hats.hats_of(user)
    if not held:
        return redirect("site:start")
    return render(request, "organizations/start.html", {"hats": held, "actor": request.actor})


@require_POST
@missing_unless_yours
def switch(request: ActorRequest) -> HttpResponse:
    user = request.user
    assert user.is_authenticated
    hats.put_on(request.session, user, request.POST.get("unit", ""))
    back = request.POST.get("next", "")
    if back and url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        return HttpResponseRedirect(back)  # `redirect` would look for a view of that name
    return redirect("site:start")
