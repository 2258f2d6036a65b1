"""What the application's role may do to the tables: read and write rows, and no more.

Applied after each migrate by the role that owns them.
"""

from __future__ import annotations

from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

from crm.runtime.roles import APPLICATION

ROWS = sql.SQL("SELECT, INSERT, UPDATE, DELETE")
COUNTERS = sql.SQL("USAGE, SELECT")

restricted: dict[str, str] = {"django_migrations": "SELECT"}


def restrict(table: str, privileges: str) -> None:
    """The application's role keeps these privileges on the table and no others."""
    restricted[table] = privileges


@transaction.atomic
def apply() -> None:
    role = application_role()
    if role is None:
        return
    with connection.cursor() as cursor:
        for statement in _everywhere(sql.Identifier(role)):
            cursor.execute(statement)
        for table in sorted(restricted.keys() & set(connection.introspection.table_names(cursor))):
            for statement in _restriction(sql.Identifier(role), table, restricted[table]):
                cursor.execute(statement)


def application_role() -> str | None:
    """None where one role does both: someone's own server, given with one address only."""
    named = _user(settings.DATABASE_URL)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user::text")
        ourselves = cursor.fetchone()[0]
        wanted = named if named not in ("", ourselves) else APPLICATION
        cursor.execute("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [wanted])
        return wanted if cursor.fetchone()[0] and wanted != ourselves else None


def apart() -> bool:
    """Whether we serve as a role that can't alter what the owner made."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT NOT pg_has_role(current_user, relowner, 'USAGE') FROM pg_class"
            " WHERE oid = 'django_migrations'::regclass"
        )
        return bool(cursor.fetchone()[0])


def _everywhere(role: sql.Identifier) -> list[sql.Composed]:
    schema = sql.Identifier("public")
    texts = [
        "GRANT USAGE ON SCHEMA {schema} TO {role}",
        "GRANT {rows} ON ALL TABLES IN SCHEMA {schema} TO {role}",
        "GRANT {counters} ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT {rows} ON TABLES TO {role}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT {counters} ON SEQUENCES TO {role}",
    ]
    names = {"schema": schema, "role": role, "rows": ROWS, "counters": COUNTERS}
    return [sql.SQL(text).format(**names) for text in texts]


def _restriction(role: sql.Identifier, table: str, privileges: str) -> list[sql.Composed]:
    # Named in code alone, never by a user: words such as SELECT, INSERT.
    kept = sql.SQL(privileges)
    names = {"table": sql.Identifier(table), "role": role, "kept": kept}
    revoke = sql.SQL("REVOKE ALL ON {table} FROM {role}").format(**names)
    return [revoke, sql.SQL("GRANT {kept} ON {table} TO {role}").format(**names)]


def _user(address: str) -> str:
    from crm.runtime import databases

    return str(databases.settings(address).get("USER") or "")
