from __future__ import annotations

import shutil

import psycopg
import pytest
from django.db import connection

from crm.audit import chain
from crm.keep import recovery, services, trial
from crm.keep.stream import DamagedError
from crm.models import Backup, Notification, RetentionRule
from crm.vault.errors import KeyringLocked

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def places(settings, tmp_path, monkeypatch):
    monkeypatch.setenv("PORCHLIGHT_KEYS", str(tmp_path / "keys"))
    settings.BACKUPS = tmp_path / "backups"
    settings.KEY_BACKUPS = tmp_path / "backups" / "keys"
    (tmp_path / "keys").mkdir(mode=0o700)


@pytest.fixture
def backup():
    for number in range(50):
        RetentionRule.objects.create(category=f"category {number}", days=number + 1)
    return services.make(kind=Backup.Kind.BY_HAND)


def test_a_backup_says_what_it_holds(backup):
    assert (backup.state, backup.error) == (Backup.State.WRITTEN, "")
    assert backup.rows >= 50
    assert backup.bytes == sum(
        path.stat().st_size
        for path in (services.root() / backup.folder).iterdir()
        if path.suffix == ".sealed"
    )


def test_a_backup_gives_back_the_same_rows(backup):
    trial.check(services.root() / backup.folder, code=recovery.code())


def test_nothing_readable_lies_in_the_files(backup):
    for path in (services.root() / backup.folder).iterdir():
        assert b"category 7" not in path.read_bytes()


def test_a_damaged_dump_is_refused_and_remembered(backup):
    path = services.root() / backup.folder / services.DATABASE
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(DamagedError):
        trial.verify(backup)
    backup.refresh_from_db()
    assert (backup.state, bool(backup.error)) == (Backup.State.FAILED, True)
    assert Notification.objects.get().words[0] == "A backup could not be verified"


def test_a_backup_without_the_keys_is_refused(backup):
    shutil.rmtree(services.root() / "keys")
    with pytest.raises(DamagedError, match="keys"):
        trial.check(services.root() / backup.folder, code=recovery.code())


def test_a_backup_with_a_forged_trail_does_not_open(owner):
    chain.seal_due()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE crm_trail SET actor = 'forger'")
        cursor.execute("RESET session_replication_role")
    backup = services.make(kind=Backup.Kind.BY_HAND)
    with pytest.raises(DamagedError, match="`audit verify` says: The trail is broken"):
        trial.check(services.root() / backup.folder, code=recovery.code())


def test_a_failed_backup_leaves_no_files_and_says_why(monkeypatch):
    def broken(*_args, **_kwargs):
        raise OSError("No space left on device")

    monkeypatch.setattr(services.dump, "dump", broken)
    with pytest.raises(OSError, match="No space"):
        services.make(kind=Backup.Kind.BY_HAND)
    failed = Backup.objects.get()
    assert (failed.state, failed.error) == (Backup.State.FAILED, "No space left on device")
    assert [path.name for path in services.root().iterdir()] == ["keys"]
    told = Notification.objects.get()
    assert told.words == ("A backup failed", "No space left on device")


def test_a_failure_is_seen_for_what_it_is_where_nobody_can_be_told(monkeypatch):
    def broken(*_args, **_kwargs):
        raise OSError("No space left on device")

    def locked(*_args, **_kwargs):
        raise KeyringLocked("The keyring wants its passphrase.")

    monkeypatch.setattr(services.dump, "dump", broken)
    monkeypatch.setattr("crm.keep.telling.notify", locked)
    with pytest.raises(OSError, match="No space"):
        services.make(kind=Backup.Kind.BY_HAND)
    assert Backup.objects.get().state == Backup.State.FAILED


def test_two_backups_at_once_are_one(monkeypatch):
    with services._alone(), pytest.raises(services.BusyError):
        services.make(kind=Backup.Kind.BY_HAND)
    assert Backup.objects.count() == 0


def test_a_backup_that_a_power_cut_ended_is_said_to_have_failed(backup):
    Backup.objects.filter(pk=backup.pk).update(state=Backup.State.RUNNING, finished_at=None)
    (services.root() / f"2026-01-01T000000Z{services.MAKING}").mkdir()
    services.forget_interrupted()
    backup.refresh_from_db()
    assert backup.state == Backup.State.FAILED
    assert list(services.root().glob(f"*{services.MAKING}")) == []


def test_the_scratch_database_is_gone_afterwards(backup, monkeypatch):
    used: list[str] = []
    fill = trial.fill
    monkeypatch.setattr(
        trial, "fill", lambda name, *a, **k: (used.append(name), fill(name, *a, **k))
    )
    trial.check(services.root() / backup.folder, code=recovery.code())
    with psycopg.connect(services.address()) as database:
        rows = database.execute("SELECT datname FROM pg_database").fetchall()
    assert (used[0],) not in rows


def test_the_keys_of_another_porchlight_are_never_replaced(backup, tmp_path):
    """As when an empty machine is started on the old one's disk before anything was restored."""
    (tmp_path / "keys" / "recovery-code").unlink()
    before = services.keys.place().read_bytes()
    with pytest.raises(DamagedError, match="another Porchlight"):
        services.make(kind=Backup.Kind.BY_HAND)
    assert services.keys.place().read_bytes() == before
