from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.management import CommandError, call_command
from django.db import connection

from crm.models import DataKey
from crm.vault import data_keys, keyring, keyring_file, queries, rotation
from crm.vault.data_keys import Subject
from crm.vault.errors import VaultError
from crm.vault.ids import uuid7
from tests.sample.models import Note, Person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def place(tmp_path, settings, monkeypatch):
    settings.VAULT_KEYRING = str(tmp_path / "keyring.json")
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    keyring.forget()
    keyring.make()
    yield Path(settings.VAULT_KEYRING)
    keyring.forget()


def rotate(**options) -> list[tuple[int, int]]:
    steps: list[tuple[int, int]] = []
    rotation.rotate(progress=lambda done, total: steps.append((done, total)), **options)
    data_keys.memory.clear()
    return steps


def test_rotation_wraps_every_key_again_and_all_is_read():
    for name in ("Ana", "Ben", "Cleo"):
        Person.objects.create(name=name, private={"of": name})
    before = keyring.ring().current
    assert rotate(batch=2) == [(0, 3), (2, 3), (3, 3)]
    ring = keyring.ring()
    assert ring.current != before
    assert set(DataKey.objects.values_list("keyring_key", flat=True)) == {ring.current}
    assert ring.keys[before].retired != ""
    assert [p.private["of"] for p in Person.objects.order_by("name")] == ["Ana", "Ben", "Cleo"]


def test_an_old_key_is_kept_a_while_and_then_dropped():
    first = keyring.ring().current
    rotate()
    assert first in keyring.ring().keys
    keyring.change(lambda ring: ring.without_old(retired_before="9999"))
    assert list(keyring.ring().keys) == [keyring.ring().current]


def test_a_rotation_refuses_a_keyring_that_lacks_a_key(place):
    Person.objects.create(name="Ana")
    DataKey.objects.update(keyring_key="0123456789abcdef")
    with pytest.raises(VaultError, match="0123456789abcdef"):
        rotate()
    assert len(keyring.ring().keys) == 1


ROTATING = """
import os, sys, django
sys.modules.setdefault("pytest", sys)
django.setup()
from django.test.utils import override_settings
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[1]
from crm.vault import rotation
def progress(done, total):
    print(done, total, flush=True)
    sys.stdin.readline()
with override_settings(VAULT_KEYRING=sys.argv[2]):
    rotation.rotate(progress=progress, batch=7)
"""


def killed_rotation(place: Path, after: int) -> bool:
    """Whether the kill met it at work; it may have finished before."""
    command = [sys.executable, "-c", ROTATING, connection.settings_dict["NAME"], str(place)]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=project.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "crm.settings"},
    ) as process:
        assert process.stdin
        assert process.stdout
        for _ in range(after):
            if not process.stdout.readline():
                break
            process.stdin.write("\n")
            process.stdin.flush()
        else:
            process.send_signal(signal.SIGKILL)
    assert process.returncode in (0, -signal.SIGKILL)
    return process.returncode != 0


def kill_and_resume(place: Path, times: int) -> None:
    subjects = [Subject("sample.person", uuid7()) for _ in range(60)]
    ids = {subject_id: key.id for subject_id, key in data_keys.provide(subjects).items()}
    person = Person.objects.create(name="Ana", private={"a": 1})
    met = 0
    for _ in range(times):
        met += killed_rotation(place, after=random.randint(1, 6))
        keyring.forget()
        data_keys.memory.clear()
        assert {i: key.id for i, key in data_keys.provide(subjects).items()} == ids
        assert Person.objects.get(id=person.id).private == {"a": 1}
    rotate()
    assert met > 0
    assert set(DataKey.objects.values_list("keyring_key", flat=True)) == {keyring.ring().current}


def test_a_rotation_killed_at_random_is_finished_by_the_next(place):
    kill_and_resume(place, times=2)


@pytest.mark.soak
def test_a_rotation_killed_thirty_times_is_finished_by_the_next(place):
    kill_and_resume(place, times=30)


def test_a_rotation_says_how_far_it_is_and_then_what_it_waits_for(capsys):
    Person.objects.create(name="Ana")
    call_command("vault", "rotate")
    said = capsys.readouterr().out.splitlines()
    assert said == [
        "", "  0 % of 1 data keys", "100 % of 1 data keys",
        "Waiting until no process wraps by the old key any more.",
        f"Current key: {keyring.ring().current}. Keep a fresh copy of {keyring.path()}.",
    ]  # fmt: skip


def test_status_counts_and_shows_no_key(capsys):
    Person.objects.create(name="Ana")
    call_command("vault", "status")
    said = capsys.readouterr().out
    ring = keyring.ring()
    assert f"{ring.current} wraps 1 data keys" in said
    assert f"Wraps by the current key: 1 of at most {2**32:,}" in said
    assert keyring_file.text(ring.keys[ring.current].secret) not in said


def test_verify_finds_what_was_altered_lost_and_erased(capsys):
    person = Person.objects.create(name="Ana", private={"a": 1})
    note = Note.objects.create(person=person, body="a", email="a@x.ph")
    call_command("vault", "verify")
    assert "sample.note: 1 rows, 2 values opened, 0 erased, 0 lost, 0 refused" in (
        capsys.readouterr().out
    )
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sample_note SET email = body")
    with pytest.raises(CommandError, match="Not everything opens"):
        call_command("vault", "verify", "--model", "sample.note")
    assert f"email of {note.id}" in capsys.readouterr().out
    DataKey.objects.all().delete()
    data_keys.memory.clear()
    (_where, found) = list(queries.verify(Person))[-1]
    assert found.lost == [f"private of {person.id}"]


def test_verify_goes_on_after_a_row():
    people = [Person.objects.create(name=str(n), private={"n": n}) for n in range(3)]
    ((where, found),) = queries.verify(Person, after=people[0].id)
    assert (where, found.rows) == (people[2].id, 2)
