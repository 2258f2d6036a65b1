from __future__ import annotations

import pytest

from crm.bench import database
from tests import prepared


@pytest.fixture(autouse=True)
def _migrated_once(monkeypatch):
    """The empty database that others are copies of stays for the next test."""
    drop = database.drop
    monkeypatch.setattr(
        database, "drop", lambda name: None if name == database.pattern() else drop(name)
    )


@pytest.fixture(autouse=True, scope="session")
def _pattern(django_db_setup, django_db_blocker):
    """A copy of what the run migrated; test_database.py has one made from nothing."""
    with django_db_blocker.unblock():
        database._create(database.pattern(), prepared.database())
        database._mark_as(database.pattern(), database._migrations())
    yield
    with django_db_blocker.unblock():
        database.drop(database.pattern())
