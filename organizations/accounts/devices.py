"""Where an account is signed in: its owner sees every browser and ends what they do not know."""

from __future__ import annotations

import re
from importlib import import_module

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from cehours.lib import clock
from organizations.accounts import second_factor
from organizations.acting.actor import Actor
from organizations.acting.errors import NotYours
from organizations.acting.scope import scope
from organizations.models import Device, User

OTHERS = "others"
NUMBER = re.compile(r"[0-9]{1,18}")
GONE = "该设备已经退出登录。"
# The first that fits: most browsers also name the one they were made from.
PROGRAMS = (
    ("MicroMessenger", "微信"),
    ("DingTalk", "钉钉"),
    ("Edg", "Edge 浏览器"),
    ("QQBrowser", "QQ 浏览器"),
    ("Firefox", "火狐浏览器"),
    ("Chrome", "Chrome 浏览器"),
    ("Safari", "Safari 浏览器"),
)
SYSTEMS = (
    ("HarmonyOS", "鸿蒙设备"),
    ("Android", "安卓手机"),
    ("iPhone", "苹果手机"),
    ("iPad", "苹果平板"),
    ("Windows", "Windows 电脑"),
    ("Mac OS", "苹果电脑"),
    ("Linux", "Linux 电脑"),
)


def name_of(agent: str) -> str:
    """A browser in words, from its User-Agent: Chrome 浏览器，Windows 电脑."""
    words = [
        next((word for sign, word in signs if sign in agent), other)
        for signs, other in ((PROGRAMS, "其他浏览器"), (SYSTEMS, "其他设备"))
    ]
    return "，".join(words)


def note(request: HttpRequest, user: User) -> None:
    """At sign-in: this browser joins the account's devices; what ended meanwhile leaves them."""
    if not request.session.session_key:
        request.session.save()
    name = name_of(request.headers.get("User-Agent", ""))
    factor = second_factor.shown_in(request.session)
    with scope(Actor.of(user)):
        ended().filter(user=user).delete()
        Device.objects.update_or_create(
            session_key=request.session.session_key, defaults={"user": user, "name": name, "factor": factor}
        )


def follow(session: SessionBase, former_key: str | None) -> None:
    """The session goes on under another key. In the actor's scope."""
    Device.objects.filter(session_key=former_key).update(session_key=session.session_key)


def note_factor(session: SessionBase, kind: str) -> None:
    """The session has shown a second factor of this kind. In the actor's scope."""
    Device.objects.filter(session_key=session.session_key).update(factor=kind)


def of(actor: Actor, session: SessionBase) -> list[Device]:
    """Where the actor's account is signed in now, this browser first; it is there even where no sign-in noted it."""
    here = session.session_key or ""
    devices = list(Device.objects.filter(user=actor.user_id, session_key__in=_running()).order_by("-since"))
    found = [each for each in devices if each.session_key == here]
    return [*(found or [Device(session_key=here, name="")]), *(each for each in devices if each not in found)]


def end(actor: Actor, session: SessionBase, which: str) -> int:
    """Signs the account out on one of its devices (by number), or on all but this one; returns on how many.

    Raises NotYours for a number that is no other device of the account.
    """
    devices = Device.objects.filter(user=actor.user_id).exclude(session_key=session.session_key)
    if which != OTHERS:
        if not NUMBER.fullmatch(which):
            return 0
        devices = devices.filter(pk=int(which))
    chosen = list(devices)
    if which != OTHERS and not chosen:
        raise NotYours(GONE)
    for device in chosen:
        end_session(device.session_key)
        device.delete()
    return len(chosen)


def all_of(user: User) -> list[Device]:
    """Every device of an account, for whoever may see it."""
    return list(Device.objects.filter(user=user).order_by("pk"))


def end_session(key: str) -> None:
    """Ends a session: now, and when this is committed, since a request may bring it back into the cache meanwhile."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store.delete(key)
    transaction.on_commit(lambda: store.delete(key))


def ended() -> QuerySet[Device]:
    """Devices whose session is over."""
    return Device.objects.exclude(session_key__in=_running())


def _running() -> QuerySet[Session, str]:
    return Session.objects.filter(expire_date__gt=clock.now()).values_list("session_key", flat=True)
