from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from crm.vault import data_keys, keyring, keyring_file
from crm.vault.errors import KeyringDamaged, KeyringLocked, KeyringMissing, Refused
from crm.vault.ids import uuid7
from tests.sample.models import Person


@pytest.fixture
def place(tmp_path, settings):
    """A keyring of this test's own."""
    settings.VAULT_KEYRING = str(tmp_path / "keys" / "keyring.json")
    keyring.forget()
    yield Path(settings.VAULT_KEYRING)
    keyring.forget()


def test_a_new_keyring_is_readable_by_its_owner_only(place):
    assert keyring.make() is True
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    assert [file.name for file in place.parent.iterdir()] == ["keyring.json"]


def test_a_keyring_is_never_made_over_another(place):
    keyring.make()
    before = place.read_bytes()
    assert keyring.make() is False
    assert place.read_bytes() == before


@pytest.mark.django_db
def test_the_first_need_makes_a_keyring(place):
    first = keyring.ring()
    keyring.forget()
    assert keyring.ring() == first


@pytest.mark.django_db
def test_a_missing_keyring_with_sealed_data_is_refused(place):
    Person.objects.create(name="Ana")
    place.unlink()
    keyring.forget()
    with pytest.raises(KeyringMissing, match="Put back your copy"):
        keyring.ring()
    assert not place.exists()


@pytest.mark.django_db
def test_another_keyring_is_refused_by_name(place):
    person = Person.objects.create(name="Ana")
    place.unlink()
    keyring.forget()
    keyring.make()
    data_keys.memory.clear()
    with pytest.raises(KeyringDamaged, match="holds no key"):
        person.opened_data_key()


def test_a_data_key_opens_only_under_its_own_id(place):
    keyring.make()
    ring, mine = keyring.ring(), uuid7()
    wrapped = ring.wrap(mine, b"s" * 32)
    assert ring.unwrap(mine, wrapped, by=ring.current) == b"s" * 32
    with pytest.raises(Refused):
        ring.unwrap(uuid7(), wrapped, by=ring.current)


def test_a_locked_keyring_wants_its_passphrase(place, monkeypatch):
    keyring.make()
    ring = keyring.ring()
    keyring.set_passphrase("porch light on")
    assert keyring_file.text(ring.index_secret) not in place.read_text()
    keyring.forget()
    assert keyring.needs_passphrase() is True
    with pytest.raises(KeyringLocked):
        keyring.ring()
    with pytest.raises(KeyringLocked, match="does not open"):
        keyring.unlock("porch light off")
    keyring.unlock("porch light on")
    assert keyring.ring() == ring
    keyring.forget()
    monkeypatch.setenv("PORCHLIGHT_PASSPHRASE", "porch light on")
    assert keyring.ring() == ring


def test_a_locked_keyring_stays_locked_when_it_is_written(place):
    keyring.make()
    keyring.set_passphrase("porch light on")
    keyring.change(lambda ring: ring.with_new_key())
    assert keyring.is_locked() is True
    keyring.remove_passphrase()
    assert keyring.is_locked() is False
    assert len(keyring.ring().keys) == 2


def test_the_way_a_passphrase_is_stretched_can_not_be_weakened(place):
    keyring.make()
    keyring.set_passphrase("porch light on")
    document = json.loads(place.read_text())
    document["lock"]["rounds"] = 1
    place.write_text(json.dumps(document))
    with pytest.raises(KeyringLocked):
        keyring.unlock("porch light on")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": 9}', '{"version": 1, "open": {}}'])
def test_a_damaged_keyring_says_so(place, content):
    place.parent.mkdir()
    place.write_text(content)
    with pytest.raises(KeyringDamaged):
        keyring.ring()
    assert place.read_text() == content


def test_a_key_added_by_another_process_is_seen(place):
    keyring.make()
    ring = keyring.ring()
    changed = ring.with_new_key()
    keyring_file.write(place, keyring_file.closed(keyring._body(changed), None))
    assert keyring.ring(fresh=True).current == changed.current


def test_index_keys_differ_by_table_and_column(place):
    keyring.make()
    ring = keyring.ring()
    keys = {ring.index_key("a", "bc"), ring.index_key("ab", "c"), ring.index_key("a", "b")}
    assert len(keys) == 3


CRASHING = """
import os, sys
from pathlib import Path
from crm.vault import keyring_file
calls, die_at = 0, int(sys.argv[2])
def counted(real):
    def call(*args, **options):
        global calls
        calls += 1
        if calls == die_at:
            os.kill(os.getpid(), 9)
        return real(*args, **options)
    return call
for name in ("open", "fsync", "link", "close", "fdopen"):
    setattr(os, name, counted(getattr(os, name)))
Path.replace = counted(Path.replace)
Path.unlink = counted(Path.unlink)
keyring_file.write(Path(sys.argv[1]), {"version": 1, "open": {"new": True}})
"""


@pytest.mark.parametrize("die_at", range(1, 9))
def test_a_crash_while_writing_leaves_the_old_or_the_new(tmp_path, die_at):
    where = tmp_path / "keyring.json"
    old, new = {"version": 1, "open": {"old": True}}, {"version": 1, "open": {"new": True}}
    keyring_file.write(where, old)
    subprocess.run(
        [sys.executable, "-c", CRASHING, where, str(die_at)], check=False, env=os.environ
    )
    assert keyring_file.read(where) in (old, new)


def test_nothing_of_a_key_is_in_its_repr(place):
    keyring.make()
    ring = keyring.ring()
    assert "secret" not in repr(ring)
    assert ring.keys[ring.current].secret.hex() not in repr(ring)
    assert repr(ring.index_secret) not in repr(ring)
