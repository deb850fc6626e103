"""A process that holds the data stores of a profile: `python -m tests.dev.holder PROFILE`."""

import signal
import sys
import time
from types import FrameType

from cehours.embedded import datastores, postgres
from cehours.embedded.console import Console
from cehours.embedded.places import places


def main(profile: str) -> None:
    def leave(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, leave)
    with datastores.running(Console(sys.stderr), places(profile), options=postgres.FAST):
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            time.sleep(60)


if __name__ == "__main__":
    main(sys.argv[1])
