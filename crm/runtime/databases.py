"""Django's words for a database's address."""

from __future__ import annotations

from typing import Any

import environ

# As many as Django's threads use at once; PostgreSQL has room for two such processes and more.
POOL = {"min_size": 1, "max_size": 10, "timeout": 10, "max_idle": 120}

# A line that went dead without a word is given up within a minute.
PATIENCE = {
    "connect_timeout": 10,
    "keepalives_idle": 20,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 40_000,
}

# A page waits so long for what other work has in hand, and then says so (crm.shell.failing).
LOCK_SECONDS = 8


def settings(address: str, *, process: str = "command") -> dict[str, Any]:
    found: dict[str, Any] = environ.Env.db_url_config(address)
    found["ENGINE"] = "django.db.backends.postgresql"
    # A server that was restarted is noticed before a page is lost to a dead connection.
    found["CONN_HEALTH_CHECKS"] = True
    found["CONN_MAX_AGE"] = 300 if process == "worker" else 0
    options = found.setdefault("OPTIONS", {})
    # libpq takes a socket's folder as a parameter; Django's dbshell wants it as the host.
    if "host" in options:
        found["HOST"] = options.pop("host")
    for name, value in PATIENCE.items():
        options.setdefault(name, value)
    if process == "web":
        options["pool"] = POOL
        given = f"{options['options']} " if "options" in options else ""
        options["options"] = f"{given}-c lock_timeout={LOCK_SECONDS}s"
    return found
