"""How a refused act answers: what is not yours is missing, the rest is the form again with what was typed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from allauth.core import ratelimit
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from organizations.accounts.hats import PLATFORM
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotYours, Stale

if TYPE_CHECKING:
    from django.forms import Form

    from cehours.lib.refusal import Refusal

View = Callable[..., HttpResponse]

OK, FOUND, FORBIDDEN, CONFLICT, REFUSED = 200, 302, 403, 409, 422


def missing_unless_yours(view: View) -> View:
    """Turns NotYours into the page for what does not exist."""

    @wraps(view)
    def answered(request: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NotYours as refusal:
            raise Http404(refusal.says) from None

    return answered


def by_own_account(view: View) -> View:
    """What is a person's own stays closed to a session that the platform opened: it vouches for a hat only.

    The bureau's administrator said which platform account it is; they must not get at a colleague's own affairs,
    contacts or password by naming one of theirs.
    """

    @wraps(view)
    def answered(request: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if PLATFORM in request.session:
            return render(request, "organizations/not_by_platform.html", status=FORBIDDEN)
        return view(request, *args, **kwargs)

    return answered


def in_place(view: View) -> View:
    """For forms that htmx sends: going on to another page is told to the browser, which would else fetch it twice."""

    @wraps(view)
    def answered(request: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if request.headers.get("HX-Request") and response.status_code == FOUND:
            there = HttpResponse(headers={"HX-Redirect": response["Location"]})
            there.cookies = response.cookies
            return there
        return response

    return answered


def throttled(
    request: HttpRequest, action: str, key: str = "", *, looking: bool = False
) -> HttpResponse | None:
    """The page for "too often" when the limit of `action` (ACCOUNT_RATE_LIMITS) is reached, else None.

    A GET counts only where mere `looking` already costs something.
    """
    answer: HttpResponse | None = ratelimit.consume_or_429(request, action=action, key=key, limit_get=looking)
    return answer


def form_page(
    request: ActorRequest,
    template: str,
    form: Form,
    context: dict[str, Any] | None = None,
    *,
    refusal: Refusal | None = None,
) -> HttpResponse:
    """A page around `form`: 200 when fresh, 409 when somebody was quicker, 422 when something is wrong."""
    status = CONFLICT if isinstance(refusal, Stale) else REFUSED if form.errors else OK
    return render(request, template, {**(context or {}), "form": form}, status=status)
