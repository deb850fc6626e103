"""Home, help, statements, text size, and the pages that say what went wrong."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.template import loader
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.http import require_POST

from cehours.site import context, menus
from cehours.site.guides import GUIDES
from organizations.acting.actor import ActorRequest
from organizations.registry.imprints import all_imprints
from training.api.problems import unreadable

YEAR = 365 * 24 * 3600


@login_not_required
def home(request: ActorRequest) -> HttpResponse:
    doors = {
        "applications": menus.soft_reverse("applications:list"),
        "inbox": menus.soft_reverse("review:inbox"),
        "verify": menus.soft_reverse("certificates:verify"),
        "signup": menus.soft_reverse("account_signup"),
    }
    return render(request, "site/home.html", {"windows": context.windows(), "doors": doors})


def start(request: ActorRequest) -> HttpResponse:
    """Where a person lands after signing in: the work that waits for the hat that is on."""
    actor = request.actor
    target = "review:inbox" if actor.unit else "applications:list"
    return redirect(menus.soft_reverse(target) or "site:home")


@login_not_required
def help_index(request: ActorRequest) -> HttpResponse:
    context = {"guides": GUIDES, "trail": _from_home(), "imprints": all_imprints()}
    return render(request, "site/help.html", context)


@login_not_required
def help_page(request: ActorRequest, role: str) -> HttpResponse:
    guide = GUIDES.get(role)
    if guide is None:
        raise Http404
    trail = [*_from_home(), ("帮助", reverse("site:help"))]
    return render(
        request, "site/help_role.html", {"guides": GUIDES, "role": role, "guide": guide, "trail": trail}
    )


@login_not_required
def accessibility(request: ActorRequest) -> HttpResponse:
    return render(request, "site/accessibility.html", {"trail": _from_home()})


@login_not_required
def privacy(request: ActorRequest) -> HttpResponse:
    return render(request, "site/privacy.html", {"trail": _from_home()})


def _from_home() -> list[tuple[str, str]]:
    return [("首页", reverse("site:home"))]


@login_not_required
@require_POST
def text_size(request: ActorRequest) -> HttpResponse:
    """Remembers the size in a cookie and goes back to the page the reader came from."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = menus.soft_reverse("site:home")
    response = HttpResponseRedirect(back)  # `redirect` would look for a view of that name
    size = request.POST.get("size", "")
    if size in context.TEXT_SIZES:
        response.set_cookie(context.TEXT_COOKIE, size, max_age=YEAR, samesite="Lax", httponly=True)
    return response


@requires_csrf_token
def bad_request(request: ActorRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig | TooManyFilesSent):
        return render(request, "413.html", status=413)
    if request.path.startswith(reverse("learning_api:api-root")):  # a program reads no page
        return unreadable()
    return render(request, "400.html", status=400)


@requires_csrf_token
def forbidden(request: ActorRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


@requires_csrf_token
def not_found(request: ActorRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


@requires_csrf_token
def csrf_failure(request: ActorRequest, reason: str = "") -> HttpResponse:
    """A form that stayed open too long, or came from elsewhere: the same page says how to go on."""
    return render(request, "403.html", {"stale_form": True}, status=403)


def server_error(request: ActorRequest) -> HttpResponse:
    """Without context processors: they may be what failed."""
    return HttpResponse(loader.render_to_string("500.html"), status=500)
