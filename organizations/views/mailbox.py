"""The demo's mailbox: mails and SMS that would have left, with their codes and links."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render

from organizations.accounts import second_factor
from organizations.acting.actor import ActorRequest
from organizations.messaging import channels
from organizations.registry import kept as registry


@login_not_required
def show(request: ActorRequest) -> HttpResponse:
    if not settings.DEMO:
        raise Http404
    letters = [
        {"message": message, "channel": channels.by_key(message.channel).name}
        for message in registry.last_messages()
    ]
    context = {"letters": letters, "codes": second_factor.codes_of_demo()}
    return render(request, "organizations/mailbox.html", context)
