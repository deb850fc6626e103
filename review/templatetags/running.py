"""What a change of units, members or sessions touches, said on the page before it is saved (A77)."""

from __future__ import annotations

from typing import Any

from django import template

from applications.holding.deciders import Why
from applications.models import FilingSession
from organizations.acting.actor import Actor
from organizations.models import Membership, Unit
from review.stuck import queries

register = template.Library()


@register.inclusion_tag("review/_running.html")
def running_at(unit: Unit | None, change: str, actor: Actor) -> dict[str, Any]:
    """The running cases of a unit; `change`: "unit" for its registration, "member" for losing one."""
    reasons = queries.reasons_at(unit) if unit is not None and unit.pk else {}
    last = change == "member" and unit is not None and Membership.objects.filter(unit=unit).count() <= 2
    return {
        "unit": unit,
        "change": change,
        "total": sum(reasons.values()),
        "stuck": sum(number for why, number in reasons.items() if why is not None),
        "last": last,
        "bureau": actor.is_bureau,
    }


@register.inclusion_tag("review/_running_in_session.html")
def running_in(session: FilingSession | None) -> dict[str, Any]:
    """The cases of a session that are still in review, and how many of them the end of the review left."""
    reasons = queries.reasons_in(session) if session is not None else {}
    return {"total": sum(reasons.values()), "over": reasons.get(Why.OVER, 0)}
