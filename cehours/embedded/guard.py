"""Outlives a supervisor that was killed, and clears up after it.

It holds the profile's lock together with the supervisor and waits for the pipe between them to close.
After a clean end there is no record and nothing to do. The death signals of processes.py come first;
this is for what they cannot reach: children of children, and systems without them.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from cehours.embedded import leftovers
from cehours.embedded.places import REPO, Places, places


@contextmanager
def guarded(here: Places, lock: int) -> Iterator[None]:
    """A guard watches while the body runs; `lock` is the file that the profile is locked by."""
    reader, writer = os.pipe()
    guard = subprocess.Popen(
        [sys.executable, "-m", "cehours.embedded.guard", here.profile],
        cwd=REPO,
        stdin=reader,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=[lock],
        start_new_session=True,
    )
    os.close(reader)
    try:
        yield
    finally:
        os.close(writer)
        guard.wait()


def main(profile: str) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    here = places(profile)
    if here.record.exists():
        leftovers.clear_leftovers(here, just_now=True)


if __name__ == "__main__":
    main(sys.argv[1])
