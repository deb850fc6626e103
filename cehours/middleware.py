"""Opens the actor's scope around every view: one request, one transaction, one actor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import BadRequest
from django.db import IntegrityError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django_fsm import TransitionNotAllowed
from psycopg2.errorcodes import DEADLOCK_DETECTED, FOREIGN_KEY_VIOLATION, UNIQUE_VIOLATION

from organizations.accounts import limits, second_factor
from organizations.accounts.hats import HAT, still_vouched_for
from organizations.acting.actor import Actor, ActorRequest
from organizations.acting.scope import scope_of_a_request
from organizations.models import Membership
from organizations.views.signing_in import ENDED

SAFE = ("GET", "HEAD", "OPTIONS")
RACES = (UNIQUE_VIOLATION, FOREIGN_KEY_VIOLATION, DEADLOCK_DETECTED)  # what only a second act can bring about
SETTING_UP = (
    "organizations:second_factor"  # how the names of all pages begin on which a second factor is set up
)
# Addresses that an open page asks by itself, whether or not anybody sits before it.
ASKED_BY_SCRIPTS = {
    "review:claim", "review:case_state", "review:export_state", "applications:evidence_state",
}  # fmt: skip
UNSCOPED = "unscoped"  # attribute of the few views that must answer without a database

log = structlog.get_logger(__name__)


def actor_behind(request: HttpRequest) -> Actor:
    """Who acts: the signed-in account under the hat its session wears, else the public.

    The membership is read afresh each time, so a right that was taken away ends with the next request.
    """
    if not request.user.is_authenticated:
        return Actor.public()
    hat = request.session.get(HAT)
    membership = (
        Membership.objects.select_related("unit").filter(user=request.user, pk=hat, unit__active=True).first()
        if hat
        else None
    )
    return Actor.of(request.user, membership)


def lost_a_race(error: Exception) -> bool:
    """Whether an act failed because another one, at the same time, was there first. Nothing of it was kept."""
    return isinstance(error, TransitionNotAllowed) or getattr(error.__cause__, "pgcode", None) in RACES


class Utf8Middleware:
    """Answers 400 to what claims another encoding than our pages have.

    Django would decode it with any codec Python knows, among them some that cannot decode text and some that
    let half a surrogate pair through, which the database refuses later.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        claimed = (request.content_params or {}).get("charset", "utf-8")
        if claimed.lower() not in ("utf-8", "utf8"):
            request.encoding = "utf-8"
            raise BadRequest("not UTF-8")
        return self.get_response(request)


class SignInMiddleware(LoginRequiredMiddleware):
    """Sends visitors to the sign-in page, and whoever was signed in a moment ago with a word that this is over."""

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseRedirect:
        response = super().handle_no_permission(request, view_func)
        acted = request.method == "POST"
        if acted or settings.SESSION_COOKIE_NAME in request.COOKIES:
            response["Location"] += f"&{ENDED}={'act' if acted else 'session'}"
        return response


class PlatformSessionMiddleware:
    """Ends a session from the province's platform with the next request after its account was unbound."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not still_vouched_for(request.session):
            logout(request)
        return self.get_response(request)


class SessionLimitsMiddleware:
    """Ends sessions that are too old or were not used for too long. What a page's script asks by itself is no use."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if limits.is_over(request.session):
            logout(request)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if request.method != "HEAD" and name not in ASKED_BY_SCRIPTS:
            limits.note_use(request.session)


class SecondFactorMiddleware:
    """Leads whoever must have a second factor and has shown none to where it is set up, and to nothing else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], *_: Any
    ) -> HttpResponse | None:
        if not second_factor.is_demanded() or not getattr(view, "login_required", True):
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name.startswith(SETTING_UP) or not request.user.is_authenticated:
            return None
        if second_factor.shown_in(request.session) or not second_factor.must_have(request.user):
            return None
        return HttpResponseRedirect(reverse("organizations:second_factor"))


class ActorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: ActorRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Calls the view here, so that an exception leaves through the scope and rolls its writes back."""
        if getattr(view, UNSCOPED, False):
            request.actor = Actor.public()
            return None
        request.actor = actor_behind(request)
        try:
            with scope_of_a_request(request.actor):
                response = view(request, *args, **kwargs)
                if hasattr(response, "render") and callable(response.render):
                    response = response.render()  # a lazy template must not query after the scope has closed
        except (IntegrityError, OperationalError, TransitionNotAllowed) as error:
            if request.method in SAFE or not lost_a_race(error):
                raise
            log.warning("lost_a_race", view=request.resolver_match and request.resolver_match.view_name)
            with scope_of_a_request(request.actor):
                return render(request, "409.html", status=409)
        return response


class NoStoreMiddleware:
    """Pages of signed-in people are not kept by browsers and proxies of shared office computers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            patch_cache_control(response, no_store=True, private=True)
        return response
