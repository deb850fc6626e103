"""Before and after every endpoint: a body of bounded size, and answers that are all problem documents."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.views.decorators.csrf import csrf_exempt
from ninja.errors import HttpError
from ninja.parser import Parser

from training.api.problems import NOT_JSON, Problem, nothing_here
from training.feeds.signatures import Message, NotSigned, signer_of

MOST_BYTES = 8 * 1024 * 1024
TOO_LARGE = f"正文最多 {MOST_BYTES // 1024 // 1024} MB，请分成几批。"
TOO_OFTEN = "短时间内请求太多，请过一分钟再试。"
NO_SCOPE = "这个密钥没有此项用途，请在“接口密钥”中另行生成。"
NOT_NOW = "暂时不能办理，请稍后用同一个幂等键重试。"
log = structlog.get_logger(__name__)
View = Callable[..., HttpResponse]


class StrictJson(Parser):
    """JSON in UTF-8, whatever the nesting."""

    def parse_body(self, request: HttpRequest) -> Any:
        try:
            return json.loads(request.body.decode())
        except (ValueError, RecursionError):
            raise HttpError(400, NOT_JSON) from None


class Signed:
    """Asks for a good signature with a key that has `scope`; the key is the request's `auth` afterwards."""

    openapi_type = "http"
    openapi_scheme = "signature"

    def __init__(self, scope: str) -> None:
        self.scope = scope

    def __call__(self, request: HttpRequest) -> Any:
        message = Message(request.method or "", request.build_absolute_uri(), request.headers)
        try:
            key = signer_of(message, request.body)
        except NotSigned as refusal:
            if _too_often(request, "learning_failed"):
                raise Problem(429, TOO_OFTEN, Retry_After="60") from None
            raise Problem(401, refusal.says, WWW_Authenticate="Signature") from None
        if self.scope not in key.scopes:
            raise Problem(403, NO_SCOPE)
        if _too_often(request, "learning_api", str(key.pk)):
            raise Problem(429, TOO_OFTEN, Retry_After="60")
        if request.method == "POST" and request.content_type != "application/json":
            raise Problem(415, "请以 Content-Type: application/json 发送正文。")
        return key


def guarded(view: View) -> View:
    """The endpoint behind this gate; it opens to signatures, not to sessions."""

    @csrf_exempt
    @login_not_required
    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            _read(request)
            answer = view(request, *args, **kwargs)
        except Problem as problem:
            return problem.answer()
        except Http404:
            return nothing_here(request)
        except DatabaseError:  # another request was in the way; nothing of this one was kept
            log.exception("learning_api_failed")
            return Problem(503, NOT_NOW, Retry_After="5").answer()
        if isinstance(answer, HttpResponseNotAllowed):
            return Problem(405, "请核对请求方法。", Allow=answer["Allow"]).answer()
        return answer

    return answered


def _too_often(request: HttpRequest, action: str, key: str | None = None) -> bool:
    return ratelimit.consume_or_429(request, action=action, key=key, limit_get=True) is not None


def _read(request: HttpRequest) -> None:
    """Reads the body once; the site's own limit is for forms and less than a batch."""
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise Problem(413, TOO_LARGE)
    request._body = body  # what `request.body` gives from now on
