"""The second factor's pages: the question at sign-in, and the owner's own list, where each is set up and taken away."""

from __future__ import annotations

from functools import wraps
from typing import Any

from allauth.account.stages import LoginStageController
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.webauthn.internal.auth import begin_registration  # nowhere else to be had
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from organizations.accounts import second_factor, signing
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotAllowed, NotYours
from organizations.forms.fields import show_refusal
from organizations.forms.second_factor import AppForm, NewKeyForm
from organizations.models import User
from organizations.models.device import Kind
from organizations.services import second_factors
from organizations.views.answers import View, by_own_account, form_page, missing_unless_yours
from organizations.views.asking import PREFIX, Question, asked_again_or_for_the_password

LIST = "organizations:second_factor"


def by_staff(view: View) -> View:
    """For accounts that work for a unit, or did when theirs was set up; to all others the page is missing."""

    @wraps(view)
    def answered(request: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not second_factor.works_for_a_unit(_owner(request)) and not second_factor.shown_in(
            request.session
        ):
            raise NotYours("二次验证供单位的管理员和经办人使用。")
        return view(request, *args, **kwargs)

    return missing_unless_yours(answered)


@login_not_required
@never_cache
@sensitive_post_parameters(f"{PREFIX}-code", f"{PREFIX}-credential")
def at_sign_in(request: ActorRequest) -> HttpResponse:
    """After the right password: the account's second factor, before anybody is signed in."""
    if request.user.is_authenticated:
        return redirect("site:start")
    stage = LoginStageController.enter(request, AuthenticateStage.key)
    if stage is None:
        return redirect("account_login")
    if not stage.login.user.is_active:
        return redirect("account_inactive")
    question = Question(request, stage.login.user)
    if not question.kinds:  # put back to nothing meanwhile
        return redirect("account_login")
    if not question.is_answered():
        return question.page(again="", typed=[], platform="")
    response: HttpResponse = stage.exit()
    signing.remember(request, response, stage.login.user)
    return response


@never_cache
@require_safe
@by_own_account
@by_staff
def listing(request: ActorRequest) -> HttpResponse:
    """What the account has, and what it can set up."""
    user = _owner(request)
    every = second_factor.of(user)
    codes = next((each for each in every if each.type == Kind.RECOVERY), None)
    context = {
        "factors": [_row(each) for each in every if each.type in second_factor.FACTORS],
        "has_app": any(each.type == Kind.CODE for each in every),
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0,
        "must_have": second_factor.must_have(user),
        "keys_work": second_factor.rp_host_is_a_name(request),
    }
    return render(request, "organizations/second_factor.html", context)


@never_cache
@sensitive_post_parameters("code", "sealed")
@by_own_account
@by_staff
@asked_again_or_for_the_password
def add_app(request: ActorRequest) -> HttpResponse:
    user = _owner(request)
    form = AppForm(request, user)
    if request.method == "POST" and form.is_valid():
        try:
            codes = second_factors.add_app(actor=request.actor, session=request.session, secret=form.secret)
        except NotAllowed as refusal:
            show_refusal(form, refusal)
        else:
            return _added(request, Kind.CODE, codes)
    context = {"picture": second_factor.picture_of(user, form.secret), "secret": form.secret}
    return form_page(request, "organizations/second_factor_app.html", form, context)


@never_cache
@by_own_account
@by_staff
@asked_again_or_for_the_password
def add_key(request: ActorRequest) -> HttpResponse:
    user = _owner(request)
    form = NewKeyForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            codes = second_factors.add_key(
                actor=request.actor,
                session=request.session,
                name=form.cleaned_data["name"],
                credential=form.cleaned_data["credential"],
            )
        except NotAllowed as refusal:
            show_refusal(form, refusal)
        else:
            return _added(request, Kind.KEY, codes)
    context = {
        "options": begin_registration(user, False),
        "keys_work": second_factor.rp_host_is_a_name(request),
    }
    return form_page(request, "organizations/second_factor_key.html", form, context)


@never_cache
@require_POST
@by_own_account
@by_staff
@asked_again_or_for_the_password
def make_codes(request: ActorRequest) -> HttpResponse:
    try:
        codes = second_factors.make_codes(actor=request.actor)
    except NotAllowed as refusal:
        messages.error(request, refusal.says)
        return redirect(LIST)
    return render(request, "organizations/second_factor_codes.html", {"codes": codes})


@by_own_account
@by_staff
@asked_again_or_for_the_password
def remove(request: ActorRequest, factor: int) -> HttpResponse:
    """Asks once, then takes it away."""
    user = _owner(request)
    chosen = next((each for each in second_factor.factors_of(user) if each.pk == factor), None)
    if chosen is None:
        raise NotYours(second_factors.GONE)
    if request.method != "POST":
        return render(request, "organizations/second_factor_remove.html", {"factor": _row(chosen)})
    try:
        kind = second_factors.remove(actor=request.actor, session=request.session, pk=factor)
    except NotYours:
        raise
    except NotAllowed as refusal:
        messages.error(request, refusal.says)
    else:
        messages.success(request, f"已删除{kind.label}，其他设备上的登录都已退出。")
    return redirect(LIST)


def _added(request: ActorRequest, kind: Kind, codes: list[str]) -> HttpResponse:
    messages.success(request, f"已添加{kind.label}，其他设备上的登录都已退出。")
    if codes:  # shown this once
        return render(request, "organizations/second_factor_codes.html", {"codes": codes})
    return redirect(LIST)


def _row(factor: Authenticator) -> dict[str, object]:
    """One factor for a page."""
    kind = Kind(factor.type)
    return {
        "pk": factor.pk,
        "label": factor.wrap().name if kind is Kind.KEY else kind.label,
        "kind": kind.label,
        "since": factor.created_at,
        "used": factor.last_used_at,
    }


def _owner(request: ActorRequest) -> User:
    user = request.user
    assert user.is_authenticated
    return user
