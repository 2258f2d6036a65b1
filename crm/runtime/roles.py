"""The database's two roles: one owns and migrates, the other serves and can't alter anything."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

OWNER, APPLICATION, DATABASE = "porchlight_owner", "porchlight_app", "porchlight"


def make(connection: psycopg.Connection[Any], passwords: dict[str, str]) -> None:
    _role(connection, OWNER, passwords[OWNER])
    _role(connection, APPLICATION, passwords[APPLICATION])
    # The owner may try out the application's rights; never the other way round.
    connection.execute(sql.SQL("GRANT {} TO {}").format(_name(APPLICATION), _name(OWNER)))
    # A backup counts only once it was restored into a database of its own.
    connection.execute(sql.SQL("ALTER ROLE {} CREATEDB").format(_name(OWNER)))
    if not _found(connection, "pg_database", "datname", DATABASE):
        statement = sql.SQL("CREATE DATABASE {} OWNER {}")
        connection.execute(statement.format(_name(DATABASE), _name(OWNER)))
    statement = sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC")
    connection.execute(statement.format(_name(DATABASE)))
    statement = sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}")
    connection.execute(statement.format(_name(DATABASE), _name(APPLICATION)))


def _role(connection: psycopg.Connection[Any], name: str, password: str) -> None:
    verb = "ALTER" if _found(connection, "pg_roles", "rolname", name) else "CREATE"
    statement = sql.SQL("{} ROLE {} LOGIN PASSWORD {}")
    connection.execute(statement.format(sql.SQL(verb), _name(name), sql.Literal(password)))


def _found(connection: psycopg.Connection[Any], table: str, column: str, value: str) -> bool:
    statement = sql.SQL("SELECT EXISTS (SELECT FROM {} WHERE {} = %s)")
    row = connection.execute(statement.format(_name(table), _name(column)), [value]).fetchone()
    return bool(row and row[0])


def _name(name: str) -> sql.Identifier:
    return sql.Identifier(name)
