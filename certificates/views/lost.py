"""收回 of prints whose records a restore lost: what the provincial bureau's two people press, and the paper itself."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import structlog
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from applications.files import store
from certificates import queries
from certificates.models import LostPrint
from certificates.services import lost_prints
from certificates.views.printing import UNREADABLE, no_file
from certificates.views.revoking import bureau_of, issued_page
from organizations import audit
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotAllowed, NotYours

ASKED = "收回申请已提交，请本单位另一位经办人复核。"
TAKEN_BACK = "编号 {} 的认定单文件已收回，核验页面已同步显示。"
LEFT = "编号 {} 的认定单文件没有收回，仍在待收回的列表中。"
log = structlog.get_logger(__name__)


@require_safe
def file(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The paper, so that the bureau knows whom to ask for it; on record."""
    actor = bureau_of(request)
    row = queries.lost_prints(actor).filter(pk=pk).first()
    if row is None:
        raise Http404
    try:
        content = store.original(row.storage_key, row.sha256)
    except store.Damaged as damage:
        log.error("lost_print_damaged", key=row.storage_key, error=str(damage))
        return no_file(request, UNREADABLE, status=503)
    assert actor.unit
    audit.record(actor, "lost_print_downloaded", actor.unit, print=row.pk, sha256=row.sha256)
    name = content_disposition_header(True, f"学时认定单-{row.number}-记录已丢失.pdf")
    return HttpResponse(
        content, content_type="application/pdf", headers={"Content-Disposition": name or "attachment"}
    )


@require_POST
def take_back(request: ActorRequest, pk: UUID) -> HttpResponse:
    return _done(request, lambda: lost_prints.ask(actor=bureau_of(request), print_id=pk), ASKED)


@require_POST
def confirm(request: ActorRequest, pk: UUID) -> HttpResponse:
    return _done(request, lambda: lost_prints.confirm(actor=bureau_of(request), print_id=pk), TAKEN_BACK)


@require_POST
def decline(request: ActorRequest, pk: UUID) -> HttpResponse:
    return _done(request, lambda: lost_prints.decline(actor=bureau_of(request), print_id=pk), LEFT)


def _done(request: ActorRequest, act: Callable[[], LostPrint], says: str) -> HttpResponse:
    try:
        row = act()
    except NotYours as missing:
        raise Http404 from missing
    except NotAllowed as refusal:
        return issued_page(request, refusal.says, status=422)
    messages.success(request, says.format(row.number or "不明"))
    return redirect("certificates:issued")
