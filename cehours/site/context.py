"""What the frame around every page needs, and the filing window that the home page counts down to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from applications.models import FilingSession
from applications.queries import open_sessions
from cehours.lib import clock
from cehours.middleware import actor_behind
from cehours.site import menus, policies
from organizations.accounts.hats import PLATFORM
from organizations.acting.actor import Actor
from organizations.messaging import notices
from organizations.registry.imprints import imprint_for
from review.telling import waiting

TEXT_SIZES = {"normal": "标准", "large": "大", "larger": "特大"}
TEXT_COOKIE = "text_size"
LAST_DAYS = 7  # from here on the countdown asks for attention
MOMENT = timedelta(microseconds=1)  # `closes_at` is the first moment that no longer counts


@dataclass(frozen=True)
class Window:
    """The open filing session in words; `closes` is the last day on which one can still file."""

    name: str
    opens: date
    closes: date
    days_left: int
    ends_soon: bool


def windows() -> list[Window]:
    """The filing sessions that are open now, the next to close first."""
    return [_window(session) for session in open_sessions()]


def window() -> Window | None:
    """The next of them to close; None outside every session."""
    return next(iter(windows()), None)


def _window(session: FilingSession) -> Window:
    opens = clock.local(session.opens_at).date()
    closes = clock.local(session.closes_at - MOMENT).date()
    left = max((closes - clock.today()).days, 0)
    return Window(session.name, opens, closes, left, left <= LAST_DAYS)


def text_size(request: HttpRequest) -> str:
    """The reader's choice of text size, "normal" when there is none."""
    chosen = request.COOKIES.get(TEXT_COOKIE, "normal")
    return chosen if chosen in TEXT_SIZES else "normal"


def who(request: HttpRequest) -> Actor:
    """The actor; also where no view was reached, as on a page for an unknown address."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        actor = actor_behind(request) if hasattr(request, "user") else Actor.public()
    return actor


def site(request: HttpRequest) -> dict[str, Any]:
    """Context processor: everything base.html shows around a page, under the one name `site`.

    `hour_unit`: what hours are called where a page does not name the unit of its own policy; asked only if shown.
    """
    actor = who(request)
    size = text_size(request)
    return {
        "hour_unit": SimpleLazyObject(lambda: policies.current().hours),
        "site": {
            "actor": actor,
            "from_platform": actor.is_signed_in and PLATFORM in getattr(request, "session", ()),
            "menu": menus.groups(actor, menus.view_name_of(request), waiting.in_menu(actor)),
            "trail": menus.trail(actor),
            "text_sizes": TEXT_SIZES,
            "text_size": size,
            "text_class": "" if size == "normal" else f"text-{size}",
            "here": request.get_full_path(),
            "demo": getattr(settings, "DEMO", False),
            "switch_url": menus.soft_reverse("organizations:switch"),
            "rules_url": menus.soft_reverse("site:rules"),
            "login_url": menus.soft_reverse("account_login"),
            "account_url": menus.soft_reverse("organizations:account"),
            "notices_url": menus.soft_reverse("organizations:notices") if actor.person_id else "",
            "unread": notices.unread(actor),
            "imprint": SimpleLazyObject(lambda: imprint_for(actor)),
            "logout_url": menus.soft_reverse("account_logout"),
        },
    }
