"""Looking at this machine's processes from outside, as a person with `ps` would."""

import time
from collections.abc import Callable
from pathlib import Path


def mentioning(*texts: object) -> list[str]:
    """The command lines of live processes that contain one of the texts."""
    return _live("cmdline", texts)


def born_with(*texts: object) -> list[str]:
    """The command lines of live processes that were started with one of the texts in their environment."""
    return _live("environ", texts)


def _live(where: str, texts: tuple[object, ...]) -> list[str]:
    wanted = [str(text) for text in texts]
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            searched = (entry / where).read_bytes().decode(errors="replace")
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if any(text in searched for text in wanted):
            found.append(f"{entry.name} {command}")
    return found


def until(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether the condition comes true within the time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
