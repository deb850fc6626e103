"""学时证书打印: the person's certificates by range of years, a further range, the download."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

import structlog
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from cehours.lib import clock
from certificates import queries, services
from certificates.forms import RangeForm
from certificates.issuing import approved
from certificates.models import Certificate, CertificateState
from certificates.prints import failures, queue, stored
from organizations import audit
from organizations.acting.actor import Actor, ActorRequest
from organizations.acting.errors import NotAllowed, NotNow, NotYours

LATE = timedelta(minutes=2)  # from here on the page says that one need not wait, and asks less often
POLL, LATE_POLL = "2s", "20s"
SOON = 100  # so many are printed while one waits
UNREADABLE = "认定单文件暂时取不到，问题已记录。请稍后再试；如果一再出现，请与出具认定单的人社部门联系。"
AGAIN = "已重新安排生成，请稍后刷新查看。"
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Answer:
    """What 查询 found: certificates of exactly that range, and whether one can be issued or why not."""

    years: str
    certificates: list[Certificate]
    can_issue: bool
    says: str


@require_safe
def query(request: ActorRequest) -> HttpResponse:
    """The list of one's own certificates, or the answer to a range."""
    actor = request.actor
    asked = "from_year" in request.GET or "to_year" in request.GET
    form = RangeForm(request.GET if asked else None, years=queries.approved_years(actor))
    answer = None
    if asked and form.is_valid():
        answer = _answer(actor, form)
    return _page(request, form, answer, status=422 if form.errors else 200)


@require_POST
def issue(request: ActorRequest) -> HttpResponse:
    """出具: a certificate of a range that has none yet; asked twice, it is the same certificate."""
    actor = request.actor
    form = RangeForm(request.POST, years=queries.approved_years(actor))
    if form.is_valid():
        try:
            services.issue_range(actor=actor, **form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error(refusal.field, refusal.says)
        else:
            return redirect(f"{reverse('certificates:query')}?{urlencode(form.cleaned_data)}")
    return _page(request, form, None, status=422)


@require_safe
def download(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The stored PDF, byte for byte; a unit's download of somebody's certificate goes on record."""
    actor = request.actor
    try:
        certificate = queries.visible_one(actor, pk)
    except NotYours as missing:
        raise Http404 from missing
    try:
        content = stored.stored_bytes(certificate)
    except NotNow as refusal:
        return no_file(request, refusal.says, status=409)
    except stored.PrintDamaged as damage:
        log.error("certificate_file_damaged", certificate=certificate.number, error=str(damage))
        return no_file(request, UNREADABLE, status=503)
    if actor.unit_id is not None:
        audit.record(actor, "downloaded", certificate)
    name = f"学时认定单-{certificate.number}.pdf"
    headers = {"Content-Disposition": content_disposition_header(True, name) or "attachment"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@require_POST
def print_again(request: ActorRequest, pk: UUID) -> HttpResponse:
    """重新生成, for the holder and for the bureau that issued it."""
    actor = request.actor
    try:
        services.print_again(actor=actor, certificate_id=pk)
    except NotYours as missing:
        raise Http404 from missing
    messages.success(request, AGAIN)
    return redirect("certificates:detail", pk) if actor.is_bureau else redirect("certificates:query")


def _answer(actor: Actor, form: RangeForm) -> Answer | None:
    first, last = form.cleaned_data["from_year"], form.cleaned_data["to_year"]
    years = f"{first} 年" if first == last else f"{first}—{last} 年"
    found = list(queries.own(actor).filter(from_year=first, to_year=last))
    try:
        facts = approved.approved_range(actor, first, last)
    except NotAllowed as refusal:
        if refusal.field:
            form.add_error(refusal.field, refusal.says)
            return None
        return Answer(years, found, False, refusal.says)
    current = any(row.application_id == facts.application_id and row.is_live for row in found)
    return Answer(years, found, not current, "")


def _page(request: ActorRequest, form: RangeForm, answer: Answer | None, *, status: int) -> HttpResponse:
    actor = request.actor
    rows = answer.certificates if answer else list(queries.own(actor))
    failed = failures.note(rows)
    waiting = [row for row in rows if row.state == CertificateState.PENDING and not row.failure]
    late = bool(waiting) and min(row.issued_at for row in waiting) < clock.now() - LATE
    ahead = queue.ahead_of(waiting[-1]) if waiting else None
    context = {
        "form": form,
        "answer": answer,
        "certificates": rows,
        "is_applicant": actor.is_applicant,
        "failed": failed,
        "waiting": bool(waiting),
        "late": late,
        "ahead": ahead,
        "poll": LATE_POLL if late or (ahead and ahead.count > SOON) else POLL,
    }
    return render(request, "certificates/query.html", context, status=status)


def no_file(request: ActorRequest, says: str, *, status: int) -> HttpResponse:
    return render(request, "certificates/no_file.html", {"says": says}, status=status)
