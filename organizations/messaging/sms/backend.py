"""SMS backends: name a class with this one method in the setting SMS_BACKEND."""

from __future__ import annotations

from typing import Protocol

import structlog


class SmsBackend(Protocol):
    """Hands one text to a carrier; raises when the carrier does not accept it, and it is tried again."""

    def send(self, phone: str, text: str) -> None: ...


class ConsoleSms:
    """Writes to the log that an SMS would have left; the text itself stays out of the log."""

    def send(self, phone: str, text: str) -> None:
        structlog.get_logger(__name__).info("sms", to=phone[:3] + "****" + phone[-2:], characters=len(text))
