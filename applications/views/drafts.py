"""自动保存: what is typed is kept while one types; versions of a section are compared and one is chosen."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_http_methods

from applications import queries
from applications.forms.typed import Difference, Typed, differences
from applications.models import Application, Draft
from applications.presenters.sections import Section
from applications.services import drafts
from applications.views import access
from cehours.lib import clock
from cehours.lib.refusal import Refusal
from organizations.acting.actor import ActorRequest

KEPT = "kept"  # the cookie that tells a page's script which of its tabs was saved
SAYS = {
    "stale": "这一部分在别处保存过，与本页打开时不同。您在本页填写的内容没有丢失。",
    "other": "另一个窗口也在填写这一部分，内容与本页不同。",
    "closed": "这份申报现在不能修改，本页填写的内容没有保存。",
}


@require_http_methods(["GET", "POST"])
def draft(request: ActorRequest, pk: UUID, section: str) -> HttpResponse:
    """Autosave (POST) and how things stand (GET), as JSON for the page's script.

    `state`: saved, same (nothing to keep), stale, other, closed or big; `csrf` is a fresh token, because
    signing in again in another tab has made the page's own one worthless.
    """
    case = access.own_case(request, pk)
    if not case.is_editable:
        return _answer(request, "closed", status=409)
    part = access.section(request, case, section)
    tab = _tab(request.POST.get("tab") or request.GET.get("tab", ""))
    if request.method == "POST":
        if not tab:
            return _answer(request, "closed", says="请求不完整，请刷新页面后重试。", status=422)
        typed = part.typed(request.POST)
        try:
            kept = _keep(request, case, part, tab, typed)
        except Refusal as refusal:
            return _answer(request, "big", says=refusal.says, status=access.status_of(refusal))
        state = "saved" if kept else "same"
        opened = request.POST.get("opened", "")
    else:
        state, opened = "open", request.GET.get("opened", "")
    return _answer(request, _standing(request, case, part, tab, opened) or state, part=part, case=case)


def _keep(request: ActorRequest, case: Application, part: Section, tab: str, typed: Typed) -> bool:
    """Keeps what differs from what is saved; returns whether there was anything to keep."""
    act: dict[str, Any] = {
        "actor": request.actor,
        "application_id": case.pk,
        "section": part.key,
        "tab": tab,
    }
    if typed == part.saved:
        drafts.forget(**act)
        return False
    drafts.keep(
        **act,
        fields=typed,
        version=max(access.seen(request), 0),
        opened=_digest(request.POST.get("opened", "")),
        filled_from=_uuid(request.POST.get("filled_from", "")),
        since=_moment(request.POST.get("since", "")),
    )
    return True


def _standing(request: ActorRequest, case: Application, part: Section, tab: str, opened: str) -> str:
    """Whether somebody else was here since the page was opened: saved (stale), or typed (other); else ""."""
    if opened != part.digest:
        return "stale"
    since = _moment((request.POST or request.GET).get("since", ""))
    if since is None:
        return ""
    found = queries.draft_of_another_tab(case, part.key, tab=tab, since=since)
    return "other" if found is not None and found.fields != part.saved else ""


def _answer(
    request: ActorRequest,
    state: str,
    *,
    part: Section | None = None,
    case: Application | None = None,
    says: str = "",
    status: int = 200,
) -> JsonResponse:
    content: dict[str, Any] = {
        "state": state,
        "says": says or SAYS.get(state, ""),
        "time": f"{clock.local(clock.now()):%H:%M:%S}",
        "csrf": get_token(request),
    }
    if part is not None and case is not None:
        content["compare"] = reverse("applications:draft_compare", args=[case.pk, part.key])
    return JsonResponse(content, status=status)


@dataclass(frozen=True)
class Version:
    """One column of the comparison; `draft` None: what is saved."""

    title: str
    draft: Draft | None

    @property
    def key(self) -> str:
        return str(self.draft.pk) if self.draft else ""


@require_http_methods(["GET", "POST"])
def compare(request: ActorRequest, pk: UUID, section: str) -> HttpResponse:
    """Every version of a section, field by field; the one that is chosen is gone on with, the others go."""
    case = access.own_case(request, pk)
    if answer := access.closed(request, case):
        return answer
    part = access.section(request, case, section)
    if request.method == "POST":
        return _chosen(request, case, part)
    kept = [each for each in queries.drafts_of(case, part.key)[:3] if each.fields != part.saved]
    if not kept:
        return redirect(part.url)
    versions = [Version("已保存的内容", None), *(_version(each) for each in kept)]
    return access.page(
        request,
        "compare",
        case,
        part=part,
        versions=versions,
        rows=_rows(part, [part.saved, *(each.fields for each in kept)]),
        trail=access.trail(case, (part.title, part.url)),
    )


def _chosen(request: ActorRequest, case: Application, part: Section) -> HttpResponse:
    act: dict[str, Any] = {"actor": request.actor, "application_id": case.pk, "section": part.key}
    wanted = _uuid(request.POST.get("draft", ""))
    try:
        if wanted is None:
            drafts.forget(**act)
        else:
            drafts.choose(**act, draft_id=wanted, opened=part.digest)
    except Refusal as refusal:
        return access.refused(request, refusal, back=part.url)
    return redirect(part.url)


def _rows(part: Section, versions: list[Typed]) -> list[Difference]:
    return differences(part.answers(typed) for typed in versions)


def _version(kept: Draft) -> Version:
    return Version(f"未保存的内容（{moment(kept.saved_at)}）", kept)


def moment(at: datetime) -> str:
    """14:03:05, with the date before it unless that is today."""
    local = clock.local(at)
    return f"{local:%H:%M:%S}" if local.date() == clock.today() else f"{local:%-m月%-d日 %H:%M:%S}"


def _tab(text: str) -> str:
    return text if re.fullmatch(r"[0-9a-z-]{8,36}", text) else ""


def _digest(text: str) -> str:
    return text if re.fullmatch(r"[0-9a-z]{1,32}", text) else ""


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:  # well written, but no such day
        return None
    # The database cannot shift the first and the last day there are.
    return found if found and found.tzinfo and 2000 <= found.year < 3000 else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@dataclass(frozen=True)
class Resumed:
    """What a section's page says of unsaved content: `draft` fills the form, or `stale` only offers to compare."""

    draft: Draft | None
    stale: Draft | None
    more: bool

    @property
    def at(self) -> str:
        found = self.draft or self.stale
        return moment(found.saved_at) if found else ""


def resumed(case: Application, part: Section) -> Resumed:
    """The newest unsaved content of a section. It fills the form unless the section was saved since (A: compare)."""
    kept = [each for each in queries.drafts_of(case, part.key) if each.fields != part.saved]
    newest = kept[0] if kept else None
    if newest is None:
        return Resumed(None, None, more=False)
    fits = newest.opened == part.digest
    return Resumed(newest if fits else None, None if fits else newest, more=len(kept) > 1)


def page_context(request: ActorRequest, case: Application, part: Section) -> dict[str, Any]:
    """What every page of a section hands to its script, and what it says of unsaved content."""
    found = resumed(case, part) if request.method == "GET" else Resumed(None, None, more=False)
    return {
        "part": part,
        "resumed": found,
        "since": clock.now().isoformat(),
        "tab": _tab(request.POST.get("tab", "")),
        "draft_url": reverse("applications:draft", args=[case.pk, part.key]),
        "compare_url": reverse("applications:draft_compare", args=[case.pk, part.key]),
    }


def saved(request: ActorRequest, response: HttpResponse) -> HttpResponse:
    """Marks the answer to a save, so that the page's script lets go of what it still holds for that tab."""
    tab = _tab(request.POST.get("tab", ""))
    if tab:
        response.set_cookie(
            KEPT, tab, max_age=24 * 3600, path="/applications/", secure=request.is_secure(), samesite="Lax"
        )
    return response


def compared(part: Section, request: ActorRequest) -> list[Difference]:
    """On a page that turned out to be old: what is saved now against what was typed there."""
    return _rows(part, [part.saved, part.typed(request.POST)])
