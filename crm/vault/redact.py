"""No personal data in logs: every record of every logger passes here when it is made."""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any

import structlog
from django.db import models

from crm.watch.redacting import message_of

EMAIL = re.compile(r"[^\s@<>\"'(),:;=&?/\\]+@[^\s@<>\"'(),:;=&?/\\]+\.[^\s@<>\"'(),:;=&?/\\.]+")
# Neither dates, nor addresses of machines, nor parts of ids.
PHONE = re.compile(
    r"(?<![\w.:-])(?!\d{4}-\d\d-\d\d)(?!\d{1,3}(?:\.\d{1,3}){3}(?!\d))"
    r"(?:\+?\d{9,15}|\+\d{7,8}|\+?\(?\d{1,4}\)?(?:[ .()-]{1,2}\d{2,5}){2,5})(?![\w:-])"
)
_DIGIT = re.compile(r"\d")
FEWEST_DIGITS = 7
_line = structlog.processors.KeyValueRenderer(key_order=["event"])
_original = logging.getLogRecordFactory()


def text(value: str) -> str:
    """With e-mail addresses and phone numbers masked."""
    return PHONE.sub(_masked_phone, EMAIL.sub("<e-mail>", value))


def _masked_phone(found: re.Match[str]) -> str:
    digits = len(_DIGIT.findall(found[0]))
    return "<phone>" if digits >= FEWEST_DIGITS else found[0]


def exception(error: BaseException) -> str:
    """The way to an error as Python prints it, with what its messages quote left out."""
    return "".join(_told(error, seen=set()))


def _told(error: BaseException, seen: set[int]) -> Iterator[str]:
    seen.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None and id(before) not in seen:
        yield from _told(before, seen)
        yield "\n\nwhich led to:\n\n"
    if error.__traceback__:
        yield "Traceback (most recent call last):\n"
        yield from traceback.format_tb(error.__traceback__)
    kind = type(error)
    yield f"{kind.__module__}.{kind.__qualname__}: {text(message_of(error))}".rstrip(": ")


def value(given: Any) -> Any:
    """What may stand in a log for it: a row is told by its id, never by its name."""
    if given is None or isinstance(given, bool | int | float):
        return given
    if isinstance(given, str):
        return text(given)
    if isinstance(given, BaseException):
        return text(f"{type(given).__name__}: {message_of(given)}")
    if isinstance(given, models.Model):
        return f"{given._meta.label_lower} {given.pk}"
    if isinstance(given, Mapping):
        return {key: value(each) for key, each in given.items()}
    if isinstance(given, list | tuple | set):
        return type(given)(value(each) for each in given)
    shown = str(given)
    masked = text(shown)
    return given if masked == shown else masked


def install() -> None:
    """At the making of records, so that no library's own handler goes round it."""
    logging.setLogRecordFactory(_record)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.filter_by_level,
            structlog.processors.add_log_level,
            processor,
            _rendered,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def processor(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """For structlog: its fields. An error goes on to the record, which tells it in its way."""
    error = _raised(event.pop("exc_info", None))
    clean = {key: value(each) for key, each in event.items()}
    return {**clean, "exc_info": error} if error else clean


def _rendered(
    logger: Any, method: str, event: MutableMapping[str, Any]
) -> tuple[tuple[str], dict[str, Any]]:
    error = event.pop("exc_info", None)
    return (_line(logger, method, event),), {"exc_info": error} if error else {}


def _raised(given: Any) -> BaseException | None:
    if isinstance(given, BaseException):
        return given
    if isinstance(given, tuple):
        found: BaseException | None = given[1]
        return found
    return sys.exc_info()[1] if given else None


def _record(*args: Any, **options: Any) -> logging.LogRecord:
    record = _original(*args, **options)
    if isinstance(record.msg, str):
        record.msg = text(record.msg)
    else:
        record.msg = str(value(record.msg))
    if isinstance(record.args, Mapping):
        record.args = {key: value(each) for key, each in record.args.items()}
    elif record.args:
        record.args = tuple(value(each) for each in record.args)
    error = record.exc_info[1] if record.exc_info else None
    if error:
        # Formatters show this text rather than make their own.
        record.exc_text = exception(error)
    return record
