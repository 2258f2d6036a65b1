"""Counts what browsers refused under the Content-Security-Policy: the directive, never the page."""

from __future__ import annotations

import json
from collections.abc import Callable

from django.core.cache import cache
from django.utils import timezone

from crm.shell.headers import POLICY

LONGEST = 8192
DAY = 24 * 3600
PER_MINUTE = 60
OTHER = "other"


_listeners: list[Callable[[str], None]] = []


def on_report(hear: Callable[[str], None]) -> None:
    """Let `hear` know which directive was broken, each time."""
    if hear not in _listeners:
        _listeners.append(hear)


def count(body: bytes) -> None:
    if not within_rate():
        return
    name = directive(body)
    key = day_key(name)
    cache.add(key, 0, DAY * 2)
    cache.incr(key)
    for hear in _listeners:
        hear(name)


def within_rate() -> bool:
    key = f"csp:minute:{timezone.now():%H%M}"
    cache.add(key, 0, 120)
    return cache.incr(key) <= PER_MINUTE


def directive(body: bytes) -> str:
    try:
        report = json.loads(body)["csp-report"]
        name = str(report.get("effective-directive") or report.get("violated-directive"))
    except (ValueError, KeyError, TypeError, AttributeError):
        return OTHER
    name = name.split(" ")[0].removesuffix("-elem").removesuffix("-attr")
    return name if name in POLICY else OTHER


def day_key(name: str) -> str:
    return f"csp:{timezone.now():%Y-%m-%d}:{name}"


def today() -> dict[str, int]:
    """How often each directive was broken today, for the page of health."""
    found = cache.get_many([day_key(name) for name in [*POLICY, OTHER]])
    return {key.rsplit(":", 1)[1]: int(times) for key, times in found.items()}
