"""已申报学时信息: the hours already on record for the person, and how they come into an application."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

import rules
from applications import queries, services
from applications.filed import facts, records
from applications.filed.facts import policy_of
from applications.files.slips import range_of
from applications.forms.prior import PriorForm
from applications.forms.slip import SlipForm
from applications.models import Application
from applications.presenters import sections
from applications.services.slips import Filled, offers
from applications.views import access
from cehours.lib.refusal import Refusal
from organizations.acting.actor import Actor, ActorRequest
from training import queries as training
from training.models import Source


@dataclass(frozen=True)
class RecognisedYear:
    """One line: (category name, figure) in the policy's order, and their sum."""

    year: int
    figures: tuple[tuple[str, str], ...]
    total: str


def recognised_years(case: Application) -> list[RecognisedYear]:
    """Valid hours per year; of several slips that speak of the same year the largest figure counts."""
    categories = policy_of(case).categories
    best: dict[int, dict[str, Decimal]] = {}
    for row in case.person.recognised.filter(valid=True):
        year = best.setdefault(row.year, {})
        year[row.category] = max(row.hours, year.get(row.category, Decimal(0)))
    return [
        RecognisedYear(
            year,
            tuple((each.name, rules.number_text(hours.get(each.key, Decimal(0)))) for each in categories),
            rules.number_text(sum(hours.values(), Decimal(0))),
        )
        for year, hours in sorted(best.items())
    ]


@dataclass(frozen=True)
class Slip:
    """One of the person's own certificates: the years of the span it covers, and which are still missing."""

    number: str
    years: tuple[int, ...]
    missing: tuple[int, ...]


def slips(actor: Actor, case: Application) -> list[Slip]:
    """The person's certificates on record that help in this application, by number."""
    rows = records.usable(policy_of(case), training.on_record(actor).filter(source=Source.CERTIFICATE))
    span = set(facts.span_of(case).years)
    filed = set(case.years.values_list("year", flat=True))
    by_number: dict[str, set[int]] = {}
    for row in rows:
        by_number.setdefault(row.number, set()).add(row.year)
    return [
        Slip(number, tuple(sorted(years & span)), tuple(sorted(years & span - filed)))
        for number, years in sorted(by_number.items())
        if years & span
    ]


@require_http_methods(["GET", "POST"])
def prior(request: ActorRequest, pk: UUID) -> HttpResponse:
    """以前年度已认定: a number typed or one of the person's own chosen; its years are filled in at once."""
    case = access.own_case(request, pk)
    if answer := access.closed(request, case):
        return answer
    if request.method == "GET":
        return _prior(request, case, PriorForm())
    form = PriorForm(request.POST)
    if not form.is_valid():
        return _prior(request, case, form, 422)
    try:
        taken = services.take_over(
            actor=request.actor,
            application_id=pk,
            seen=case.version,
            number=form.cleaned_data["number"],
        )
    except Refusal as refusal:
        form.add_error("number", refusal.says)
        return _prior(request, case, form, access.status_of(refusal))
    if taken.added:
        messages.success(request, f"已带入 {_years(taken.added)} 年度的学时，不需要再上传材料。")
    if taken.untouched:
        messages.info(request, f"{_years(taken.untouched)} 年度原来已经填写，没有改动。")
    return redirect("applications:detail", pk)


def _prior(
    request: ActorRequest,
    case: Application,
    form: PriorForm,
    status: int = 200,
    *,
    slip: SlipForm | None = None,
) -> HttpResponse:
    return access.page(
        request,
        "prior",
        case,
        status,
        form=form,
        slips=slips(request.actor, case),
        slip=slip or SlipForm(),
        refused=slip.errors if slip else None,
        offers=offers(request.actor, case),
    )


@require_http_methods(["GET", "POST"])
def slip(request: ActorRequest, pk: UUID) -> HttpResponse:
    """我有旧认定单: one file and its range fill and prove all its years; records on file are ticked with it."""
    case = access.own_case(request, pk)
    if answer := access.closed(request, case):
        return answer
    if request.method == "GET":
        return redirect("applications:prior", pk)
    form = SlipForm(request.POST, request.FILES)
    form.full_clean()
    file = form.file
    if file is not None and form.span is None and (guessed := range_of(file, file.name or "")):
        first, last = guessed
        filled = request.POST.copy()
        filled["prior_from"], filled["prior_to"] = str(first), str(last)
        form = SlipForm(filled)
        form.add_error("prior_from", f"按文件填好了起止年度 {first}—{last} 年。请核对，并再选择一次文件。")
        return _prior(request, case, PriorForm(), 422, slip=form)
    try:
        done = services.fill_in(
            actor=request.actor,
            application_id=pk,
            seen=access.seen(request),
            file=file,
            filename=(file.name or "") if file else "",
            span=form.span,
            take=form.take,
        )
    except Refusal as refusal:
        field = getattr(refusal, "field", "")
        form.add_error(field if field in form.fields else None, refusal.says)
        return _prior(request, case, PriorForm(), access.status_of(refusal), slip=form)
    _say_filled(request, done)
    left = sections.missing_years(case)
    if len(left) == 1 and facts.span_of(case).required:  # one new year beside the slip: it is what comes next
        return redirect(f"{reverse('applications:year_add', args=[pk])}?year={left[0]}")
    return redirect("applications:detail", pk)


def _say_filled(request: ActorRequest, done: Filled) -> None:
    if done.added:
        hours = "单上写明的学时" if done.stated else "达到规定学时"
        correct = (
            "请核对学时与单上是否一致。" if done.stated else "单上写有学时的，请打开相应年度改成单上的数。"
        )
        messages.success(
            request,
            f"已按认定单填好 {_years(done.added)} 年度（{hours}），认定单就是这些年度的佐证材料。{correct}",
        )
    if done.untouched:
        messages.info(
            request, f"{_years(done.untouched)} 年度原来已经填写，没有改动；认定单也可以证明这些年度。"
        )
    if done.ticked:
        messages.success(request, f"已勾选 {_years(done.ticked)} 年度的系统记录，不需要上传材料。")
    if done.contained:
        messages.info(request, f"{_years(done.contained)} 年度的系统记录已包含在认定单里，没有重复勾选。")


@require_POST
def slip_look(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The range that a chosen file's name or text says, for the page's script; empty where it says none."""
    access.own_case(request, pk)
    file = SlipForm(request.POST, request.FILES).file
    found = range_of(file, file.name or "") if file is not None else None
    return JsonResponse({"from": found[0], "to": found[1]} if found else {})


@require_POST
def bring_in(request: ActorRequest, pk: UUID) -> HttpResponse:
    """带入上次申报: the years of the person's last finished application."""
    case = access.own_case(request, pk)
    earlier = queries.last_filed(case)
    if answer := access.closed(request, case):
        return answer
    if earlier is None:
        messages.info(request, "没有可以带入的申报，请直接填写各年度。")
        return redirect("applications:detail", pk)
    try:
        added = services.bring_in(
            actor=request.actor, application_id=pk, seen=case.version, source_id=earlier.pk
        )
    except Refusal as refusal:
        return access.refused(request, refusal, back=access.url_of(case))
    messages.success(request, f"已带入 {_years(added)} 年度，请逐年核对。")
    return redirect("applications:detail", pk)


def _years(years: tuple[int, ...]) -> str:
    return "、".join(str(year) for year in years)
