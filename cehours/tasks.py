from __future__ import annotations

import structlog
from celery import shared_task
from django.conf import settings

from cehours.trail import checkpoint
from organizations.acting.actor import Actor
from organizations.acting.scope import scope

log = structlog.get_logger(__name__)


@shared_task(name="audit.checkpoint")
def take_checkpoint() -> int:
    """Signs how far the trail reaches; returns the size of the log, 0 where no key is configured."""
    if not settings.CHECKPOINT_KEY_FILE:
        log.warning("checkpoint_not_configured")
        return 0
    with scope(Actor.system("audit.checkpoint")):
        return checkpoint.take().size
