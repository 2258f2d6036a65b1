from __future__ import annotations

import pytest
from django.db import connection

from crm.audit import chain
from crm.audit.verifying import verify
from crm.models import Trail
from crm.runtime.home import Home


@pytest.fixture
def trail(db):
    """What was written to the trail since the test began, oldest first."""
    start = Trail.objects.order_by("-id").values_list("id", flat=True).first() or 0
    return lambda: Trail.objects.filter(id__gt=start).order_by("id")


@pytest.fixture
def keys(tmp_path, settings, monkeypatch):
    """A keys folder of the test's own, for the head that is kept outside the database."""
    monkeypatch.delenv("PORCHLIGHT_KEYS", raising=False)
    settings.HOME = Home(tmp_path)
    return settings.HOME.keys


@pytest.fixture
def sealed(transactional_db, keys, monkeypatch):
    """Seal what was committed, three records to a seal."""
    monkeypatch.setattr(chain, "RECORDS_A_SEAL", 3)
    return chain.seal_due


@pytest.fixture
def found(sealed):
    """What a walk of the chain finds broken, in words."""
    return lambda: verify().broken


@pytest.fixture
def superuser():
    """Statements at the database's own prompt, with no trigger in the way."""

    def run(sql, values=()):
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute(sql, values)
            rows = cursor.fetchall() if cursor.description else []
            cursor.execute("RESET session_replication_role")
        return rows

    return run
