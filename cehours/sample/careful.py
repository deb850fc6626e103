"""The one login of the sample that has a second factor, with a secret that everybody may know."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.conf import settings
from django.db import transaction

from cehours.sample import people
from cehours.sample.accounts import CAREFUL
from organizations.acting.scope import scope
from organizations.models import Unit, User
from organizations.models.device import Kind

NAME = "严证"
NUMBER = 99  # below the applicants'


@transaction.atomic
def enter(province: Unit, region: str) -> None:
    """Enters the person with an authenticator app, once."""
    if User.objects.filter(username=CAREFUL.login).exists():
        return
    actor = people.enter(number=NUMBER, login=CAREFUL.login, name=NAME, region=region, unit=province)
    with scope(actor):
        data = {"secret": encrypt(settings.DEMO_SECOND_FACTOR)}
        Authenticator.objects.create(user=actor.user, type=Kind.CODE, data=data)
