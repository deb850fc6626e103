"""核验单位: assessment bodies that check in batches, known by a key that is shown once."""

from __future__ import annotations

import hashlib
import secrets

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from cehours.lib import names
from certificates.models import AssessmentBody
from organizations import audit
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotYours
from organizations.models import Unit
from organizations.models.region import RegionLevel
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
            body = AssessmentBody.objects.create(name=name, key_sha256=_digest(key))
    except IntegrityError as error:
        raise NotAllowed(f"“{name}”已经登记过。", field="name") from error
    _note(actor, "body_admitted", body)
    return key


@transaction.atomic
def renew(actor: Actor, name: str) -> str:
    """A new key; the old one ends at once. Raises NotYours, NotAllowed for an unknown name."""
    key = PREFIX + secrets.token_urlsafe(32)
    _change(actor, "body_key_renewed", name, key_sha256=_digest(key), active=True)
    return key


@transaction.atomic
def dismiss(actor: Actor, name: str) -> None:
    """The key ends at once; the body stays on record. Raises NotYours, NotAllowed for an unknown name."""
    _change(actor, "body_dismissed", name, active=False)


def with_key(key: str) -> AssessmentBody | None:
    """The active body with this key."""
    return AssessmentBody.objects.filter(key_sha256=_digest(key.strip()), active=True).first()


def _may(actor: Actor) -> None:
    if actor.kind != "system":  # the operator's command
        kept_by(actor)


def _change(actor: Actor, act: str, name: str, **values: object) -> None:
    _may(actor)
    known = AssessmentBody.objects.select_for_update(of=("self",))
    body = known.filter(name__in={name.strip(), names.tidy(name)}).first()
    if body is None:
        raise NotAllowed(f"没有登记过“{name}”。")
    AssessmentBody.objects.filter(pk=body.pk).update(**values)
    _note(actor, act, body)


def _note(actor: Actor, act: str, body: AssessmentBody) -> None:
    """On record in the province's chain: a body has none of its own."""
    province = Unit.objects.filter(bureau_level=RegionLevel.PROVINCE, active=True)
    unit = actor.unit or province.order_by("region", "pk").first()
    if unit is not None:
        audit.record(actor, act, unit, body=body.pk)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
