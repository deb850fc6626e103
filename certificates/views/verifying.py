"""认定单核验: anybody who holds the paper learns whether it is genuine and still stands, and nothing more."""

from __future__ import annotations

from typing import Any

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from certificates import queries
from certificates.forms import CodeForm, FileForm, VerifyForm
from certificates.queries import Verified
from certificates.verification import holder_code, one_file

UNKNOWN = "没有找到编号与姓名相符的认定单。请对照认定单原件，核对 10 位编号和姓名后再试。"
UNKNOWN_CODE = "没有找到这个二维码对应的认定单。请改用编号和姓名核验。"
WRONG_CODE = "查验码不正确，请向持有人核对。查验码在持有人的“学时证书打印”页面上。"
TOO_OFTEN = "短时间内核验的次数太多，请过几分钟再试。"
SALT, PAGE_LIVES = "certificates.against", 24 * 3600


def too_often(request: HttpRequest, action: str, key: str | None = None) -> bool:
    """Whether this address, or this `key` from any address, has asked too often; counts the attempt."""
    return not ratelimit.consume(request, action=action, key=key)


@login_not_required
@never_cache
def verify(request: HttpRequest) -> HttpResponse:
    """Number and name; sent as a form, so that no name stands in an address or a log."""
    form = VerifyForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return page(request, form=form)
    if not form.is_valid():
        return page(request, form=form, status=422)
    number, name = form.cleaned_data["number"], form.cleaned_data["name"]
    if too_often(request, "verify_certificate", number):
        return page(request, form=form, says=TOO_OFTEN, status=429)
    found = queries.verify(number, name)
    says = "" if found else UNKNOWN
    return page(request, form=form, found=found and found.masked(), says=says, as_typed=bool(found))


@login_not_required
@never_cache
def verify_token(request: HttpRequest, token: str) -> HttpResponse:
    """Where the QR code leads. The token is 192 random bits: whoever has it holds the paper.

    With the holder's code the full name is shown; it is sent as a form and stands in no address.
    """
    code = CodeForm(request.POST if request.method == "POST" else None)
    found = queries.verify_token(token)
    if found is None:
        return page(request, says=UNKNOWN_CODE, status=404)
    if request.method != "POST" or not code.is_valid():
        return page(request, found=found.masked(), code=code, status=422 if code.errors else 200)
    if too_often(request, "verify_code", token):
        return page(request, found=found.masked(), code=code, says=TOO_OFTEN, status=429)
    if not holder_code.is_code(code.cleaned_data["code"], token):
        code.add_error("code", WRONG_CODE)
        return page(request, found=found.masked(), code=code, status=422)
    return page(request, found=found, named=True)


@login_not_required
@never_cache
@require_POST
def verify_file(request: HttpRequest) -> HttpResponse:
    """An uploaded PDF against the record, by its bytes and its seal."""
    upload = FileForm(request.POST, request.FILES)
    if not upload.is_valid():
        return page(request, upload=upload, status=422)
    if too_often(request, "verify_file"):
        return page(request, says=TOO_OFTEN, status=429)
    answer = one_file.verify(upload.cleaned_data["file"], against=_against(upload.cleaned_data["against"]))
    return page(request, found=answer.found, answer=answer)


def page(
    request: HttpRequest, *, found: Verified | None = None, status: int = 200, **more: Any
) -> HttpResponse:
    """The one page of verification: answer above, the three ways to ask below."""
    forms = {"form": VerifyForm(), "upload": FileForm(initial={"against": _signed(found)})}
    context = {
        "found": found,
        "answer": None,
        "says": "",
        "code": None,
        "named": False,
        "as_typed": False,
        **forms,
        **more,
    }
    response = render(request, "certificates/verify.html", context, status=status)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _signed(found: Verified | None) -> str:
    return signing.dumps(found.sha256, salt=SALT) if found else ""


def _against(signed: str) -> str:
    try:
        digest: str = signing.loads(signed, salt=SALT, max_age=PAGE_LIVES) if signed else ""
    except signing.BadSignature:
        return ""
    return digest
