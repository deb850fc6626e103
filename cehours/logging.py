"""Structured logs: JSON in production, readable in a terminal. Identity numbers never reach them."""

from __future__ import annotations

import re
from typing import Any

import structlog

ID_NUMBER = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")


def redact_id_numbers(_logger: Any, _name: str, event: dict[str, Any]) -> dict[str, Any]:
    """Replaces anything that looks like a resident identity number, whatever field it hides in."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = ID_NUMBER.sub("[证件号码]", value)
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
        redact_id_numbers,
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
        "loggers": {"pikepdf": {"level": "WARNING"}},
    }
