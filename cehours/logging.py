"""Structured logs: JSON in production, readable in a terminal. Identity numbers never reach them."""

from __future__ import annotations

import re
from typing import Any

import structlog

ID_NUMBER = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
SECRET_IN_PATH = re.compile(r"(/(?:invitations|v)/)[\w-]{16,}")


def redact(_logger: Any, _name: str, event: dict[str, Any]) -> dict[str, Any]:
    """Replaces what looks like an identity number or a secret link, whatever field it hides in.

    A request is logged by its path alone: names that people search for stand behind the question mark.
    """
    if isinstance(event.get("request"), str):
        event["request"] = event["request"].partition("?")[0]
    for key, value in event.items():
        text = value if isinstance(value, str) else repr(value)
        if ID_NUMBER.search(text) or SECRET_IN_PATH.search(text):
            event[key] = SECRET_IN_PATH.sub(r"\1…", ID_NUMBER.sub("[证件号码]", text))
    return event


def logging_config(style: str, level: str) -> dict[str, Any]:
    """Returns Django's LOGGING dictionary and configures structlog to feed it."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer: Any = (
        structlog.dev.ConsoleRenderer()
        if style == "console"
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    last = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        redact,
        renderer,
    ]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": last,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {"pikepdf": {"level": "WARNING"}, "weasyprint.progress": {"level": "WARNING"}},
    }
