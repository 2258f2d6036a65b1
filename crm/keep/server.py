"""How PostgreSQL's own tools reach the server, as the role that owns the database."""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

# Half seconds that a database waits for until nothing of the server is in it.
VACUUM_IS_GONE = 60
OPTIONS = "-c timezone=UTC -c datestyle=ISO,YMD -c extra_float_digits=1 -c bytea_output=hex"
MAY_NOT_MAKE = (
    "The database's owner may not make another database, in which a backup is tried or restored. "
    "Let it, as an administrator of that server: ALTER ROLE {} CREATEDB"
)


class ToolError(Exception):
    """One of PostgreSQL's tools failed; the message holds its last line."""


def address(database: str = "") -> str:
    """The server's address in libpq's words; `database` names another one on the same server."""
    values = _from_url(settings.DATABASE_OWNER_URL) if settings.DATABASE_OWNER_URL else {}
    values = values or _from_django()
    if database or settings.TESTING:
        values["dbname"] = database or str(connection.settings_dict["NAME"])
    return psycopg.conninfo.make_conninfo("", **values, options=OPTIONS)


def database_url(database: str) -> str:
    """The same as an address that settings understand."""
    return url_of(address(database))


def url_of(conninfo: str) -> str:
    values = psycopg.conninfo.conninfo_to_dict(conninfo)
    user, password = (quote(str(values.get(name, "")), safe="") for name in ("user", "password"))
    login, named = f"{user}:{password}@", quote(str(values["dbname"]), safe="")
    host, port = str(values.get("host", "")), values.get("port")
    asked = {key: str(value) for key, value in values.items() if key.startswith("ssl")}
    # A socket's folder would be taken for a name of a machine.
    if host.startswith("/"):
        asked, host = asked | {"host": host}, ""
    place = host + (f":{port}" if port else "")
    return f"postgresql://{login}{place}/{named}" + (f"?{urlencode(asked)}" if asked else "")


def tool_environment(database: str = "") -> dict[str, str]:
    """The address as the tools' environment, so that no password stands in a list of processes."""
    return environment_of(address(database))


def environment_of(address: str) -> dict[str, str]:
    names = {"dbname": "PGDATABASE", "options": "PGOPTIONS"}
    values = psycopg.conninfo.conninfo_to_dict(address)
    return {
        **{key: value for key, value in os.environ.items() if not key.startswith("PG")},
        **{names.get(key, f"PG{key.upper()}"): str(value) for key, value in values.items()},
    }


@contextmanager
def scratch_database() -> Iterator[str]:
    """An empty database beside the real one, gone in the end whatever happened."""
    name = f"porchlight_scratch_{secrets.token_hex(6)}"
    create_database(name)
    try:
        yield name
    finally:
        drop_database(name)


def create_database(name: str) -> None:
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name))
    with psycopg.connect(address("postgres"), autocommit=True) as server:
        try:
            server.execute(statement)
        except psycopg.errors.InsufficientPrivilege as error:
            raise ToolError(MAY_NOT_MAKE.format(server.info.user)) from error


def take_statistics(name: str) -> None:
    """Of what was just filled: the server's own come minutes later, and until then it plans as if
    every table were small."""
    with psycopg.connect(address(name), autocommit=True) as database:
        database.execute("ANALYZE")


def drop_database(name: str) -> None:
    statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with psycopg.connect(address("postgres"), autocommit=True) as server:
        for again in reversed(range(VACUUM_IS_GONE)):
            try:
                server.execute(statement)
                return
            # Only a superuser may end the server's own vacuum of it, which goes by itself.
            except psycopg.errors.InsufficientPrivilege:
                if not again:
                    raise
                time.sleep(0.5)


def _from_url(url: str) -> dict[str, str]:
    parts = urlsplit(url)
    values = {
        "host": unquote(parts.hostname or ""),
        "port": str(parts.port or ""),
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "dbname": unquote(parts.path.lstrip("/")),
        **dict(parse_qsl(parts.query)),
    }
    return {key: value for key, value in values.items() if value}


def _from_django() -> dict[str, str]:
    values = connection.get_connection_params()
    wanted = re.compile("host|port|user|password|dbname|sslmode|sslrootcert|sslcert|sslkey")
    return {k: str(v) for k, v in values.items() if wanted.fullmatch(k) and v}
