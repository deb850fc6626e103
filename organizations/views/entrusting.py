"""委托年度: all 中央驻湘单位 on one page, a year at a time, the former year's ticks carried over."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cehours.lib import clock
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotAllowed
from organizations.registry import kept as registry
from organizations.services.entrusting import entrust_year
from organizations.views.answers import OK, REFUSED, missing_unless_yours


@require_http_methods(["GET", "HEAD", "POST"])
@missing_unless_yours
def entrusted(request: ActorRequest) -> HttpResponse:
    units = list(registry.central_units(request.actor))
    year = _year(request.GET.get("year", ""))
    had = registry.entrusted_in(units, year)
    former = registry.entrusted_in(units, year - 1)
    ticked, problem = had or former, ""
    if request.method == "POST":
        ticked = {pk for pk in map(_uuid, request.POST.getlist("unit")) if pk is not None}
        try:
            changed = entrust_year(actor=request.actor, year=year, units=ticked)
        except NotAllowed as refusal:
            problem = refusal.says
        else:
            messages.success(request, f"{year} 年的委托单位已保存，{changed} 个单位有变动。")
            return redirect(f"{reverse('organizations:entrusted')}?year={year}")
    context = {
        "year": year,
        "tabs": [
            {"label": f"{each} 年", "url": f"?year={each}", "count": None, "current": each == year}
            for each in _years()
        ],
        "rows": [(unit, unit.pk in ticked, unit.pk in former) for unit in units],
        "carried": bool(former) and not had and request.method != "POST",
        "problem": problem,
    }
    return render(request, "organizations/entrusted.html", context, status=REFUSED if problem else OK)


def _years() -> list[int]:
    now = clock.today().year
    return [now - 1, now, now + 1]


def _year(typed: str) -> int:
    return int(typed) if typed in map(str, _years()) else clock.today().year


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
