from __future__ import annotations

import pytest

from crm.bench import database


@pytest.fixture(autouse=True)
def _migrated_once(monkeypatch):
    """The empty database that others are copies of stays for the next test."""
    drop = database.drop
    monkeypatch.setattr(
        database, "drop", lambda name: None if name == database.pattern() else drop(name)
    )


@pytest.fixture(autouse=True, scope="session")
def _pattern_goes_at_the_end(django_db_setup, django_db_blocker):
    yield
    with django_db_blocker.unblock():
        database.drop(database.pattern())
