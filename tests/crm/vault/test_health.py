from __future__ import annotations

import pytest
from django.db import connection

from crm.models import DataKey
from crm.vault import keyring, queries
from crm.vault.health import check
from tests.sample.models import Person

pytestmark = pytest.mark.django_db


def test_the_vault_is_well_when_its_keyring_fits():
    Person.objects.create(name="Ana")
    assert (check().ok, check().sentence) == (True, "Sealed data can be opened.")
    assert check().measured["data keys"] == 1


def test_a_keyring_that_does_not_fit_is_ill():
    Person.objects.create(name="Ana")
    DataKey.objects.update(wrapped=b"\x01" + b"0" * 60)
    assert (check().ok, check().sentence) == (
        False,
        "The keyring does not open this database's keys.",
    )


def test_a_missing_keyring_is_ill(tmp_path, settings):
    Person.objects.create(name="Ana")
    settings.VAULT_KEYRING = str(tmp_path / "none.json")
    keyring.forget()
    assert check().ok is False
    assert "Put back your copy" in check().sentence
    keyring.forget()


def test_an_interrupted_rotation_is_said():
    Person.objects.create(name="Ana")
    keyring.change(lambda ring: ring.with_new_key())
    assert (check().ok, check().measured["waiting for rotation"]) == (None, 1)


def test_many_keys_are_estimated_and_those_of_another_key_counted(monkeypatch):
    monkeypatch.setattr(queries, "COUNTED", 1)
    for name in ("Ana", "Ben", "Cora"):
        Person.objects.create(name=name)
    assert check().measured["data keys"] == 2  # as far as was counted, until there are statistics
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE crm_data_key")
    assert check().measured["data keys"] == 3
