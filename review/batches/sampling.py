"""A sample of a batch to be looked at before it starts (A60): drawn from a seed, so that it can be drawn again."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from uuid import UUID

RATE = 0.05


def draw(seed: UUID, cases: Iterable[UUID]) -> list[UUID]:
    """5 % of the cases, at least one of any: those whose SHA-256 with the seed comes first.

    Whoever knows the seed (the unit's, on record with the batch) draws the same; leaving out a case changes no
    other's place, so what was drawn once is drawn in every later batch until somebody decided it.
    """
    drawn = sorted(cases, key=lambda case: hashlib.sha256(f"{seed}:{case}".encode()).digest())
    return drawn[: math.ceil(len(drawn) * RATE)]
