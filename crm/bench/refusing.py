"""A figure made with the safety off is worth nothing: what must be on before any is reported."""

from __future__ import annotations

import pgtrigger
from django.db import connection

from crm.bench import registry
from crm.bench.stage import Stage

DURABLE = {
    "fsync": {"on"},
    "synchronous_commit": {"on", "remote_write", "remote_apply", "local"},
    "full_page_writes": {"on"},
    "session_replication_role": {"origin"},
}


def reasons(stage: Stage) -> list[str]:
    return [
        *server_reasons(),
        *trigger_reasons(),
        *(reason for refusal in registry.refusals() for reason in refusal.reasons(stage)),
    ]


def server_reasons() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, setting FROM pg_settings WHERE name = ANY(%s) ORDER BY name",
            [list(DURABLE)],
        )
        return [
            f"{name} is {value}." for name, value in cursor.fetchall() if value not in DURABLE[name]
        ]


def trigger_reasons() -> list[str]:
    """Every trigger that a model declares stands in the database and fires."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname, tgenabled::text FROM pg_trigger"
            " WHERE NOT tgisinternal"
        )
        states = {(table.strip('"'), name): state for table, name, state in cursor.fetchall()}
    found = []
    for model, trigger in pgtrigger.registered():
        table, name = model._meta.db_table, trigger.get_pgid(model)
        state = states.get((table, name))
        if state is None:
            found.append(f"The trigger {trigger.name} on {table} is missing.")
        elif state not in ("O", "A"):
            found.append(f"The trigger {trigger.name} on {table} is off.")
    return found
