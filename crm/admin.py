"""Where Django looks for the admin's pages: each room has its own."""

from __future__ import annotations

from crm.owner import admin as owner  # noqa: F401
