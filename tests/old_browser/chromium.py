"""A real Chromium 86, the oldest browser that the pages are made for, driven by the Puppeteer of its time.

Both come from npm (package.json). Playwright of today reaches such a browser, but cannot type in it. The build has no
languages of its own: the button of a plain file field has no words, and it asks for pages in English.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cehours.embedded import npm
from cehours.embedded.places import REPO

PINNED = REPO / "tests" / "old_browser"


class Trouble(Exception):
    """The browser did not do what it was told; the message is its own."""


def program() -> Path:
    """The unpacked browser; about 180 MB are fetched and unpacked when it is not there yet."""
    folder = npm.installed(PINNED)
    chromium = folder / "chromium" / "chromium"
    with npm.one_at_a_time(chromium.parent):
        if not chromium.exists():
            _unpack(folder)
    return chromium


def _unpack(folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder) as fresh:
        unpacked = Path(fresh) / "chromium"
        unpacked.mkdir()
        subprocess.run([npm.node(), folder / "unpack.mjs", unpacked], check=True, timeout=300)
        unpacked.replace(folder / "chromium")


class OldBrowser:
    """One running Chromium 86."""

    def __init__(self) -> None:
        chromium = program()
        self._hand = subprocess.Popen(
            [npm.node(), chromium.parents[1] / "hand.mjs", chromium],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def tell(self, order: str, **more: object) -> Any:
        """Raises Trouble."""
        assert self._hand.stdin and self._hand.stdout
        self._hand.stdin.write(json.dumps({"order": order, **more}) + "\n")
        self._hand.stdin.flush()
        line = self._hand.stdout.readline()
        if not line:
            raise Trouble(f"{order}: the browser is gone")
        answer = json.loads(line)
        if "trouble" in answer:
            raise Trouble(f"{order} {str(list(more.values()))[-120:]}: {answer['trouble']}")
        return answer.get("value")

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[OldBrowser]:
        browser = cls()
        try:
            yield browser
        finally:
            browser._close()

    def _close(self) -> None:
        """The hand ends, and its browser with it, when nobody gives orders any more."""
        try:
            self._hand.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            self._hand.kill()
            self._hand.communicate()
