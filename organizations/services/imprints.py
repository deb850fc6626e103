"""本局信息: what a bureau says of itself at the foot of every page."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.db import transaction

from organizations import audit
from organizations.acting.actor import Actor
from organizations.acting.errors import Stale
from organizations.models import Imprint, Unit
from organizations.registry import imprints

STALE = "本局信息刚刚被其他人修改过，您的修改没有保存。请核对最新内容后再保存。"


@dataclass(frozen=True)
class ImprintInput:
    """The fields of Imprint by their names."""

    host: str
    hotline: str
    times: str
    support: str
    privacy_office: str
    privacy_contact: str


@transaction.atomic
def save_imprint(*, actor: Actor, seen: int, data: ImprintInput) -> Imprint:
    """Writes what the actor's bureau says; `seen` is the length of its unit's trail when the form was opened.

    Raises NotYours for all but its administrators, Stale.
    """
    unit, before = imprints.own_imprint(actor)
    unit = Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    if unit.audit_seq != seen:
        raise Stale(STALE)
    fields = asdict(data)
    changed = [name for name, value in fields.items() if value != getattr(before, name, "")]
    imprint, _ = Imprint.objects.update_or_create(unit=unit, defaults=fields)
    if changed:
        audit.record(actor, "imprint_changed", unit, fields=changed)
        imprints.forget()
    return imprint
