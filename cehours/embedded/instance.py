"""Holding a profile: whoever does is the only one who runs it."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TextIO

from cehours.embedded import guard
from cehours.embedded.leftovers import clear_leftovers, read_record
from cehours.embedded.places import Places, private_folder
from cehours.embedded.processes import Failure

GUARD_PATIENCE = 25.0


class Busy(Failure):
    """Another process of ours holds the profile."""


@contextmanager
def held(places: Places, *, outlives_us: bool = False) -> Iterator[None]:
    """Hold the profile while the body runs; what is left of it ends with us unless it is to outlive us.

    The kernel frees the lock however we end. Raises Busy when somebody else holds it.
    """
    places.prepare()
    with places.lock.open("w") as lock:
        _take(lock, places)
        clear_leftovers(places)
        private_folder(places.sockets)
        with nullcontext() if outlives_us else guard.guarded(places, lock.fileno()):
            yield


def _take(lock: TextIO, places: Places) -> None:
    supervisor = read_record(places).supervisor
    # After a hard kill its guard still holds the lock for the moments that clearing up takes.
    patience = GUARD_PATIENCE if supervisor is not None and not supervisor.alive else 1.5
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise Busy(f"“{places.profile}”已经在运行。") from None
            time.sleep(0.05)
        else:
            return
