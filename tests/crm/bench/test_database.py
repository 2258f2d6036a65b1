from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from crm.bench import database

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_empty_database_is_migrated_where_there_is_no_pattern_yet(monkeypatch):
    pattern = f"{database.pattern()}_anew"
    monkeypatch.setattr(database, "pattern", lambda: pattern)
    name = database.name_for(0)
    try:
        database.make_empty(name)
        with database.opened(name):
            applied = set(MigrationRecorder(connection).applied_migrations())
            tables = set(connection.introspection.table_names())
    finally:
        database.drop(name)
        database.drop(pattern)
    assert applied == database._known_migrations()
    assert tables >= set(connection.introspection.django_table_names())
