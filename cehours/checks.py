"""Our own system checks, run by `manage.py check` and so by `./dev check`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from cehours.lib.crypto import BadKeys, BlindIndex, Cipher


@register(Tags.security)
def keys_are_usable(**_: Any) -> list[CheckMessage]:
    """A wrong key must stop the start, never write."""
    try:
        Cipher(settings.FIELD_KEYS)
        BlindIndex(settings.BLIND_INDEX_KEY)
    except BadKeys as error:
        return [Error(str(error), id="cehours.E001")]
    return []


@register(Tags.security)
def broker_outlives_tasks(**_: Any) -> list[CheckMessage]:
    """A task still running when the broker hands it out again would run twice at the same time."""
    visibility = settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    if visibility <= settings.CELERY_TASK_TIME_LIMIT:
        return [Error("CELERY_TASK_TIME_LIMIT must stay below the visibility timeout", id="cehours.E002")]
    return []


@register(Tags.database)
def role_is_weak(databases: Any = None, **_: Any) -> list[CheckMessage]:
    """Web and worker run as a role that owns nothing and bypasses nothing (`check --database default`)."""
    if not databases or settings.DATABASES["default"].get("USER") != settings.RUNTIME_ROLE:
        return []
    from cehours.boot import role_strengths  # noqa: PLC0415 -- needs a database only when asked for it

    return [Error(f"the runtime role {reason}", id="cehours.E003") for reason in role_strengths()]
