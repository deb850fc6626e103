"""What printing needs: said by `manage.py check`, demanded when a worker that prints starts."""

from __future__ import annotations

from typing import Any

import structlog
from celery.signals import worker_init
from django.core.checks import CheckMessage, register
from django.core.checks import Warning as CheckWarning

from certificates.fonts import font_problems

QUEUE = "render"
log = structlog.get_logger(__name__)


@register()
def certificates_can_be_printed(**_: Any) -> list[CheckMessage]:
    """Only a warning: a web server without fonts serves everything but the printing."""
    return [CheckWarning(problem, id="certificates.W001") for problem in font_problems()]


@worker_init.connect
def require_fonts(sender: Any, **_: Any) -> None:
    """A worker that takes print jobs does not start where it could not do them.

    Celery logs an Exception of a signal handler and starts all the same; SystemExit it lets through.
    """
    if QUEUE not in sender.app.amqp.queues.consume_from:
        return
    if problems := font_problems():
        log.critical("cannot_print", problems=problems)
        raise SystemExit("".join(problems))
