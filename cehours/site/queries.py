"""What the public pages read from the database: names that everybody may know."""

from __future__ import annotations

from collections.abc import Iterable

from organizations.acting.actor import Actor
from organizations.models import Region


def region_names(actor: Actor, codes: Iterable[str]) -> dict[str, str]:
    """Names of the regions with these codes (GB/T 2260); whoever asks may know them."""
    wanted = set(codes)
    return dict(Region.objects.filter(code__in=wanted).values_list("code", "name")) if wanted else {}
