"""Prints one certificate in a process of its own that dies at a chosen step: `python -m … KEY STEP`.

STEP: render, seal, store (half written), stored, shown (everything but the commit).
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import django


def die(*_: Any, **__: Any) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def after(work: Any) -> Any:
    def done_then_dead(*args: Any, **more: Any) -> Any:
        work(*args, **more)
        die()

    return done_then_dead


def half(save: Any) -> Any:
    def half_written(name: str, content: Any) -> Any:
        from django.core.files.base import ContentFile

        whole = content.read()
        save(name, ContentFile(whole[: len(whole) // 2]))
        die()

    return half_written


def main(key: str, step: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "cehours.settings"
    django.setup()
    from certificates import tasks
    from certificates.paper import render
    from certificates.services import printing

    if step == "render":
        render.render = die
    elif step == "seal":
        printing.sealing.set_on = after(printing.sealing.set_on)
    elif step == "store":
        printing.default_storage.save = half(printing.default_storage.save)
    elif step == "stored":
        printing.default_storage.save = after(printing.default_storage.save)
    elif step == "shown":
        printing._show = after(printing._show)
    tasks.render(key)


if __name__ == "__main__":
    main(*sys.argv[1:])
