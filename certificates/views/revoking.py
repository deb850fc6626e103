"""The bureau's certificates: the list with its search, one certificate, and revoking it by two people."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from cehours.lib import clock
from cehours.lib.paging import PAGE_SIZE, keyset_page
from certificates import queries, services
from certificates.forms import IssuedForm, RevokeForm
from certificates.issuing.falling import ALONE, falling_too, who_may_confirm
from certificates.models import Certificate, CertificateState
from certificates.paper.sheet import Sheet
from certificates.prints import failures, queue
from organizations.acting.actor import Actor, ActorRequest
from organizations.acting.errors import NotAllowed, NotYours
from organizations.views.asking import asked_again

ASKED = "撤销申请已提交，请本单位另一位经办人复核。复核前认定单仍然有效。"
REVOKED = "认定单 {} 已撤销，核验页面已同步显示。"
OTHERS_FALL = "勾选的年度变了，一并撤销的认定单也不同。请核对下面列出的认定单，再次提交。"
DECLINED = "已不同意撤销，认定单 {} 仍然有效。"


def bureau_of(request: ActorRequest) -> Actor:
    """The actor with a bureau's hat on; anybody else is told to put one on (403)."""
    actor = request.actor
    if not actor.is_bureau:
        raise PermissionDenied
    return actor


@require_safe
def issued(request: ActorRequest) -> HttpResponse:
    return issued_page(request)


def issued_page(request: ActorRequest, says: str = "", *, status: int = 200) -> HttpResponse:
    """The list; `says` is why what was pressed on it could not be done."""
    actor = bureau_of(request)
    form = IssuedForm(request.GET)
    asked = form.criteria
    page = keyset_page(
        queries.issued_matching(actor, asked),
        order=form.ORDERS[form.cleaned_data.get("sort", "")],
        cursor=request.GET.get("cursor"),
        size=form.cleaned_data.get("size") or PAGE_SIZE,
    )
    failed = failures.note(page.rows)
    printing = [row for row in page.rows if row.state == CertificateState.PENDING and not row.failure]
    plain = asked == queries.IssuedCriteria()
    context = {
        "form": form,
        "narrowed": not plain,
        "more_open": any(form[name].value() for name in ("since", "until", "sort", "size")),
        "address": request.GET.urlencode(),
        "now": clock.now(),
        "page": page,
        "rows": page.rows,
        "failed": failed,
        "printing": len(printing),
        "ahead": queue.ahead_of(printing[0]) if printing else None,
        "waiting": list(queries.open_revocations(actor)) if plain else [],
        "ranges": queries.number_ranges(actor) if plain and page.previous is None else [],
        "lost_prints": list(queries.lost_prints(actor)) if plain and page.previous is None else [],
        "says": says,
    }
    return render(request, "certificates/issued.html", context, status=status)


@require_safe
def detail(request: ActorRequest, pk: UUID) -> HttpResponse:
    return _page(request, _certificate(request, pk))


@asked_again
def revoke(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The first person's part."""
    actor, certificate = bureau_of(request), _certificate(request, pk)
    form = RevokeForm(request.POST if request.method == "POST" else None, certificate=certificate)
    falling = falling_too(certificate, form.chosen)
    if request.method == "POST" and form.is_valid():
        try:
            if falling != falling_too(certificate, form.looked_at):
                raise NotAllowed(OTHERS_FALL, field="years")
            reason, years = form.cleaned_data["reason"], form.cleaned_data.get("years")
            services.request_revocation(actor=actor, certificate_id=pk, reason=reason, years=years)
        except NotAllowed as refusal:
            form.add_error(refusal.field, refusal.says)
        else:
            messages.success(request, ASKED)
            return redirect("certificates:detail", pk)
    context = {
        "form": form,
        "certificate": certificate,
        "sheet": Sheet.from_json(certificate.sheet),
        "falling": falling,
        "years": form.chosen,
        "others_stay": len(form.chosen) < len(form.whole),
        "alone": actor.person_id is None or not who_may_confirm(certificate, asked_by=actor.person_id),
        "alone_says": ALONE,
    }
    return render(request, "certificates/revoke.html", context, status=422 if form.errors else 200)


@require_POST
@asked_again
def confirm(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The second person's part."""
    actor = bureau_of(request)
    try:
        certificate = services.confirm_revocation(actor=actor, revocation_id=pk)
    except NotYours as missing:
        raise Http404 from missing
    except NotAllowed as refusal:
        return _refused(request, pk, refusal)
    messages.success(request, REVOKED.format(certificate.number))
    return redirect("certificates:detail", certificate.pk)


@require_POST
def decline(request: ActorRequest, pk: UUID) -> HttpResponse:
    actor = bureau_of(request)
    try:
        asked = services.decline_revocation(actor=actor, revocation_id=pk)
    except NotYours as missing:
        raise Http404 from missing
    except NotAllowed as refusal:
        return _refused(request, pk, refusal)
    messages.success(request, DECLINED.format(asked.certificate.number))
    return redirect("certificates:detail", asked.certificate_id)


def _certificate(request: ActorRequest, pk: UUID) -> Certificate:
    found = queries.issued(bureau_of(request)).select_related("superseded_by").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _refused(request: ActorRequest, revocation_id: UUID, refusal: NotAllowed) -> HttpResponse:
    asked = queries.revocation(bureau_of(request), revocation_id)
    return _page(request, _certificate(request, asked.certificate_id), refusal.says, status=422)


def _page(
    request: ActorRequest, certificate: Certificate, says: str = "", *, status: int = 200
) -> HttpResponse:
    actor = bureau_of(request)
    sheet = Sheet.from_json(certificate.sheet)
    revocations = list(certificate.revocations.all())
    waiting = next((row for row in revocations if row.state == "requested"), None)
    context = {
        "certificate": certificate,
        "failed": failures.note([certificate]),
        "sheet": sheet,
        "revocations": revocations,
        "waiting": waiting,
        "is_mine": waiting is not None and waiting.requested_by_id == actor.person_id,
        "falling": falling_too(certificate, waiting.years) if waiting else [],
        "years": waiting.years if waiting else [],
        "others_stay": waiting is not None
        and 0 < len(waiting.years) <= certificate.to_year - certificate.from_year,
        "says": says,
        "ahead": queue.ahead_of(certificate) if certificate.state == CertificateState.PENDING else None,
    }
    return render(request, "certificates/detail.html", context, status=status)
