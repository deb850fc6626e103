"""The seed of a unit's samples: drawn by the server and kept, so that nobody can choose again for another sample."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from organizations.acting.actor import Actor
from review import permissions
from review.models import SampleSeed


@transaction.atomic
def seed_for(*, actor: Actor) -> UUID:
    """The seed of the actor's unit, drawn now when there is none yet. Raises NotAllowed."""
    permissions.must_be_allowed_to_batch(actor)
    assert actor.unit_id  # permissions asked
    # Of two who choose first at the same moment one draws, and the other waits for it.
    SampleSeed.objects.bulk_create([SampleSeed(unit_id=actor.unit_id)], ignore_conflicts=True)
    return SampleSeed.objects.values_list("seed", flat=True).get(unit_id=actor.unit_id)
