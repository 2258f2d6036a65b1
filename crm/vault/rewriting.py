"""Destroyed keys leave the disk: the table of keys is written anew after erasures."""

from __future__ import annotations

import structlog
from django.db import OperationalError, connection

log = structlog.get_logger(__name__)


def rewrite_if_erased() -> bool:
    """Whether it was; within two hours of an erasure, by the tick that calls this each hour."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT crm_rewrite_keys()")
            return bool(cursor.fetchone()[0])
    except OperationalError as error:
        # Somebody had the table for longer than pages could wait: next hour, then.
        log.info("keys not rewritten", reason=type(error).__name__)
        return False
