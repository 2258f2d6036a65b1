"""Alive and deaf: a process that runs but has done nothing for 90 seconds."""

from __future__ import annotations

import platform
from collections.abc import Mapping

import psycopg

from crm.runtime.child import Child

LISTEN_EVERY = 15.0
DEAF_AFTER = 90.0
SIGNS = """
    SELECT kind, extract(epoch FROM now() - max(at))::float FROM crm_heartbeat
    WHERE machine = %s OR kind = 'beat' GROUP BY kind
"""


def found(database: str, children: Mapping[str, Child]) -> list[str]:
    """Which to restart. A database that doesn't answer accuses nobody."""
    try:
        with psycopg.connect(database, connect_timeout=3) as connection:
            silence: dict[str, float] = dict(
                connection.execute(SIGNS, [platform.node()[:255]]).fetchall()
            )
    except psycopg.Error:
        return []
    return [
        kind
        for kind in ("worker", "beat")
        if children[kind].running
        and children[kind].age > DEAF_AFTER
        and silence.get(kind, DEAF_AFTER + 1) > DEAF_AFTER
    ]
