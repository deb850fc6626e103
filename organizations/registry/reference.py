"""Reference data that is the same for everybody: the administrative divisions (GB/T 2260)."""

from __future__ import annotations

import csv
from pathlib import Path

from organizations.models import Region

REGIONS = Path(__file__).parent / "data" / "regions.csv"


def load_regions(path: Path = REGIONS) -> int:
    """Enters or updates regions from a CSV file (code, name, level, parent); returns how many."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            Region(code=row["code"], name=row["name"], level=row["level"], parent_id=row["parent"] or None)
            for row in csv.DictReader(file)
        ]
    Region.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["code"], update_fields=["name", "level", "parent"]
    )
    return len(rows)
