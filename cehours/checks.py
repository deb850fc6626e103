"""Our own system checks, run by `manage.py check` and so by `./dev check`."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, Warning, register

import rules
from cehours.lib import clock
from cehours.lib.crypto import BadKeys, BlindIndex, Cipher

OWN_MACHINE = ("localhost", "127.0.0.1", "::1")


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


@register(Tags.security)
def platform_is_wholly_configured(**_: Any) -> list[CheckMessage]:
    """Signing in through the province's platform is off, or complete and behind TLS."""
    issuer = urlsplit(settings.PLATFORM_ISSUER)
    client = (settings.PLATFORM_CLIENT_ID, settings.PLATFORM_CLIENT_SECRET)
    says = ""
    if any(client) and not settings.PLATFORM_ISSUER:
        says = "PLATFORM_CLIENT_ID and PLATFORM_CLIENT_SECRET mean nothing without PLATFORM_ISSUER"
    elif settings.PLATFORM_ISSUER and not all(client):
        says = "PLATFORM_ISSUER needs PLATFORM_CLIENT_ID and PLATFORM_CLIENT_SECRET"
    elif settings.PLATFORM_ISSUER and issuer.scheme != "https" and issuer.hostname not in OWN_MACHINE:
        says = "PLATFORM_ISSUER must begin with https://"
    return [Error(says, id="cehours.E004")] if says else []


@register(Tags.security)
def learning_platform_is_wholly_configured(**_: Any) -> list[CheckMessage]:
    """Asking the public institutions' platform is off, or complete and behind TLS."""
    url = urlsplit(settings.LEARNING_PLATFORM_URL)
    key = (settings.LEARNING_PLATFORM_KEY, settings.LEARNING_PLATFORM_SECRET)
    says = ""
    if any(key) and not settings.LEARNING_PLATFORM_URL:
        says = "LEARNING_PLATFORM_KEY and LEARNING_PLATFORM_SECRET mean nothing without LEARNING_PLATFORM_URL"
    elif settings.LEARNING_PLATFORM_URL and not all(key):
        says = "LEARNING_PLATFORM_URL needs LEARNING_PLATFORM_KEY and LEARNING_PLATFORM_SECRET"
    elif settings.LEARNING_PLATFORM_URL and url.scheme != "https" and url.hostname not in OWN_MACHINE:
        says = "LEARNING_PLATFORM_URL must begin with https://"
    return [Error(says, id="cehours.E007")] if says else []


@register(Tags.security)
def trail_has_a_witness(**_: Any) -> list[CheckMessage]:
    """Without a key no checkpoints are taken, and whoever owns the database can rewrite the trail unseen."""
    if settings.CHECKPOINT_KEY_FILE or settings.DEBUG or settings.DEMO:
        return []
    says = "没有设置 CHECKPOINT_KEY_FILE：办理记录在数据库之外没有检查点，被改写后无从证明"
    hint = "见 docs/operations.md 的 The trail outside the database。"
    return [Warning(says, hint=hint, id="cehours.W002")]


@register(Tags.security)
def second_factor_is_off_or_for_staff(**_: Any) -> list[CheckMessage]:
    """A misspelt value would turn it off unseen."""
    if settings.SECOND_FACTOR in ("off", "staff"):
        return []
    return [Error("SECOND_FACTOR is either off or staff", id="cehours.E005")]


@register()
def policies_are_readable(**_: Any) -> list[CheckMessage]:
    """A file in the policies folder that is none is left out; somebody must hear of it."""
    return [
        Warning(f"政策文件有误，没有采用：{problem}", id="cehours.W001")
        for problem in rules.broken_policies()
    ]


@register()
def calendar_is_known(**_: Any) -> list[CheckMessage]:
    """Deadlines count working days: without a year's calendar only its fixed holidays are known."""
    year = clock.calendar_missing()
    says = f"没有 {year} 年的放假安排，工作日暂按周一至周五、扣除固定节日计算"
    hint = "升级依赖 chinesecalendar（每年 11 月国务院办公厅发布后更新），然后重启 web 与 worker。"
    return [Info(says, hint=hint, id="cehours.I001")] if year else []


@register(Tags.database)
def role_is_weak(databases: Any = None, **_: Any) -> list[CheckMessage]:
    """Web and worker run as a role that owns nothing and bypasses nothing (`check --database default`)."""
    from cehours import boot  # noqa: PLC0415 -- needs a database only when asked for it

    if not databases or settings.DATABASES["default"].get("USER") not in (
        settings.RUNTIME_ROLE,
        boot.WORKERS,
    ):
        return []
    found: list[CheckMessage] = [
        Error(f"the runtime role {reason}", id="cehours.E003") for reason in boot.role_strengths()
    ]
    if boot.works() is None:
        says = "数据库中还没有 cehours_worker 角色，网站进程仍可自称系统"
        hint = "运行 deploy/postgres/roles.sql，并为后台任务设置 DATABASE_WORKER_URL（docs/operations.md）。"
        found.append(Warning(says, hint=hint, id="cehours.W010"))
    return found
