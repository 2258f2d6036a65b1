"""PostgreSQL's settings, given at each start: nothing hides in a file that we don't write."""

from __future__ import annotations

from pathlib import Path

# One person's CRM on a home machine: small, durable, quiet about what it stores.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "cluster_name": "porchlight",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "io_workers": "2",
    "max_wal_size": "512MB",
    # What the copier has not copied is kept for it, but never more: it must not fill the disk.
    "max_slot_wal_keep_size": "1GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Errors quote values, which are people's; the log gets what happened and not to whom.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_checkpoints": "off",
    "logging_collector": "on",
    # A file a weekday, overwritten a week later.
    "log_filename": "postgres-%a.log",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
}

# Without fsync the other safeties cost next to nothing, and the bench asks for them.
FORGETFUL = {
    "fsync": "off",
    "max_wal_size": "2GB",
    "max_connections": "200",
}


def _known_only(chosen: dict[str, str], known: set[str]) -> dict[str, str]:
    """For another PostgreSQL than ours, which may not have heard of all of them."""
    return {name: value for name, value in chosen.items() if name in known}


def arguments(*, run: Path, logs: Path, fast: bool, known: set[str] | None = None) -> list[str]:
    chosen = SETTINGS | {"unix_socket_directories": str(run), "log_directory": str(logs)}
    if fast:
        chosen |= FORGETFUL
    if known is not None:
        chosen = _known_only(chosen, known)
    return [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]
