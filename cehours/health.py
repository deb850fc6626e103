"""/livez: this process answers. /readyz: the database and Redis answer too."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from redis.exceptions import RedisError


@login_not_required
def livez(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"alive": True})


@login_not_required
def readyz(request: HttpRequest) -> JsonResponse:
    state = {"database": _database_answers(), "redis": _redis_answers()}
    named = {"instance": settings.INSTANCE} if settings.INSTANCE else {}
    return JsonResponse({**state, **named}, status=200 if all(state.values()) else 503)


livez.unscoped = True  # type: ignore[attr-defined]
readyz.unscoped = True  # type: ignore[attr-defined]


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return True
    except DatabaseError:
        return False


def _redis_answers() -> bool:
    try:
        cache.get("readyz")
        return True
    except (RedisError, OSError):
        return False
