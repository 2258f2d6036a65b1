"""Django's words for a database's address."""

from __future__ import annotations

from typing import Any

import environ


def settings(address: str) -> dict[str, Any]:
    found: dict[str, Any] = environ.Env.db_url_config(address)
    found["ENGINE"] = "django.db.backends.postgresql"
    found["CONN_MAX_AGE"] = 0
    # libpq takes a socket's folder as a parameter; Django's dbshell wants it as the host.
    options = found.get("OPTIONS", {})
    if "host" in options:
        found["HOST"] = options.pop("host")
    return found
