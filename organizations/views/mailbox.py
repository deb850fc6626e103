"""The demo's mailbox: mails and SMS that would have left, with their codes and links."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render

from organizations.accounts import second_factor
from organizations.acting.actor import ActorRequest
from organizations.messaging import channels, mailbox


@login_not_required
def show(request: ActorRequest) -> HttpResponse:
    if not settings.DEMO:
        raise Http404
    letters = [
        {"message": letter, "channel": channels.by_key(letter["channel"]).name} for letter in mailbox.last()
    ]
    context = {"letters": letters, "codes": second_factor.codes_of_demo()}
    return render(request, "organizations/mailbox.html", context)
