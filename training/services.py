"""Writes of the training registry."""

from __future__ import annotations

import rules
from training.models import TrainingBase


def load_bases(policy: rules.Policy) -> int:
    """Enters or updates the national bases that a policy lists (annex 1); returns how many."""
    rows = [TrainingBase(name=base.name, platform=base.platform) for base in policy.bases]
    TrainingBase.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["name"], update_fields=["platform"]
    )
    return len(rows)
