"""申报期: the provincial bureau's list of filing sessions, and the form of one."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from applications import queries
from applications.forms.session import SessionForm, policy_choices
from applications.presenters import session_changes as words
from applications.services import session_changes
from applications.services import sessions as services
from cehours.lib import clock
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotAllowed, NotNow, NotYours, Stale
from organizations.views.asking import asked_again

if TYPE_CHECKING:
    from applications.models import FilingSession

OK, CONFLICT, REFUSED = 200, 409, 422
ASKED = "“{}”的修改已提交，请本局另一位管理员确认。确认前仍按原来的规定办理。"


def listing(request: ActorRequest) -> HttpResponse:
    try:
        sessions = services.sessions_kept_by(request.actor)
    except NotYours as refusal:
        raise Http404(refusal.says) from None
    policies = dict(policy_choices(services.province_of(request.actor)))
    rows = [_row(session, policies) for session in sessions]
    waiting = [words.line(change, request.actor) for change in queries.open_session_changes(request.actor)]
    context = {"rows": rows, "waiting": waiting, "may_change": request.actor.is_unit_admin}
    return render(request, "organizations/sessions.html", context)


@asked_again
def new(request: ActorRequest) -> HttpResponse:
    return _edit(request, None)


@asked_again
def edit(request: ActorRequest, pk: UUID) -> HttpResponse:
    return _edit(request, pk)


@asked_again
def remove(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Asks once, then deletes a session that nobody used."""
    try:
        session = services.kept_session(request.actor, pk)
        if request.method != "POST":
            return render(request, "organizations/session_remove.html", {"session": session})
        try:
            name = services.remove_session(actor=request.actor, session_id=pk)
        except NotNow as refusal:
            messages.error(request, refusal.says)
            return redirect("applications:session_edit", pk)
    except NotYours as missing:
        raise Http404(missing.says) from None
    messages.success(request, f"“{name}”已删除。")
    return redirect("applications:sessions")


def _edit(request: ActorRequest, pk: UUID | None) -> HttpResponse:
    try:
        services.sessions_changed_by(request.actor)
        session = services.kept_session(request.actor, pk) if pk else None
        form = SessionForm(
            request.POST or None, province=services.province_of(request.actor), session=session
        )
        refusal: NotAllowed | None = None
        if request.method == "POST" and form.is_valid():
            try:
                says = _save(request, session, form)
            except NotYours:
                raise
            except NotAllowed as problem:
                refusal = problem
                form.add_error(problem.field if problem.field in form.fields else None, problem.says)
            else:
                messages.success(request, says)
                return redirect("applications:sessions")
        return _page(request, session, form, refusal)
    except NotYours as missing:
        raise Http404(missing.says) from None


def _save(request: ActorRequest, session: FilingSession | None, form: SessionForm) -> str:
    """Saves or asks for it; what to tell."""
    data = form.entered()
    saved = f"“{data.name.strip()}”已保存。"
    if session is None:
        services.add_session(actor=request.actor, data=data)
        return saved
    seen = request.POST.get("version", "")
    asked = services.change_session(
        actor=request.actor,
        session_id=session.pk,
        seen=int(seen) if seen.isdecimal() and len(seen) < 10 else -1,
        data=data,
        reason=form.cleaned_data["reason"],
    )
    return ASKED.format(session.name) if asked else saved


def _page(
    request: ActorRequest, session: FilingSession | None, form: SessionForm, refusal: NotAllowed | None
) -> HttpResponse:
    stale = isinstance(refusal, Stale)
    version = "" if session is None else str(session.audit_seq)
    if request.method == "POST" and not stale:
        version = request.POST.get("version", "")
    removable = session is not None and services.is_unused(session)
    two = session is not None and session_changes.needs_two(session)
    waiting = queries.open_session_changes(request.actor).filter(session=session).first() if two else None
    context = {
        "two": two,
        "alone_says": session_changes.ALONE if two and not queries.who_may_confirm(request.actor) else "",
        "waiting": waiting,
        "form": form,
        "session": session,
        "version": version,
        "stale": stale,
        "removable": removable,
    }
    status = CONFLICT if stale else REFUSED if form.errors else OK
    return render(request, "organizations/session_form.html", context, status=status)


def _row(session: FilingSession, policies: dict[str, str]) -> dict[str, object]:
    """A session as the list shows it: local days, and how it stands in a word and a tone."""
    now = clock.now()
    if session.is_open(now):
        state = ("act", "申报中")
    elif session.accepts_reviews(now):
        state = ("wait", "只审核")
    else:
        state = ("done", "已结束") if now >= session.review_until else ("draft", "未开始")
    return {
        "session": session,
        "policy": policies.get(session.policy, session.policy),
        "opens": clock.local(session.opens_at).date(),
        "closes": services.last_day_before(session.closes_at),
        "review_until": services.last_day_before(session.review_until),
        "tone": state[0],
        "state": state[1],
    }
