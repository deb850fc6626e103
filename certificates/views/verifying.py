"""认定单核验: anybody who holds the paper learns whether it is genuine and still stands, and nothing more."""

from __future__ import annotations

from decimal import Decimal

from allauth.core.internal import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from certificates import queries
from certificates.forms import VerifyForm
from certificates.queries import Verified
from certificates.sheet import Sheet, plain

# One office checks many papers; one paper is seldom checked twice. Names of a number cannot be tried out.
LIMITS = {"verify": "60/5m/ip,8/10m/key,40/d/key"}
UNKNOWN = "没有找到编号与姓名相符的认定单。请对照认定单原件，核对 10 位编号和姓名后再试。"
UNKNOWN_CODE = "没有找到这个二维码对应的认定单。请改用编号和姓名核验。"
TOO_OFTEN = "短时间内核验的次数太多，请过几分钟再试。"


@login_not_required
@never_cache
def verify(request: HttpRequest) -> HttpResponse:
    """Number and name; sent as a form, so that no name stands in an address or a log."""
    form = VerifyForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _page(request, form)
    if not form.is_valid():
        return _page(request, form, status=422)
    number, name = form.cleaned_data["number"], form.cleaned_data["name"]
    if not ratelimit.consume(request, app="certificates", action="verify", config=LIMITS, key=number):
        return _page(request, form, says=TOO_OFTEN, status=429)
    found = queries.verify(number, name)
    return _page(request, form, found, says="" if found else UNKNOWN)


@login_not_required
@never_cache
@require_safe
def verify_token(request: HttpRequest, token: str) -> HttpResponse:
    """Where the QR code leads. The token is 192 random bits: whoever has it holds the paper."""
    found = queries.verify_token(token)
    form = VerifyForm()
    return _page(request, form, found, says="" if found else UNKNOWN_CODE, status=200 if found else 404)


def _page(
    request: HttpRequest,
    form: VerifyForm,
    found: Verified | None = None,
    *,
    says: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {"form": form, "found": found, "says": says, "paper": _paper(found.sheet) if found else None}
    response = render(request, "certificates/verify.html", context, status=status)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _paper(sheet: Sheet) -> dict[str, object]:
    """What the paper says, as text: the sentence, and each year's hours by category with their sum."""
    return {
        "sentence": "".join(part.text for part in sheet.sentence_parts()),
        "rows": [(row.year, _cells(row.hours)) for row in sheet.rows],
        "totals": _cells(sheet.totals()),
    }


def _cells(hours: tuple[Decimal, ...]) -> list[str]:
    return [plain(value) for value in (*hours, sum(hours, Decimal(0)))]
