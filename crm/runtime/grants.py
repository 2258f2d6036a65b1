"""What the application's role may do to tables that are more than ordinary."""

from __future__ import annotations

restricted: dict[str, str] = {}


def restrict(table: str, privileges: str) -> None:
    """The application's role keeps these privileges on the table and no others."""
    restricted[table] = privileges
