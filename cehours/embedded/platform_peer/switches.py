"""What goes wrong here, at somebody's wish: the switches of section 10, read and set while the process runs."""

import threading
from collections.abc import Mapping
from typing import Any

from cehours.embedded.platform_peer.records import Bad

GARBLED = ("", "text", "cut", "shape", "other", "large", "html")
DEFAULTS: dict[str, Any] = {
    "off": False,
    "closed": False,
    "retry_after": None,
    "slow": 0,
    "failing": 0,
    "garbled": "",
    "duplicating": False,
    "correcting": False,
    "stale": False,
    "page": 100,
    "limit": 60,
    "expire": False,
}


class Switches:
    """Safe to use from several threads."""

    def __init__(self) -> None:
        self._set = dict(DEFAULTS)
        self._lock = threading.Lock()

    def __getitem__(self, name: str) -> Any:
        with self._lock:
            return self._set[name]

    def all(self) -> dict[str, Any]:
        with self._lock:
            return dict(self._set)

    def change(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """Sets what is given, all or none. Raises Bad."""
        if wrong := [name for name, value in wanted.items() if not _fits(name, value)]:
            raise Bad([{"field": name, "detail": "没有这个开关，或者值不对。"} for name in wrong])
        with self._lock:
            self._set |= wanted
            return dict(self._set)

    def fails_now(self) -> bool:
        """Whether this query fails; one fewer will."""
        with self._lock:
            left: int = self._set["failing"]
            if left > 0:
                self._set["failing"] = left - 1
            return left != 0


def _fits(name: str, value: Any) -> bool:
    known = DEFAULTS.get(name, ...)
    if known is ...:
        return False
    if isinstance(known, bool):
        return isinstance(value, bool)
    if name == "garbled":
        return value in GARBLED
    if name == "slow":
        return _number(value, float) and 0 <= value <= 600
    if name == "retry_after":
        return value is None or (_number(value) and 1 <= value <= 86400)
    least, most = {"failing": (-1, 10**6), "page": (1, 100), "limit": (0, 10**6)}[name]
    return _number(value) and least <= value <= most


def _number(value: Any, *also: type) -> bool:
    return isinstance(value, (int, *also)) and not isinstance(value, bool)
