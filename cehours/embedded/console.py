"""Steps that show they move and how long each took, on a terminal and through a pipe."""

import sys
import threading
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from shutil import get_terminal_size
from typing import TextIO

SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
TICK_ON_TERMINAL = 0.1
TICK_ON_PIPE = 10.0
COLUMNS_ON_PIPE = 120


class Step:
    """One running step; `note` says what it is doing right now. An error fails it, and so does `failed`."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.detail = ""
        self.failed = False
        self.started = time.monotonic()

    def note(self, detail: str) -> None:
        self.detail = " ".join(detail.split())

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started


class Console:
    """Writes progress to one stream and never mixes a half-drawn line with a finished one."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream if stream is not None else sys.stdout
        self.live = self.stream.isatty()
        self._lock = threading.Lock()
        reconfigure = getattr(self.stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")  # a terminal without Chinese shows marks instead of dying

    def say(self, text: str = "") -> None:
        with self._lock:
            self._wipe()
            print(text, file=self.stream, flush=True)

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """Show `title` while the body runs, then ✓ or ✗ and the seconds it took."""
        step = Step(title)
        done = threading.Event()
        if not self.live:
            self.say(f"  {title} …")
        ticker = threading.Thread(target=self._tick, args=(step, done), daemon=True)
        ticker.start()
        try:
            yield step
        except BaseException:
            step.failed = True
            raise
        finally:
            done.set()
            ticker.join()
            self.say(f"{'✗' if step.failed else '✓'} {title}  {step.seconds:.1f} 秒")

    def _tick(self, step: Step, done: threading.Event) -> None:
        turn = 0
        while not done.wait(TICK_ON_TERMINAL if self.live else TICK_ON_PIPE):
            detail = f" · {step.detail}" if step.detail else ""
            if self.live:
                self._draw(f"{SPINNER[turn % len(SPINNER)]} {step.title}  {step.seconds:.0f} 秒{detail}")
            else:
                self.say(fit(f"  … {step.title}  {step.seconds:.0f} 秒{detail}", COLUMNS_ON_PIPE))
            turn += 1

    def _draw(self, text: str) -> None:
        with self._lock:
            self._wipe()
            self.stream.write(fit(text, get_terminal_size().columns - 1))
            self.stream.flush()

    def _wipe(self) -> None:
        if self.live:
            self.stream.write("\r\x1b[2K")


def fit(text: str, columns: int) -> str:
    """Cut `text` to terminal columns; Chinese characters take two."""
    used = 0
    for position, character in enumerate(text):
        used += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if used > columns:
            return text[:position]
    return text
