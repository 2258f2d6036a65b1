"""One look at the machine and the house, every quarter of an hour."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
from django.conf import settings
from django.db import connection
from django.utils import timezone

from crm.models import HealthSample

Counters = dict[str, float]
EVERY = timedelta(minutes=15)

_queues: dict[str, Callable[[], int]] = {}


def register_queue(name: str, length: Callable[[], int]) -> None:
    """Work that waits for its turn: a room says how much of it there is."""
    _queues[name] = length


def sample() -> HealthSample:
    at = timezone.now()
    now = _counters()
    before = HealthSample.objects.order_by("-at").first()
    kept, _ = HealthSample.objects.get_or_create(
        at=at,
        defaults={
            "database_bytes": _database_bytes(),
            "rows_a_second": _rows_a_second(before, at, now),
            "memory_bytes": _memory_bytes(),
            "cpu_percent": _cpu_percent(before, now),
            "disk_free_bytes": psutil.disk_usage(_standing(settings.HOME.root)).free,
            "waiting": sum(length() for length in _queues.values()),
            "worker_lag_seconds": _lag(before, at),
            "counters": now,
        },
    )
    return kept


def _lag(before: HealthSample | None, at: datetime) -> float | None:
    """How late this sample is, as all regular work is then; unknown after the machine slept."""
    late = (at - before.at - EVERY).total_seconds() if before else None
    return max(0.0, late) if late is not None and late < EVERY.total_seconds() else None


def _counters() -> Counters:
    times = psutil.cpu_times()
    total = float(sum(times[: len(times._fields)]))
    resting = float(times.idle) + float(getattr(times, "iowait", 0.0))
    return {"rows": _rows_written(), "busy": total - resting, "total": total}


def _database_bytes() -> int:
    return int(_one("SELECT pg_database_size(current_database())"))


def _rows_written() -> float:
    return float(
        _one(
            "SELECT tup_inserted + tup_updated + tup_deleted FROM pg_stat_database"
            " WHERE datname = current_database()"
        )
    )


def _one(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        (value,) = cursor.fetchone()
    return value


def _rows_a_second(before: HealthSample | None, at: datetime, now: Counters) -> float | None:
    """Unknown after a restart, when the running total begins again."""
    if before is None or now["rows"] < before.counters.get("rows", 0):
        return None
    seconds = (at - before.at).total_seconds()
    return float((now["rows"] - before.counters.get("rows", 0)) / seconds) if seconds > 0 else None


def _cpu_percent(before: HealthSample | None, now: Counters) -> float | None:
    """Of the whole machine, over the time since the last sample."""
    if before is None:
        return None
    total = now["total"] - before.counters.get("total", 0)
    busy = now["busy"] - before.counters.get("busy", 0)
    return float(max(0.0, 100 * busy / total)) if total > 0 else None


def _memory_bytes() -> int:
    """Of this process and all that stand under the same supervisor, shared pages counted once."""
    top = _supervisor(psutil.Process())
    family = [top, *top.children(recursive=True)]
    return sum(_own_bytes(process) for process in family)


def _supervisor(process: psutil.Process) -> psutil.Process:
    parent = process.parent()
    while parent is not None and _is_ours(parent):
        process, parent = parent, parent.parent()
    return process


def _is_ours(process: psutil.Process) -> bool:
    try:
        words = process.cmdline()
    except psutil.Error:
        return False
    return any(word.endswith("manage.py") or "celery" in word for word in words[:4])


def _own_bytes(process: psutil.Process) -> int:
    try:
        whole = process.memory_full_info()
        return int(getattr(whole, "pss", whole.uss))
    except psutil.Error:
        return 0


def _standing(path: Path) -> str:
    """The nearest folder that exists: on a server of one's own the data folder may not yet."""
    while not path.exists():
        path = path.parent
    return str(path)
