"""How long a session lasts: so many hours from signing in, and not longer than so long without being used."""

from __future__ import annotations

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

from cehours.lib import clock

SINCE, SEEN = "since", "seen"  # session keys, seconds since 1970
EVERY = 60  # seconds between two notes that a session is used: each is a write


def begin(session: SessionBase) -> None:
    """At sign-in."""
    session[SINCE] = session[SEEN] = clock.now().timestamp()


def is_over(session: SessionBase) -> bool:
    """Whether either limit has passed. A session from before there were limits ends by its cookie's age alone."""
    if SINCE not in session:
        return False
    now = clock.now().timestamp()
    too_old = now - session[SINCE] > settings.SESSION_COOKIE_AGE
    return bool(too_old or now - session[SEEN] > settings.SESSION_IDLE_SECONDS)


def note_use(session: SessionBase) -> None:
    """Somebody uses it now."""
    if SINCE in session and clock.now().timestamp() - session[SEEN] > EVERY:
        session[SEEN] = clock.now().timestamp()
