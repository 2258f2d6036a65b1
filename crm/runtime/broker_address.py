from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

# A line that went dead without a word would be waited for without end.
PATIENCE = {
    "socket_connect_timeout": 3,
    "socket_timeout": 10,
    "health_check_interval": 10,
    "socket_keepalive": True,
}


def for_celery(address: str) -> str:
    """Celery's spelling of a socket's address; every other address is the same to both."""
    parts = urlsplit(address)
    if parts.scheme != "unix":
        return address
    number = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={number}"
