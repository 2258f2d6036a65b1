"""The five minutes: an embedded machine that is lost, and what another one gets back of it."""

from __future__ import annotations

import shutil
import signal
import threading
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import psycopg
import pytest

from crm.keep import copier as resting
from crm.keep import copying, keys, recovery, sources, strands
from crm.keep.base import Base
from crm.keep.copying import SLOT, Copier, NoRoomError, copied
from crm.keep.noting import status, trial_error
from crm.keep.stream import DamagedError
from crm.runtime import engines, processes
from crm.runtime.roles import OWNER

pytestmark = pytest.mark.machine


@pytest.fixture
def copier(machine):
    copier = Copier(machine.home)
    until_first_strand(copier)
    yield copier
    copier.close()


def until_first_strand(copier):
    assert processes.wait_until(lambda: copier.step() is not None, 60, pause=0.1)


def lose(machine):
    """Power cut and fire: the processes, then the data folder, but not the backups."""
    processes.send(processes.working_in(machine.server.data, "postgres"), signal.SIGKILL)
    machine.server._bury()
    shutil.rmtree(machine.home.postgres)


def restore(new, machine, *words):
    return new.run("restore", str(machine.home.backups), "--code", machine.code, *words)


def test_a_lost_machine_costs_no_more_than_what_was_not_copied(machine, copier, new):
    machine.write("before the copy")
    (machine.home.attachments / "ab").mkdir(parents=True)
    (machine.home.attachments / "ab" / "deed.sealed").write_bytes(b"sealed")
    copier.step()
    machine.write("after it")
    lose(machine)
    done = restore(new, machine)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "from the copies of the log" in done.stdout
    assert "The trail is whole." in done.stdout
    assert new.kept() == ["before the copy"]
    assert (new.home.attachments / "ab" / "deed.sealed").read_bytes() == b"sealed"
    assert not (new.home.postgres / "recovering").exists()


def test_a_moment_can_be_chosen(machine, copier, new):
    machine.write("early")
    copier.step()
    time.sleep(0.05)
    between = datetime.now(UTC)
    machine.write("late")
    copier.step()
    done = restore(new, machine, "--until", between.isoformat())
    assert done.returncode == 0, done.stdout + done.stderr
    assert new.kept() == ["early"]


def test_a_moment_before_the_copies_is_refused_with_a_sentence(machine, copier):
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    with pytest.raises(DamagedError, match="don't reach back"):
        sources.find(machine.home.backups, key=copier.key, until=long_ago)


@pytest.mark.soak
def test_a_later_backup_is_taken_when_the_copies_stopped_before_it(machine, copier, new):
    machine.write("in the backup only")
    time.sleep(1.1)
    machine.works("backup")
    done = restore(new, machine)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the backup of" in done.stdout
    assert new.kept() == ["in the backup only"]


def test_nothing_of_the_log_is_readable_in_its_copies(machine, copier):
    machine.write("a secret category")
    copier.step()
    files = [path for path in machine.home.backups.rglob("*") if path.is_file()]
    assert len(files) >= 5
    assert [path for path in files if b"a secret category" in path.read_bytes()] == []


def test_only_what_is_new_is_copied(machine, copier):
    machine.write("one")
    copier.step()
    strand = strands.standing()[-1]
    before = strand.size
    machine.write("two")
    copier.step()
    assert 0 < strand.size - before < 20_000


def test_the_server_keeps_nothing_that_was_copied(machine, copier):
    machine.as_superuser("SELECT pg_switch_wal()")
    machine.write("in a new file")
    copier.step()
    behind = "SELECT pg_current_wal_lsn() - restart_lsn FROM pg_replication_slots"
    assert machine.as_superuser(behind)[0] < 16 << 20


def test_parts_become_one_piece_when_their_file_is_full(machine, copier):
    for rule in ("a", "b", "c"):
        machine.write(rule)
        copier.step()
    machine.as_superuser("SELECT pg_switch_wal()")
    machine.write("d")
    copier.step()
    copier.step()
    strand = strands.standing()[-1]
    full = [end - start for start, end in strand._pieces()][:-1]
    assert set(full) == {16 << 20}


@pytest.mark.soak
def test_a_copier_that_was_away_goes_on_where_it_stopped(machine, copier):
    machine.write("one")
    copier.step()
    copier.close()
    machine.server.stop()
    machine.server.start(die_with_parent=True)
    machine.write("two")
    again = Copier(machine.home)
    assert again.step() is not None
    assert (len(strands.standing()), again.base) == (1, None)


@pytest.mark.soak
def test_a_log_that_was_lost_begins_a_new_strand(machine, copier):
    """As when the slot went over its cap: the disk was spared, and the copies say so anew."""
    machine.as_superuser(f"SELECT pg_drop_replication_slot('{SLOT}')")
    machine.write("never copied in pieces")
    machine.as_superuser("SELECT pg_switch_wal()")
    machine.write("in the next file")
    machine.as_superuser("CHECKPOINT")
    time.sleep(1.1)
    assert copier.step() is None
    until_first_strand(copier)
    assert len(strands.standing()) == 2


def test_a_slot_over_its_cap_is_given_up_and_the_disk_spared(machine, copier):
    machine.as_superuser("ALTER SYSTEM SET max_wal_size = '32MB'")
    settings = machine.server._arguments
    machine.server._arguments = lambda: [*settings(), "-c", "max_slot_wal_keep_size=16MB"]
    machine.server.stop()
    machine.server.start(die_with_parent=True)
    for _ in range(5):
        machine.as_superuser("SELECT pg_switch_wal()")
        machine.write(f"written {time.monotonic_ns()}")
    machine.as_superuser("CHECKPOINT")
    time.sleep(1.1)
    assert machine.as_superuser("SELECT wal_status FROM pg_replication_slots")[0] == "lost"
    assert copier.step() is None
    until_first_strand(copier)
    assert machine.as_superuser("SELECT wal_status FROM pg_replication_slots")[0] == "reserved"


def test_a_base_that_takes_long_needs_nothing_kept_for_it(machine, copier, new, monkeypatch):
    """A million people are copied for minutes, in which more is written than the server keeps."""
    may_go = threading.Event()
    make = Base.run
    monkeypatch.setattr(Base, "run", lambda base: (may_go.wait(60), make(base)))
    monkeypatch.setattr(copying, "A_DAY", timedelta())
    # Strands are named by the second in which they began.
    time.sleep(1.1)
    copier.step()
    monkeypatch.undo()
    for rule in ("one", "two", "three"):
        machine.write(rule)
        machine.as_superuser("SELECT pg_switch_wal()")
        copier.step()
    behind = "SELECT pg_current_wal_lsn() - restart_lsn FROM pg_replication_slots"
    assert machine.as_superuser(behind)[0] < 32 << 20
    may_go.set()
    assert processes.wait_until(lambda: copier.step() and len(strands.standing()) == 2, 60)
    machine.write("four")
    copier.step()
    shutil.rmtree(strands.standing()[0].folder)
    lose(machine)

    assert restore(new, machine).returncode == 0
    assert new.kept() == ["one", "two", "three", "four"]


def test_much_that_was_written_is_not_waited_with(machine, copier, monkeypatch):
    monkeypatch.setattr(copying, "MUCH", 8 << 20)
    copier.step()
    assert not copier.is_much_waiting()
    for rule in ("one", "two"):
        machine.as_superuser("SELECT pg_switch_wal()")
        machine.write(rule)
    assert copier.is_much_waiting()
    copier.step()
    assert not copier.is_much_waiting()


def test_a_rest_ends_when_much_is_waiting(monkeypatch):
    monkeypatch.setattr(resting, "LOOK_EVERY", 0.01)
    said = iter([False, psycopg.OperationalError(), True])

    def is_much_waiting():
        if isinstance(answer := next(said), Exception):
            raise answer
        return answer

    resting._rest(SimpleNamespace(base=None, is_much_waiting=is_much_waiting), threading.Event())
    assert list(said) == []


def test_a_full_disk_stops_the_copies_with_a_sentence_and_nothing_else(
    machine, copier, monkeypatch
):
    monkeypatch.setattr("crm.keep.copying.LEAST_FREE", 1 << 60)
    with pytest.raises(NoRoomError):
        copier.step()
    assert not copied(copier, lambda _: None)
    known = status(machine.home)
    assert "too little for a copy of the log" in known["error"]
    monkeypatch.setattr("crm.keep.copying.LEAST_FREE", 0)
    assert copied(copier, lambda _: None)
    assert status(machine.home)["error"] == ""


def test_the_key_rows_are_not_in_the_copy_that_outlives_the_log(machine, copier):
    """An erased person's key may lie in the log's copies, for seven days, and nowhere else."""
    copy = keys.read_recent(keys.recent_place(), key=recovery.key(machine.code))
    assert {name.split("/")[0] for name in copy._members} == {"tables", "files"}
    assert [name for name in copy._members if name.startswith("tables/")] == ["tables/crm_erasure"]
    assert "files/recovery-code" not in copy._members


ERASED = """
from uuid import UUID
from crm.vault.data_keys import Subject, provide
from crm.vault.services import shred
from crm.models import DataKey, Erasure
her = Subject("lead", UUID(int=7))
"""


def test_who_was_erased_after_the_moment_is_erased_in_what_comes_back(machine, copier, new):
    machine.works("shell", "-c", ERASED + "provide([her, Subject('lead', UUID(int=8))])")
    copier.step()
    time.sleep(0.05)
    between = datetime.now(UTC)
    machine.works("shell", "-c", ERASED + "shred(subject=her)")
    copier.step()
    done = restore(new, machine, "--until", between.isoformat())
    assert done.returncode == 0, done.stdout + done.stderr
    question = "SELECT array_agg(subject_id ORDER BY subject_id) FROM crm_data_key"
    with engines.used(new.home), psycopg.connect(new.server.url(OWNER)) as database:
        assert [str(key) for key in database.execute(question).fetchone()[0]] == [
            "00000000-0000-0000-0000-000000000008"
        ]


def test_the_copies_are_tried_and_a_fault_is_told(machine, copier):
    machine.write("one")
    copier.step()
    assert "reach to" in machine.works("backup", "--verify-log")
    assert trial_error(machine.home) == ""
    sorted(strands.standing()[-1].folder.glob("0*.sealed"))[0].unlink()
    done = machine.run("backup", "--verify-log")
    assert (done.returncode, "There is a gap" in done.stderr) == (1, True)
    assert "There is a gap" in trial_error(machine.home)


def test_another_porchlights_copies_are_never_replaced(machine, copier):
    (machine.home.keys / "recovery-code").unlink()
    stranger = Copier(machine.home)
    assert not copied(stranger, lambda _: None)
    assert "another Porchlight" in status(machine.home)["error"]
