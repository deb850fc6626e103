"""Prints certificates in a process of its own, in whichever checkout it is started: `python _printing.py WAY`.

It reads lines from its input: a number asks for that many certificates more and is answered by one line; the end of
input ends it. WAY is `lots`, as a worker here prints many, or `single`, as every worker did before: a task each. It
knows only what both versions have.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def main(way: str) -> None:
    sys.path.insert(0, str(Path.cwd()))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cehours.settings")
    import django

    django.setup()
    work: Callable[[int], None] = {"lots": _lots, "single": _single}[way]
    layouts = _count_layouts() if way == "lots" else [0]
    asked = 0
    for line in sys.stdin:
        asked += int(line)
        work(asked)
        facts = {"database": _backend(), "layouts": layouts[0]}
        sys.stdout.write(json.dumps(facts) + "\n")
        sys.stdout.flush()


def _lots(asked: int) -> None:
    """A lot may print more than was asked for, which the next turn has done already."""
    from certificates import tasks

    while (ready := _ready()) < asked:
        tasks.print_waiting()
        if _ready() == ready:
            raise RuntimeError("a lot printed nothing")


def _single(asked: int) -> None:
    from certificates import tasks

    for key in _pending(asked - _ready()):
        tasks.render(key)


def _system() -> Any:
    try:
        from organizations.acting.actor import Actor
        from organizations.acting.scope import scope
    except ImportError:
        from organizations.actor import Actor
        from organizations.scope import scope
    return scope(Actor.system("bench"))


def _pending(count: int) -> list[str]:
    from organizations.models import OutboxItem

    with _system():
        waiting = OutboxItem.objects.filter(task="certificates.render", state="pending")
        return list(waiting.order_by("created_at", "pk").values_list("key", flat=True)[:count])


def _ready() -> int:
    from certificates.models import Certificate

    with _system():
        return Certificate.objects.filter(state="ready").count()


def _backend() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _count_layouts() -> list[int]:
    """How often WeasyPrint was asked for a page, counted beside the code."""
    from certificates.paper import render

    counted, lay_out = [0], render.laid_out

    def laid_out(*given: Any) -> bytes | None:
        counted[0] += 1
        return lay_out(*given)

    render.laid_out = laid_out
    return counted


if __name__ == "__main__":
    main(sys.argv[1])
