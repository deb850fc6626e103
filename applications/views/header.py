"""申报相关信息 (annex 3, step 6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from applications import queries, services
from applications.filed import facts
from applications.filed import header as catalogue
from applications.forms import HeaderForm
from applications.forms.employer import Settled, found
from applications.models import Application
from applications.presenters.sections import HeaderSection
from applications.views import access, drafts
from applications.views.records import recognised_years
from cehours.lib.refusal import Refusal
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import Stale
from organizations.registry import identity
from organizations.registry import lookup as registry


@require_http_methods(["GET", "POST"])
def header(request: ActorRequest, pk: UUID) -> HttpResponse:
    """`act`: find (look for a unit, save nothing), keep (暂存) or next (下一步)."""
    case = access.own_case(request, pk)
    if answer := access.closed(request, case):
        return answer
    policy = facts.policy_of(case)
    part = HeaderSection(case)
    if request.method == "GET":
        draft = drafts.resumed(case, part).draft
        typed = {name: values[-1] for name, values in draft.fields.items()} if draft else {}
        blank = dict.fromkeys(part.saved, "") if draft else {}
        form = HeaderForm(case=case, policy=policy, initial={**blank, **typed})
        return _page(request, case, form)
    act = request.POST.get("act", "next")
    if act == "find":
        form = HeaderForm(case=case, policy=policy, initial=request.POST.dict())
        return _page(request, case, form, find=request.POST.get("employer_name", ""))
    settled = Settled(request.POST, case)
    form = HeaderForm(
        settled.data, case=case, policy=policy, complete=act == "next", unsettled=settled.unsettled
    )
    if not form.is_valid():
        return _page(request, case, form, 422, find=settled.find, filled_in=settled.says)
    try:
        services.save_header(
            actor=request.actor,
            application_id=pk,
            seen=access.seen_in(request, case, part),
            data=form.values(),
        )
    except Refusal as refusal:
        return _refused(request, case, form, refusal)
    saved = "基本信息已保存。" if act == "next" else "已暂存，可以随时回来继续填写。"
    messages.success(request, "".join((saved, *settled.says)))
    return drafts.saved(request, redirect("applications:detail", case.pk))


def _refused(request: ActorRequest, case: Application, form: HeaderForm, refusal: Refusal) -> HttpResponse:
    """On the page that keeps what was typed; an old page also shows what differs."""
    form.add_error(getattr(refusal, "field", None), refusal.says)
    case = access.own_case(request, case.pk)
    stale = isinstance(refusal, Stale)
    compared = drafts.compared(HeaderSection(case), request) if stale else []
    find = form.data.get("employer_name", "")
    return _page(request, case, form, access.status_of(refusal), find=find, stale=stale, compared=compared)


@require_GET
def employers(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Units that match what is being typed, as the radio buttons of the form (htmx)."""
    case = access.own_case(request, pk)
    form = HeaderForm(case=case, policy=facts.policy_of(case), initial=request.GET.dict())
    return access.page(request, "_employers", case, **_found(form, request.GET.get("employer_name", "")))


def _page(
    request: ActorRequest,
    case: Application,
    form: HeaderForm,
    status: int = 200,
    *,
    find: str = "",
    filled_in: Sequence[str] = (),
    **more: Any,
) -> HttpResponse:
    return access.page(
        request,
        "header",
        case,
        status,
        filled_in=filled_in,
        example=registry.example_employer(),
        from_account=_from_account(case, form),
        name_problem=catalogue.unprintable_name(case),
        recognised=recognised_years(case),
        categories=form.policy.categories,
        earlier=queries.last_filed(case) if not case.years.exists() else None,
        **drafts.page_context(request, case, HeaderSection(case)),
        **_found(form, find),
        **more,
    )


def _from_account(case: Application, form: HeaderForm) -> list[catalogue.Line]:
    """What the form does not ask, because the account knows it."""
    number = identity.shown_masked(case.id_cipher, table="application", pk=case.pk)
    known = catalogue.frozen(case, form.policy)
    shown = catalogue.lines(known, form.policy, catalogue.Place.CHECK, number=number)
    return [line for line in shown if line.field.key not in form.fields]


def _found(form: HeaderForm, find: str) -> dict[str, Any]:
    """The units to offer: those that match, and apart from them the one that is chosen already."""
    chosen, matching = form.chosen_employer(), found(find)
    apart = chosen if chosen not in matching else None
    form.show_employers([*([apart] if apart else []), *matching])
    radios = list(form["employer"])
    return {
        "form": form,
        "find": find,
        "matching": matching,
        "apart": radios[: 1 if apart else 0],
        "offered": radios[1 if apart else 0 :],
        "placed_for": chosen.pk if chosen else "",
    }
