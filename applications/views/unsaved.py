"""保存 and 放弃 beside content that is not part of the application yet: on the task list and before submitting."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from applications import services
from applications.filed import facts
from applications.forms import HeaderForm
from applications.forms.typed import as_data
from applications.models import Application
from applications.presenters.sections import Section, YearSection
from applications.presenters.unsaved import Unsaved, unsaved
from applications.services import drafts
from applications.views import access, year_page
from cehours.lib.refusal import Refusal
from organizations.acting.actor import ActorRequest

BACK = {"check": "applications:check", "detail": "applications:detail"}


@require_POST
def draft_settle(request: ActorRequest, pk: UUID, section: str) -> HttpResponse:
    """`act`: save (the draft becomes part of the application) or drop; `back`: the page the buttons stand on.

    What cannot be saved as it stands is opened where it can be put right; what was saved elsewhere meanwhile
    is compared first.
    """
    case = access.own_case(request, pk)
    if answer := access.closed(request, case):
        return answer
    part = access.section(request, case, section)
    back = redirect(BACK.get(request.POST.get("back", ""), BACK["detail"]), case.pk)
    kept = next((each for each in unsaved(request.actor, case) if each.part.key == part.key), None)
    if kept is None:
        messages.info(request, f"{part.title}没有未保存的修改。")
        return back
    try:
        if request.POST.get("act") == "drop":
            drafts.forget(actor=request.actor, application_id=case.pk, section=part.key)
            messages.success(request, f"已放弃{kept.title}未保存的修改。")
            return back
        return _saved(request, case, kept) or back
    except Refusal as refusal:
        return access.refused(request, refusal, back=part.url)


def _saved(request: ActorRequest, case: Application, kept: Unsaved) -> HttpResponse | None:
    """Saves what is kept; the page to go to instead where it cannot be saved."""
    if not kept.clear:
        return redirect(kept.compare_url)
    if not _save(request, case, kept.part, kept.draft.fields):
        messages.warning(request, f"{kept.title}还没有填好，不能保存，请补充后点“保存”。")
        return redirect(kept.part.url)
    messages.success(request, f"已保存{kept.title}的修改。")
    return None


def _save(request: ActorRequest, case: Application, part: Section, typed: dict[str, list[str]]) -> bool:
    """Whether the section's own form takes what was typed; then it is saved."""
    data = as_data(typed)
    act: dict[str, Any] = {"actor": request.actor, "application_id": case.pk, "seen": case.version}
    if isinstance(part, YearSection):
        sheet = year_page.sheet_of(part, data)
        if not sheet.is_valid():
            return False
        save = services.save_year if part.entry else services.add_year
        save(**act, year=sheet.year, activities=sheet.activities(), records=sheet.records.keys)
        return True
    form = HeaderForm(data, case=case, policy=facts.policy_of(case))
    if form.is_valid():
        services.save_header(**act, data=form.values())
    return form.is_valid()
