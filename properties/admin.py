from __future__ import annotations

from crm.shell.admin import register_the_rest

register_the_rest("properties")
