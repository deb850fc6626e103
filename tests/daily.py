"""What is generated is tried by the slice: another one every day, all of it with --long."""

from __future__ import annotations

import os
import random
from collections.abc import Iterable

from cehours.lib import clock


class Daily:
    """Draws the same all day long; TEST_DAY=2026-12-01 repeats what that day drew."""

    def __init__(self, *, whole: bool) -> None:
        self.whole = whole
        self.day = os.environ.get("TEST_DAY") or f"{clock.today():%F}"

    def chance(self, about: str) -> random.Random:
        return random.Random(f"{self.day} {about}")

    def some(self, about: str, of: Iterable[str], *, share: float) -> list[str]:
        """So large a share of them, at least one."""
        values = sorted(of)
        return values if self.whole else self.chance(about).sample(values, max(1, round(len(values) * share)))
