from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from crm.bench import database
from crm.keep.server import drop_database

pytestmark = pytest.mark.django_db(transaction=True)
ROOM = "sessions"


def migrations() -> set[tuple[str, str]]:
    return set(MigrationRecorder(connection).applied_migrations())


def test_an_empty_database_has_every_migration_and_every_table():
    name = database.name_for(0)
    try:
        database.make_empty(name)
        with database.opened(name):
            applied, tables = migrations(), set(connection.introspection.table_names())
    finally:
        database.drop(name)
    assert applied == database._known_migrations()
    assert tables >= set(connection.introspection.django_table_names())


def test_where_there_is_no_pattern_yet_it_is_made_from_nothing(monkeypatch):
    """By one room's migrations here: all of them take seconds, and each run makes them anyway."""
    pattern = f"{database.pattern()}_anew"
    monkeypatch.setattr(database, "pattern", lambda: pattern)
    monkeypatch.setattr(database, "catch_up", lambda: call_command("migrate", ROOM, verbosity=0))
    name = database.name_for(0)
    try:
        database.make_empty(name)
        with database.opened(name):
            rooms = {room for room, _ in migrations()}
        assert database._is_marked(pattern, database._migrations())
    finally:
        database.drop(name)
        # The bench's own drop leaves patterns alone here.
        drop_database(pattern)
    assert rooms == {ROOM}
