"""接口密钥 of a provider: made, rotated and ended by its administrators; the secret is shown once."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from cehours.lib import clock
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotAllowed, NotYours
from organizations.forms.fields import show_refusal
from organizations.views.answers import form_page, missing_unless_yours
from organizations.views.asking import asked_again, asked_again_to_act
from training import services
from training.feed_forms import KeyForm
from training.feeds import queries
from training.models import Scope
from training.services import MadeKey


@never_cache  # the answer shows a secret, this once
@missing_unless_yours
@asked_again_to_act
def listing(request: ActorRequest) -> HttpResponse:
    provider = queries.own_provider(request.actor, admin=True)
    form = KeyForm(request.POST or None, provider=provider)
    made: MadeKey | None = None
    if request.method == "POST" and form.is_valid():
        try:
            made = services.make_credential(actor=request.actor, scopes=form.cleaned_data["scopes"])
        except NotYours:
            raise
        except NotAllowed as refusal:
            show_refusal(form, refusal)
    return _page(request, form, made)


@never_cache
@require_POST
@missing_unless_yours
@asked_again
def rotate(request: ActorRequest, pk: UUID) -> HttpResponse:
    """A new key; the old one is good for some days more."""
    try:
        made = services.rotate_credential(actor=request.actor, credential_id=pk)
    except NotYours:
        raise
    except NotAllowed as refusal:
        messages.error(request, refusal.says)
        return redirect("learning:keys")
    return _page(request, KeyForm(provider=queries.own_provider(request.actor, admin=True)), made)


@require_POST
@missing_unless_yours
@asked_again
def end(request: ActorRequest, pk: UUID) -> HttpResponse:
    key = services.end_credential(actor=request.actor, credential_id=pk)
    messages.success(request, f"密钥 {key.key_id} 已停用。")
    return redirect("learning:keys")


def _page(request: ActorRequest, form: KeyForm, made: MadeKey | None) -> HttpResponse:
    now = clock.now()
    names = dict(Scope.choices)
    rows = [
        {
            "key": key,
            "scopes": "；".join(names[scope] for scope in key.scopes),
            "alive": key.ends_at is None or key.ends_at > now,
        }
        for key in queries.own_provider(request.actor, admin=True).credentials.all()
    ]
    return form_page(request, "learning/keys.html", form, {"rows": rows, "made": made})
