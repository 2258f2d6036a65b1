"""What an erasure destroys is gone from the table's file too, not only from its rows."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.machine

SHRED = """
from uuid import UUID
from crm.models import DataKey, Erasure
from crm.vault.data_keys import Subject, provide
from crm.vault.services import shred
her, him = Subject("lead", UUID(int=7)), Subject("lead", UUID(int=8))
provide([her, him])
print(*(bytes(DataKey.objects.get(subject_id=one.id).wrapped).hex() for one in (her, him)))
shred(subject=her)
"""
# Triggers keep erasures as they are; a clock is easier to turn back in a copy.
LATER = """
from datetime import timedelta
from django.utils import timezone
from crm.models import Erasure
from uuid import UUID
Erasure.objects.create(
    subject_kind="lead", subject_id=UUID(int=9), keys=[],
    erased_at=timezone.now() - timedelta(hours=2),
)
"""
REWRITE = "from crm.vault.rewriting import rewrite_if_erased as run; print(run(), run())"


def lies_in_the_data(machine, key):
    machine.as_superuser("CHECKPOINT")
    files = (machine.server.data / "base").rglob("*")
    return any(key in path.read_bytes() for path in files if path.is_file())


def test_a_destroyed_key_leaves_the_data_folder(machine):
    hers, his = map(bytes.fromhex, machine.works("shell", "-v0", "-c", SHRED).split()[-2:])
    assert lies_in_the_data(machine, hers)
    assert machine.works("shell", "-v0", "-c", REWRITE).split()[-2:] == ["False", "False"]
    machine.works("shell", "-v0", "-c", LATER)
    assert machine.works("shell", "-v0", "-c", REWRITE).split()[-2:] == ["True", "False"]
    assert not lies_in_the_data(machine, hers)
    assert lies_in_the_data(machine, his)
