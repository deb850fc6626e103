"""Reference data that is the same for everybody: the administrative divisions (GB/T 2260)."""

from __future__ import annotations

import csv

import rules
from organizations.models import Region


def load_regions() -> int:
    """Enters or updates the regions of the provinces whose policies list them; returns how many."""
    rows = []
    for path in rules.region_files():
        with path.open(encoding="utf-8", newline="") as file:
            rows += [
                Region(
                    code=row["code"], name=row["name"], level=row["level"], parent_id=row["parent"] or None
                )
                for row in csv.DictReader(file)
            ]
    Region.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["code"], update_fields=["name", "level", "parent"]
    )
    return len(rows)
