"""导出, and how a list looks: what a reviewer does with a list as a whole."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cehours.lib import clock
from cehours.lib.workbooks import XLSX
from certificates.forms import IssuedForm
from organizations.acting.actor import Actor, ActorRequest
from organizations.acting.errors import NotAllowed, NotNow, NotYours
from review import queries, services
from review.models import ExportJob, ExportKind
from review.services import exporting
from review.views.case import trail
from review.views.lists import AnyFilter, filter_of, kind_in, list_url, reviewer_of

SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
def exports(request: ActorRequest) -> HttpResponse:
    """POST from a list: asks for the file; GET: this person's files."""
    actor = reviewer_of(request)
    if request.method == "POST":
        return _ask(request, actor)
    jobs = queries.exports_of(actor)[:SHOWN]
    context = {"items": [_item(job) for job in jobs], "trail": trail(request), "most": exporting.MOST_ROWS}
    return render(request, "review/exports.html", context)


@require_safe
def export_state(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One file's row, asked for again while it is being written."""
    return render(request, "review/_export.html", {"item": _item(_job_or_404(reviewer_of(request), pk))})


@require_safe
def export_file(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    actor = reviewer_of(request)
    job = _job_or_404(actor, pk)
    try:
        file = services.fetch_export(actor=actor, job_id=pk)
    except NotNow as refusal:
        messages.warning(request, refusal.says)
        return redirect("review:exports")
    name = f"{job.get_kind_display()}-{clock.local(job.asked_at):%Y%m%d-%H%M}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


@require_POST
def look(request: ActorRequest) -> HttpResponseRedirect:
    """显示设置: which columns this person sees in a list, and how close its rows stand."""
    actor = reviewer_of(request)
    kind = kind_in(request.POST.get("list"))
    if "reset" in request.POST:
        services.forget_list_settings(actor=actor, kind=kind)
    else:
        services.keep_list_settings(
            actor=actor,
            kind=kind,
            columns=request.POST.getlist("column"),
            density=request.POST.get("density", ""),
            page_size=int(size) if (size := request.POST.get("size", "")) in ("50", "100", "200") else 50,
        )
    return redirect(list_url(kind, _address(request, actor)))


@require_POST
def view_save(request: ActorRequest) -> HttpResponseRedirect:
    """保存为常用查询: what the list is asked for now, under a name; `forget` takes one away."""
    actor = reviewer_of(request)
    kind, address = kind_in(request.POST.get("list")), _address(request, actor)
    forgotten = request.POST.get("forget", "")
    try:
        if forgotten.isascii() and forgotten.isdigit() and len(forgotten) < 19:
            services.forget_view(actor=actor, view_id=int(forgotten))
        else:
            services.save_view(actor=actor, kind=kind, name=request.POST.get("name", ""), address=address)
    except NotAllowed as refusal:
        messages.warning(request, refusal.says)
    return redirect(list_url(kind, address))


def _ask(request: HttpRequest, actor: Actor) -> HttpResponseRedirect:
    asked, listed = QueryDict(request.POST.get("filter", "")), request.POST.get("list")
    chosen: AnyFilter | IssuedForm
    if listed == ExportKind.ISSUED:
        kind, chosen = ExportKind.ISSUED, IssuedForm(asked)
    else:
        kind = ExportKind(kind_in(listed))
        chosen = filter_of(kind_in(listed), asked, actor)
    conditions = "；".join(f"{label}：{value}" for label, value, _ in chosen.chips)
    try:
        services.ask_for_export(actor=actor, kind=kind, criteria=chosen.criteria, conditions=conditions)
    except NotAllowed as refusal:
        messages.warning(request, refusal.says)
    return redirect("review:exports")


def _address(request: HttpRequest, actor: Actor) -> str:
    """The filter under which the list is shown again; nothing but conditions of ours survives."""
    kind = kind_in(request.POST.get("list"))
    return filter_of(kind, QueryDict(request.POST.get("filter", "")), actor).address()


def _job_or_404(actor: Actor, pk: UUID) -> ExportJob:
    try:
        return queries.export_for(actor, pk)
    except NotYours as missing:
        raise Http404(missing.says) from missing


def _item(job: ExportJob) -> dict[str, object]:
    done, total = exporting.progress_of(job) if job.done_at is None else (job.rows, job.rows)
    return {"job": job, "done": done, "total": total, "deleted_on": job.done_at and job.done_at + job.KEPT}
