"""Logs for people or as JSON lines; what looks like a secret is taken out."""

import logging
import re
from typing import Any

import structlog

from service.settings import Settings

SECRET = re.compile(r"password|secret|token|cookie|authorization|csrf|database_url", re.IGNORECASE)


# One-time links carry their secret in the path.
SECRET_PATH = re.compile(r"^(/(?:setup|reset)/)[^/?]+")


def configure(settings: Settings) -> None:
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    logging.basicConfig(level=max(level, logging.WARNING), format="%(levelname)s %(name)s %(message)s")
    renderer: Any = (
        structlog.processors.JSONRenderer() if settings.log_json else structlog.dev.ConsoleRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            redact,
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )


def redact(_logger: object, _method: str, event: Any) -> Any:
    return {key: "***" if SECRET.search(str(key)) else _shown(value) for key, value in event.items()}


def _shown(value: Any) -> Any:
    return SECRET_PATH.sub(r"\1***", value) if isinstance(value, str) else value
