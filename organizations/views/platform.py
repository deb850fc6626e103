"""To the province's HR platform and back: where bureau staff sign in with its account."""

from __future__ import annotations

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from organizations.accounts import platform as queries
from organizations.accounts import sign_on
from organizations.accounts.hats import PLATFORM
from organizations.acting.actor import ActorRequest
from organizations.views.answers import throttled


@login_not_required
@never_cache
@require_GET
def start(request: ActorRequest) -> HttpResponse:
    """Goes to the platform, or straight on for whoever is signed in. Made for links in the platform's own menus.

    With `again` in the address, a session that came from there proves itself there once more.

    A link, not a form: a form's redirect to another site would be stopped by our policy (form-action 'self'). It
    starts nothing by itself that a stranger could use; what comes back must belong to this browser's session.
    """
    _must_be_in_use()
    back = _own_path(request.GET.get("next", "")) or reverse("site:start")
    again = "again" in request.GET and PLATFORM in request.session
    if request.user.is_authenticated and not again:
        return HttpResponseRedirect(back)
    limited = throttled(request, "login_elsewhere", looking=True)
    if limited is not None:
        return limited
    try:
        provider = get_adapter().get_provider(request, sign_on.PLATFORM)
        answer: HttpResponse = provider.redirect(
            request, process=AuthProcess.LOGIN, next_url=back, again=again
        )
    except sign_on.FAILURES as error:
        return sign_on.failed(request, error, back=back)
    return answer


@login_not_required
@never_cache
@require_GET
def callback(request: ActorRequest) -> HttpResponse:
    """Back from the platform: state, code, ID token and binding are checked before anybody is signed in."""
    _must_be_in_use()
    view = OAuth2CallbackView.adapter_view(sign_on.PlatformClient(request, sign_on.PLATFORM))
    try:
        answer: HttpResponse = view(request)
    except sign_on.FAILURES as error:
        return sign_on.failed(request, error)
    return answer


# No transaction may stay open while the platform is asked; nothing here reads behind the wall.
start.unscoped = True  # type: ignore[attr-defined]
callback.unscoped = True  # type: ignore[attr-defined]


def _must_be_in_use() -> None:
    if not queries.in_use():
        raise Http404("本系统没有接入平台账号登录。")


def _own_path(wanted: str) -> str:
    """`wanted` when it is a path of this site, else ""."""
    try:
        own = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    except ValueError:  # not an address at all
        own = False
    return wanted if own else ""
