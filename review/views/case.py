"""学时核认申报详细: the case, its evidence and, after both, the decision. Looking at it leaves nothing behind."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications.filed import receipt, records
from applications.models import Application
from applications.presenters.timeline import timeline
from applications.states import IN_REVIEW
from cehours.lib import clock
from organizations import audit
from organizations.acting.actor import Actor, ActorRequest
from organizations.acting.errors import NotYours
from review import queries
from review.cases import acts, assessing, comparing, dossier, elsewhere
from review.cases.dossier import Dossier
from review.forms import READY_REASONS, Judgement
from review.lists import desk
from review.presenters import held as held_words
from review.presenters import pane
from review.presenters.origin import WHOLE, Origin

BESIDE = "X-Beside"  # header of a request whose answer is put into the page that is there


def case_or_404(request: ActorRequest, pk: UUID) -> Application:
    """A case in which the actor's unit takes part; for everybody else it is not there."""
    try:
        return queries.case_for(request.actor, pk)
    except NotYours as missing:
        raise Http404(missing.says) from missing


def judgement_of(request: ActorRequest, file: Dossier) -> Judgement:
    """What the request brings of opinion and marks, against what can be recognised at this hop."""
    data = request.POST if request.method == "POST" else None
    return Judgement(policy=file.policy, limits=file.limits, data=data)


@require_http_methods(["GET", "HEAD", "POST"])
def case(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The case page. A POST comes back from the second step (上一步) and shows again what was typed."""
    found = case_or_404(request, pk)
    if request.headers.get("HX-Request"):
        return _evidence_only(request, found)
    file = dossier.of(found)
    return show_case(request, found, file, judgement_of(request, file))


@require_POST
def case_number(request: ActorRequest, pk: UUID) -> HttpResponse:
    """显示完整号码, for who may decide the case: each look is put on record. What was typed stays on the page."""
    found, number = case_or_404(request, pk), ""
    if acts.offer(request.actor, found):
        audit.record(request.actor, "id_number_viewed", found)
        number = desk.full_id(found)
    if number and request.headers.get(BESIDE):
        return render(request, "review/_number.html", {"number": number})
    file = dossier.of(found)
    return show_case(request, found, file, judgement_of(request, file), number=number)


@require_safe
def case_state(request: ActorRequest, pk: UUID) -> JsonResponse:
    """Whether a page that was fetched ahead is still true: version, whether this person may decide it, who has it."""
    found = case_or_404(request, pk)
    offer = acts.offer(request.actor, found)
    claimed = queries.claimed_by_other(request.actor, found) if offer else None
    return JsonResponse(
        {"version": found.version, "open": bool(offer), "claimed": claimed.name if claimed else ""}
    )


@require_safe
def next_case(request: ActorRequest, pk: UUID) -> HttpResponseRedirect:
    """下一件 as of now, in the part of the list from which this case was opened; the list when there is none."""
    found, actor = case_or_404(request, pk), request.actor
    origin = Origin.of(request, actor)
    following = desk.next_case(actor, found, origin.criteria, origin.sort)
    if following.case is None:
        messages.info(request, "待办中没有其他可以办理的申报了。")
        return redirect(origin.inbox)
    return redirect((origin.whole if following.beyond else origin).case(following.case.pk))


def _evidence_only(request: ActorRequest, found: Application) -> HttpResponse:
    """The evidence pane alone, so that turning pages neither loses what is typed nor counts as a new look."""
    origin = Origin.of(request, request.actor)
    file = dossier.of(found)
    shown = pane.pane(request.actor, origin, found.pk, file.papers, request.GET)
    response = render(request, "review/_evidence.html", {"case": found, "file": file, "pane": shown})
    # No history entry: htmx would keep a copy of the page, with all it says of the person, in the browser.
    response["HX-Push-Url"] = "false"
    return response


def show_case(
    request: ActorRequest,
    found: Application,
    file: Dossier,
    judgement: Judgement,
    *,
    status: int = 200,
    number: str = "",
) -> HttpResponse:
    """The case page; with the full identity number only where it was asked for (`number`)."""
    actor = request.actor
    offer, origin = acts.offer(actor, found), Origin.of(request, actor)
    following = desk.next_case(actor, found, origin.criteria, origin.sort)
    changes = _changes(actor, found, file)
    context: dict[str, Any] = {
        "case": found,
        "file": file,
        "hour_unit": file.policy.hours,
        "offer": offer,
        "judgement": judgement,
        "form": judgement.opinion,
        "sheets": [
            (sheet, judgement.years[sheet.year], changes.years.get(sheet.year, ()) if changes else ())
            for sheet in file.years
        ],
        "held": held_words.of(offer.held, actor.user_id, clock.now()) if offer.held else None,
        "claimed": queries.claimed_by_other(actor, found) if offer else None,
        "notes": queries.notes_of(actor, found),
        "note_text": request.POST.get("note", ""),
        "changes": changes,
        "elsewhere": elsewhere.elsewhere(found) if actor.is_bureau else [],
        "fallen": records.fallen([found.pk]).get(found.pk, "") if offer else "",
        "reasons": READY_REASONS,
        "origin": origin,
        "pane": pane.pane(actor, origin, found.pk, file.papers, request.GET),
        "opinions": dossier.opinions(found),
        "timeline": timeline(found, for_reviewer=True),
        "next": following,
        "next_url": following.case and (origin.whole if following.beyond else origin).case(following.case.pk),
        "waiting": desk.waiting_of(found, clock.now()) if found.state in IN_REVIEW else None,
        "trail": trail(request, origin=origin),
        "person": file.person(number or desk.masked_id(found)),
        "number_shown": bool(number),
        "receipt": receipt.number_of(found),
    }
    return render(request, "review/case.html", context, status=status)


def _changes(actor: Actor, found: Application, file: Dossier) -> comparing.Comparison | None:
    """What is new against the submission this unit knows; None when there was none."""
    assert actor.unit_id is not None  # queries.case_for asked
    earlier = assessing.filed_before(found, actor.unit_id)
    return comparing.compare(earlier, file.filed, file.policy) if earlier else None


def trail(
    request: ActorRequest, found: Application | None = None, origin: Origin = WHOLE
) -> list[tuple[str, str]]:
    """Breadcrumb: home, the list, and on the second step the case."""
    items = [("首页", reverse("site:home")), (list_title(request.actor), origin.inbox)]
    if found is not None:
        items.append((f"{found.name}的申报", origin.case(found.pk)))
    return items


def list_title(actor: Actor) -> str:
    return "学时核认待办" if actor.is_bureau else "待办"
