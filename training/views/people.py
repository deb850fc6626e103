"""The list of people of a plan, who came, and how somebody is really written."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from cehours.lib import clock
from cehours.lib.idnumbers import BadIdNumber
from cehours.lib.masking import mask_id
from cehours.lib.refusal import Refusal
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotAllowed, NotYours
from organizations.forms.fields import show_refusal
from organizations.views.answers import form_page, missing_unless_yours
from training import services
from training.forms import AttendanceForm, CorrectForm, NameFilter, PeopleForm, tried
from training.models import PlanState, TrainingPlan
from training.plans import queries, roster
from training.plans import rules as plan_rules
from training.services.attendance import LIST_CLOSED, NOT_ACCEPTED, NOT_OVER
from training.views.writing import seen

MOST_NAMED = 20  # people without hours in one sentence; the list below marks them all


@missing_unless_yours
def people(request: ActorRequest, pk: UUID) -> HttpResponse:
    """参训名单: who is on it, and how to add. What was read of a list is shown before anybody is added."""
    plan = queries.own_plan(request.actor, pk)
    if plan.state == PlanState.HELD or not plan_rules.is_open(plan):
        messages.error(request, LIST_CLOSED)
        return redirect("training:plan", pk)
    narrowed = NameFilter(request.GET)
    text = narrowed.cleaned_data["q"] if narrowed.is_valid() else ""
    known = queries.known_people(plan, text)
    form = PeopleForm(request.POST or None, request.FILES or None, known=known)
    read: list[roster.Named] | None = None
    if request.method == "POST" and form.is_valid():
        read = _read(form)
        looked_at = read is not None and form.cleaned_data["confirmed"] == roster.digest(read)
        if (looked_at or read == []) and _added(request, pk, form, read or []):
            return redirect("training:people", pk)
        if read and not form.errors:  # what a file held stands in the field from now on
            form = PeopleForm(
                {**request.POST.dict(), "pasted": roster.written(read), "known": form.cleaned_data["known"]},
                known=known,
            )
    attendees = list(plan.attendees.all())
    context = {
        "plan": plan,
        "attendees": attendees,
        "filter": narrowed,
        "text": text,
        "known": known,
        "ticked": len(form["known"].value() or ()),
        "read": _shown(read or []),
        "digest": roster.digest(read or []),
    }
    return form_page(request, "training/people.html", form, context)


@require_POST
@missing_unless_yours
def remove(request: ActorRequest, pk: UUID, attendee: UUID) -> HttpResponse:
    try:
        gone = services.remove_person(actor=request.actor, plan_id=pk, attendee_id=attendee)
    except NotYours:
        raise
    except NotAllowed as refusal:
        messages.error(request, refusal.says)
        return redirect("training:plan", pk)
    messages.success(request, f"{gone.name}已移出名单。")
    return redirect("training:people", pk)


@missing_unless_yours
def attendance(request: ActorRequest, pk: UUID) -> HttpResponse:
    """登记出勤, and its correction."""
    plan = queries.own_plan(request.actor, pk)
    if plan.was_accepted and plan_rules.is_by_day(plan):
        return redirect("training:attendance_days", pk)
    if not plan.was_accepted or clock.today() < plan.last_day:
        messages.error(request, NOT_OVER if plan.was_accepted else NOT_ACCEPTED)
        return redirect("training:plan", pk)
    form = AttendanceForm(request.POST or None, attendees=plan.attendees.all())
    refusal: NotAllowed | None = None
    if request.method == "POST" and form.is_valid():
        present = {UUID(key) for key in form.cleaned_data["present"]}
        try:
            services.record_attendance(actor=request.actor, plan_id=pk, seen=seen(request), present=present)
        except NotYours:
            raise
        except NotAllowed as problem:
            refusal = problem
            show_refusal(form, problem)
        else:
            tell_credited(request, plan)
            return redirect("training:plan", pk)
    return form_page(request, "training/attendance.html", form, {"plan": plan}, refusal=refusal)


@missing_unless_yours
def correct(request: ActorRequest, pk: UUID, attendee: UUID) -> HttpResponse:
    """更正: a name or number that was written wrongly, also after the training."""
    plan = queries.own_plan(request.actor, pk)
    listed = plan.attendees.filter(pk=attendee).first()
    if listed is None:
        raise NotYours(queries.NO_PLAN)
    written = {"name": listed.name, "id_kind": listed.id_kind}
    form = CorrectForm(request.POST or None, initial=written)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            done = services.correct_person(
                actor=request.actor, plan_id=pk, attendee_id=attendee, **form.cleaned_data
            )
        except NotYours:
            raise
        except BadIdNumber as problem:
            form.add_error("id_number", problem.says)
        except Refusal as problem:
            refusal = problem
            show_refusal(form, problem)
        else:
            follows = f"，{done.name}的学时已记入本人台账" if done.credited_at else ""
            messages.success(request, f"名单已更正{follows}。")
            return redirect("training:plan", pk)
    context = {"plan": plan, "listed": listed}
    return form_page(request, "training/person_correct.html", form, context, refusal=refusal)


def tell_credited(request: ActorRequest, plan: TrainingPlan) -> None:
    """Says of how many the hours stand on record, and names those whose do not, and why."""
    came = list(plan.attendees.filter(attended=True))
    waiting = [each.name for each in came if each.credited_at is None]
    messages.success(
        request, f"已登记出勤 {len(came)} 人，其中 {len(came) - len(waiting)} 人的学时已记入本人台账。"
    )
    if waiting:
        names = "、".join(waiting[:MOST_NAMED]) + ("等" if len(waiting) > MOST_NAMED else "")
        messages.warning(
            request,
            f"{names}（{len(waiting)} 人）的学时没有记入：没有找到姓名和证件号码都一致的注册人员。"
            "写错的请在下面的名单中更正；还没有注册的，本人注册后自动记入。",
        )


def _read(form: PeopleForm) -> list[roster.Named] | None:
    """Everybody in the field and the file, once each; None when the form says what cannot be read."""
    pasted, content = form.cleaned_data["pasted"], form.cleaned_data["file"]
    people = tried(form, "pasted", lambda: roster.read(pasted))
    people += tried(form, "file", lambda: roster.read_file(content) if content else [])
    return None if form.errors else list(dict.fromkeys(people))


def _shown(read: list[roster.Named]) -> list[tuple[str, str, str]]:
    """(name, kind, masked number) of what was read."""
    return [(each.name, each.kind_label, mask_id(each.id_number)) for each in read]


def _added(request: ActorRequest, pk: UUID, form: PeopleForm, read: list[roster.Named]) -> bool:
    """Whether the people are on the list now; else the form says why not."""
    try:
        done = services.add_people(
            actor=request.actor,
            plan_id=pk,
            pasted=roster.written(read),
            known=form.cleaned_data["known"],
        )
    except NotYours:
        raise
    except Refusal as refusal:
        show_refusal(form, refusal)
        return False
    again = f"，另有 {done.already} 人原已在名单上" if done.already else ""
    messages.success(request, f"已加入 {done.added} 人{again}。")
    return True
