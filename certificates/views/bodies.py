"""核验单位: the province's administrators admit assessment bodies, renew their keys and end them."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from certificates.forms import BodyForm
from certificates.models import AssessmentBody
from certificates.verification import bodies
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotAllowed, NotYours
from organizations.views.asking import asked_again, asked_again_to_act

OK, REFUSED = 200, 422


@never_cache  # the answer to an admission shows the key, this once
@asked_again_to_act
def listing(request: ActorRequest) -> HttpResponse:
    """The list, and the form that admits one."""
    try:
        known = bodies.kept_by(request.actor)
    except NotYours as missing:
        raise Http404(missing.says) from None
    form = BodyForm(request.POST or None)
    shown: dict[str, str] = {}
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        try:
            shown = {"name": name, "key": bodies.admit(request.actor, name)}
        except NotAllowed as refusal:
            form.add_error("name", refusal.says)
        else:
            form = BodyForm()
    context = {"form": form, "shown": shown, "bodies": known.all()}
    return render(request, "certificates/bodies.html", context, status=REFUSED if form.errors else OK)


@never_cache
@require_POST
@asked_again
def renew(request: ActorRequest, number: int) -> HttpResponse:
    """Shows a new key, this once; the old one has ended."""
    body = _body(request, number)
    shown = {"name": body.name, "key": bodies.renew(request.actor, body.name)}
    context = {"form": BodyForm(), "shown": shown, "bodies": bodies.kept_by(request.actor)}
    return render(request, "certificates/bodies.html", context)


@require_POST
@asked_again
def end(request: ActorRequest, number: int) -> HttpResponse:
    body = _body(request, number)
    bodies.dismiss(request.actor, body.name)
    messages.success(request, f"“{body.name}”的核验密钥已停用。")
    return redirect("certificates:bodies")


def _body(request: ActorRequest, number: int) -> AssessmentBody:
    try:
        body = bodies.kept_by(request.actor).filter(pk=number).first()
    except NotYours as missing:
        raise Http404(missing.says) from None
    if body is None:
        raise Http404(bodies.NO_BODY)
    return body
