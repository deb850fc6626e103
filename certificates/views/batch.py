"""批量核验: an assessment body checks a whole list, by Excel here and by JSON for its own systems."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import structlog
from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from cehours.lib import clock
from cehours.lib.refusal import Refusal
from cehours.lib.workbooks import XLSX
from certificates.forms import BatchForm
from certificates.models import AssessmentBody
from certificates.verification import bodies, name_list

MOST_ITEMS = 200
# Rows a day that fit nothing: more than a spoilt list has, too few to find names by trying them out.
MOST_UNKNOWN = 6000
WRONG_KEY = "核验密钥不正确或已停用，请核对，或联系省人社部门。"
TOO_OFTEN = "短时间内核验的次数太多，请过几分钟再试。"
TOO_MANY_UNKNOWN = "今天核验不上的行太多，请先核对名单中的编号和姓名，明天再试；急需的，请联系省人社部门。"
ASKED_WRONG = (
    '请求应为 {"items": [{"number": "…", "name": "…"}, …]}，每次 1 至 ' + str(MOST_ITEMS) + " 项，值为文本。"
)
log = structlog.get_logger(__name__)


@login_not_required
@never_cache
def batch(request: HttpRequest) -> HttpResponse:
    """The list goes in, the answered list comes out; neither is kept."""
    if request.method != "POST":
        return _page(request, BatchForm())
    form = BatchForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    body = bodies.with_key(form.cleaned_data["key"])
    if body is None:
        form.add_error("key", WRONG_KEY)
        return _page(request, form, status=422)
    if says := _why_not(request, "verify_list", body):
        form.add_error(None, says)
        return _page(request, form, status=429)
    try:
        table = name_list.read_table(form.cleaned_data["file"])
    except Refusal as refusal:
        form.add_error("file", refusal.says)
        return _page(request, form, status=422)
    results = name_list.verify(name_list.pairs(table))
    _note(body, results, "excel")
    return _workbook(name_list.written(table, results, form.wanted), "核验结果.xlsx")


@login_not_required
@require_safe
def template(request: HttpRequest) -> HttpResponse:
    return _workbook(name_list.template(), "核验名单模板.xlsx")


@csrf_exempt  # a key in a header, no cookie
@login_not_required
@never_cache
@require_POST
def api(request: HttpRequest) -> JsonResponse:
    """docs/verification-api.md."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    body = bodies.with_key(key) if scheme == "Bearer" else None
    if body is None:
        return _says(WRONG_KEY, 401)
    if says := _why_not(request, "verify_api", body):
        return _says(says, 429)
    try:
        pairs = _pairs(request.body)
    except RequestDataTooBig:
        return _says(ASKED_WRONG, 413)
    if pairs is None:
        return _says(ASKED_WRONG, 422)
    results = name_list.verify(pairs)
    _note(body, results, "api")
    return JsonResponse({"results": [result.to_program() for result in results]}, json_dumps_params=_PLAIN)


_PLAIN = {"ensure_ascii": False}


def _why_not(request: HttpRequest, action: str, body: AssessmentBody) -> str:
    """Why this body has to wait, or ""; counts the attempt."""
    if cache.get(_unknown_key(body), 0) >= MOST_UNKNOWN:
        return TOO_MANY_UNKNOWN
    free = ratelimit.consume(request, action=action, key=str(body.pk))
    return "" if free else TOO_OFTEN


def _unknown_key(body: AssessmentBody) -> str:
    return f"certificates:unknown:{body.pk}:{clock.today()}"


def _pairs(content: bytes) -> list[tuple[str, str]] | None:
    try:
        items = json.loads(content)["items"]
        pairs = [(item["number"], item["name"]) for item in items]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    sound = all(_is_text(text) for pair in pairs for text in pair)
    return pairs if sound and 0 < len(pairs) <= MOST_ITEMS else None


def _is_text(value: Any) -> bool:
    """Whether it is a short text that the database takes: no NUL, no half of a surrogate pair."""
    if not isinstance(value, str) or len(value) > 60 or "\x00" in value:
        return False
    return not any("\ud800" <= character <= "\udfff" for character in value)


def _note(body: AssessmentBody, results: list[name_list.Result], way: str) -> None:
    unknown = sum(result.state == name_list.UNKNOWN for result in results)
    key = _unknown_key(body)
    if not cache.add(key, unknown, timeout=24 * 3600):
        with suppress(ValueError):  # flushed meanwhile
            cache.incr(key, unknown)
    log.info("batch_verified", body=body.pk, way=way, rows=len(results), unknown=unknown)


def _says(sentence: str, status: int) -> JsonResponse:
    return JsonResponse({"error": sentence}, status=status, json_dumps_params=_PLAIN)


def _workbook(content: bytes, name: str) -> HttpResponse:
    headers: dict[str, Any] = {"Content-Disposition": content_disposition_header(True, name)}
    return HttpResponse(content, content_type=XLSX, headers=headers)


def _page(request: HttpRequest, form: BatchForm, *, status: int = 200) -> HttpResponse:
    response = render(request, "certificates/batch.html", {"form": form}, status=status)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
