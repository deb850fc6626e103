"""核验单位: assessment bodies that check in batches, known by a key that is shown once."""

from __future__ import annotations

import hashlib
import secrets

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from cehours.lib import clock, names
from certificates.models import AssessmentBody
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotYours
from organizations.services import bureaus

PREFIX = "cv_"
NO_BODY = "没有找到该核验单位。"


def kept_by(actor: Actor) -> QuerySet[AssessmentBody]:
    """All bodies, for the provincial bureau's administrators. Raises NotYours for everybody else."""
    if not bureaus.keeps_bureaus(actor):
        raise NotYours(NO_BODY)
    return AssessmentBody.objects.all()


@transaction.atomic
def admit(actor: Actor, name: str) -> str:
    """Enters a body and returns its key, which is kept nowhere. Raises NotYours, NotAllowed for a known name."""
    _may(actor)
    name = names.tidy(name)
    key = PREFIX + secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            _keep("body_admitted", [name], _digest(key))
    except IntegrityError as error:
        raise NotAllowed(f"“{name}”已经登记过。", field="name") from error
    return key


def renew(actor: Actor, name: str) -> str:
    """A new key; the old one ends at once. Raises NotYours, NotAllowed for an unknown name."""
    key = PREFIX + secrets.token_urlsafe(32)
    _change(actor, "body_key_renewed", name, _digest(key))
    return key


def dismiss(actor: Actor, name: str) -> None:
    """The key ends at once; the body stays on record. Raises NotYours, NotAllowed for an unknown name."""
    _change(actor, "body_dismissed", name, None)


def with_key(key: str) -> AssessmentBody | None:
    """The active body with this key."""
    return AssessmentBody.objects.filter(key_sha256=_digest(key.strip()), active=True).first()


def _may(actor: Actor) -> None:
    if actor.kind != "system":  # the operator's command
        kept_by(actor)


def _change(actor: Actor, act: str, name: str, digest: str | None) -> None:
    _may(actor)
    if _keep(act, [name.strip(), names.tidy(name)], digest) is None:
        raise NotAllowed(f"没有登记过“{name}”。")


def _keep(act: str, called: list[str], digest: str | None) -> int | None:
    """The key of the body; None where none is called so. The database writes body and event, and nobody else may."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT body_is_kept(%s, %s, %s, %s)", [act, called, digest, clock.now()])
        body: int | None = cursor.fetchone()[0]
    return body


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
