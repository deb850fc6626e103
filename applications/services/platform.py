"""事业单位培训平台: asked when the year is chosen, for people of public institutions (notice 三(三), A81)."""

from __future__ import annotations

from applications.filed import records
from applications.models import Application
from organizations.acting.actor import Actor
from training import services as training
from training.models import Source


def want_platform_hours(*, actor: Actor, case: Application, year: int) -> None:
    """Has the platform asked for the year's records, where they would count. Waits for nothing and refuses nothing."""
    if not records.not_for(case, Source.PLATFORM):
        training.want_platform(actor=actor, year=year)
