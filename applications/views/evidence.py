"""上传附件 (annex 3, step 8): the files of one year. A script sends them one by one, a plain form all at once."""

from __future__ import annotations

from typing import IO
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from applications import services
from applications.filed import facts
from applications.filed.folder import asking_for
from applications.forms import EvidenceSheet, PaperLabel
from applications.models import Application, Evidence
from applications.presenters.evidence_tiles import address, browser_checks, context_of
from applications.presenters.refusals import remarks_of_year
from applications.views import access
from cehours.lib import uploads
from cehours.lib.refusal import Refusal
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotYours

NOTHING_CHOSEN = "请先选择要上传的文件，再点击“上传”。"
UNREADABLE_NAME = "已收到内容，但文件名的编码无法识别，没有保存。请把文件名改为字母、数字后重新上传。"
WITHOUT_A_FILE = 16 * 1024  # bytes that a form of this page never has without a file
SEALED = "请核对新文件上是否盖有公章。盖有的，点该文件的“更改”，勾选“已加盖公章”。"
CLOSED = "这份申报现在不能修改，文件没有上传。请刷新页面查看申报状态。"


@require_http_methods(["GET", "POST"])
def evidence(request: ActorRequest, pk: UUID, year: int) -> HttpResponse:
    """The year's files. Each is taken or refused on its own, and the refused ones say why."""
    case = access.own_case(request, pk)
    if answer := access.closed(request, case):
        return answer_script([CLOSED], 409) if by_script(request) else answer
    access.entry_of(case, year)
    if request.method == "GET":
        return page(request, case, year)
    sheet = EvidenceSheet.typed(facts.policy_of(case), request.POST, request.FILES)
    taken, refused = 0, [] if sheet.chosen else [_nothing(request)]
    for row in sheet.chosen:
        for file in row.files:
            says = _attach(request, case, year, file, row.label)
            taken += not says
            refused += [says] if says else []
    if by_script(request):
        return answer_script(refused)
    if taken:
        messages.success(request, f"已上传 {taken} 个文件。")
    return page(request, case, year, refused, sheet) if refused else redirect(address(case, year))


@require_GET
def evidence_state(request: ActorRequest, pk: UUID, year: int) -> HttpResponse:
    """What changes on the page when a file has arrived, for the script."""
    case = access.own_case(request, pk)
    return changed_part(request, case, year)


@require_http_methods(["GET", "POST"])
def evidence_replace(request: ActorRequest, pk: UUID, evidence_id: UUID) -> HttpResponse:
    """替换附件: another file in the same place, of the same kind unless changed afterwards."""
    case = access.own_case(request, pk)
    if answer := access.closed(request, case):
        return answer_script([CLOSED], 409) if by_script(request) else answer
    paper = access.paper_of(case, evidence_id)
    year, refused = paper.year_entry.year, []
    if request.method == "POST":
        files = request.FILES.getlist("files") + request.FILES.getlist("camera")
        says = _attach(request, case, year, files[0], None, paper) if files else _nothing(request)
        refused = [says] if says else []
        if by_script(request):
            return answer_script(refused)
        if not says:
            messages.success(request, f"已替换“{paper.filename}”。")
            return redirect(address(case, year))
    return access.page(
        request,
        "evidence_replace",
        case,
        422 if refused else 200,
        trail=access.trail(case, (f"{year} 年度佐证材料", address(case, year))),
        paper=paper,
        back=address(case, year),
        refused=[(says, "#id_files") for says in refused],
        limits={"file": uploads.MAX_BYTES // 1024 // 1024},
    )


def _attach(
    request: ActorRequest,
    case: Application,
    year: int,
    file: IO[bytes],
    label: PaperLabel | None,
    replaces: Evidence | None = None,
) -> str:
    """Takes one file; returns nothing, or the sentence that says why it was not taken.

    Without a `label` the file is what the one it replaces was; its seal is asked for anew.
    """
    label, name = label or PaperLabel(stamped=bool(request.POST.get("stamped"))), file.name or ""
    try:
        paper = services.attach(
            actor=request.actor,
            application_id=case.pk,
            year=year,
            file=file,
            filename=name,
            kind=label.kind,
            stamped=label.stamped,
            prior_span=label.prior_span,
            proves=label.proves or None,
            confirmed=_is_said(case, year, label),
            replaces=replaces.pk if replaces else None,
        )
    except NotYours:
        raise Http404 from None
    except Refusal as refusal:
        return refusal.says if by_script(request) else f"{uploads.clean_name(name)}：{refusal.says}"
    if paper.warning:
        messages.warning(request, f"{paper.filename}：{paper.warning}")
    if replaces and replaces.stamped and not paper.stamped:
        messages.warning(request, f"{paper.filename}：{SEALED}")
    return ""


def _is_said(case: Application, year: int, label: PaperLabel) -> bool:
    """Whether a person said what the paper is, and which activity it is there for where several ask for one."""
    if label.guessed:
        return False
    activities = access.entry_of(case, year).activities.all()
    return bool(label.proves) or len(asking_for(facts.policy_of(case), activities, label.kind)) <= 1


def by_script(request: HttpRequest) -> bool:
    """Whether the page's script asks, which reads JSON and keeps the file to try again."""
    return bool(request.headers.get("Accept") == "application/json")


def answer_script(refused: list[str], status: int = 422) -> HttpResponse:
    """One file was sent: taken (200), or refused with `says` (422; 409 when nothing can be changed any more)."""
    return JsonResponse({"says": "".join(refused)}, status=status if refused else 200)


def changed_part(request: ActorRequest, case: Application, year: int, refused: str = "") -> HttpResponse:
    """What is missing and the files, for htmx; `refused` is said above the files."""
    context = context_of(case, access.entry_of(case, year))
    told = [
        str(each) for each in messages.get_messages(request)
    ]  # of the upload before; no page was shown since
    return render(
        request,
        "applications/_evidence_state.html",
        {"case": case, "swapped": True, "refused_act": refused, "told": told, **context},
        status=422 if refused else 200,
    )


def page(
    request: ActorRequest,
    case: Application,
    year: int,
    refused: list[str] | None = None,
    typed: EvidenceSheet | None = None,
) -> HttpResponse:
    """The whole page of one year, with the sentences of what was refused."""
    entry = access.entry_of(case, year)
    return access.page(
        request,
        "evidence",
        case,
        422 if refused else 200,
        **context_of(case, entry, typed),
        remarks=remarks_of_year(case, year),
        refused=[(says, "#upload") for says in refused or []],
        checks=browser_checks(),
    )


def _nothing(request: ActorRequest) -> str:
    """Why no file came. Django leaves out a part whose name is not UTF-8 (a program that sends GBK), silently."""
    sent = int(request.META.get("CONTENT_LENGTH") or 0)
    return UNREADABLE_NAME if sent > WITHOUT_A_FILE else NOTHING_CHOSEN
