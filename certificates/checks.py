"""What printing needs: said by `manage.py check`, demanded when a worker that prints starts."""

from __future__ import annotations

from typing import Any

import structlog
from celery.signals import worker_init
from django.core.checks import CheckMessage, register
from django.core.checks import Warning as CheckWarning

from certificates import sealing
from certificates.paper.fonts import font_problems, further_font_problems

QUEUE, MANY = "render", "render_many"
log = structlog.get_logger(__name__)


@register()
def certificates_can_be_printed(**_: Any) -> list[CheckMessage]:
    """Only a warning: a web server without fonts or seal serves everything but the printing."""
    return [
        *(CheckWarning(problem, id="certificates.W001") for problem in font_problems()),
        *(CheckWarning(problem, id="certificates.W002") for problem in sealing.problems()),
        *(CheckWarning(problem, id="certificates.W003") for problem in further_font_problems()),
    ]


@worker_init.connect
def require_fonts_and_seal(sender: Any, **_: Any) -> None:
    """A worker takes no print jobs where it could not do them; one that does nothing else does not start.

    The jobs wait in their rows for a worker with fonts and a seal. Celery logs an Exception of a signal handler and
    starts all the same; SystemExit it lets through.
    """
    queues = sender.app.amqp.queues
    if QUEUE not in queues.consume_from:
        return
    if problems := font_problems() + sealing.problems():
        log.critical("cannot_print", problems=problems)
        if set(queues.consume_from) <= {QUEUE, MANY}:
            raise SystemExit("".join(problems))
        queues.deselect([QUEUE, MANY])
    else:
        queues.select_add(
            queues.new_missing(MANY)
        )  # who prints one prints many as well, whatever its command names
