"""Logs as fields on standard error, without personal data; `up` writes them to rotated files."""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

# Masked wherever they turn up, though no code of ours logs them.
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
NUMBER = re.compile(r"\+?\d[\d ().-]{6,}\d")
Event = MutableMapping[str, Any]


def without_personal_data(_logger: Any, _method: str, event: Event) -> Event:
    for name in ("event", "error"):
        if name in event:
            event[name] = ADDRESS.sub("<address>", NUMBER.sub("<number>", str(event[name])))
    return event


def where_it_failed(_logger: Any, _method: str, event: Event) -> Event:
    """The kind of error and its places. Its message may quote what somebody wrote."""
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)[-8:]
        event["error"] = type(error).__name__
        event["frames"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return event


SHARED: list[Any] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
FINAL: list[Any] = [
    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
    where_it_failed,
    without_personal_data,
    structlog.processors.JSONRenderer(),
]


def configure(level: str = "INFO") -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=SHARED, processors=FINAL)
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # They name every task and every connection.
    for chatty in ("celery.worker.strategy", "celery.app.trace", "httpx", "uvicorn.access"):
        logging.getLogger(chatty).setLevel("WARNING")
    wrap = structlog.stdlib.ProcessorFormatter.wrap_for_formatter
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *SHARED, wrap],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
