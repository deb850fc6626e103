from __future__ import annotations

from celery import shared_task

from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from training import services


@shared_task(name="training.credit_late")
def credit_late() -> int:
    """Hours for those who registered after their training; run by the hour."""
    with scope(Actor.system("training.credit_late")):
        return services.credit_late()
