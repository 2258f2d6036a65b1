from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from crm.runtime import binaries, cluster, engines, upgrade_journal, upgrading
from crm.runtime.home import Home
from crm.runtime.postgres import Server
from crm.runtime.refusal import Refusal
from crm.runtime.roles import OWNER
from crm.runtime.upgrading import Upgrade
from tests import prepared
from tests.crm.runtime.test_up import BASE
from tests.prepared import DEBIAN

pytestmark = pytest.mark.machine

RULE = "INSERT INTO crm_retentionrule (category, days, changed_at) VALUES ('kept', 5, now())"
HALF = "CREATE TABLE half_way (id int)"


@pytest.fixture(autouse=True)
def on_its_own(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """As from a terminal: the suite's database is not the one to upgrade."""
    if "ready" in request.fixturenames:
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "PORCHLIGHT_KEYS"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("PORCHLIGHT_HOME", str(request.getfixturevalue("ready").root))


def ask(home: Home, statement: str) -> list[tuple[object, ...]]:
    with (
        engines.used(home),
        psycopg.connect(Server(home).url(OWNER), autocommit=True) as database,
    ):
        found = database.execute(statement)
        return found.fetchall() if found.description else []


def rest(home: Home) -> set[str]:
    """What an upgrade may leave behind in the data folder."""
    names = {path.name for path in home.postgres.iterdir()} | {p.name for p in home.root.iterdir()}
    return names & {"before", "before.making", "failed", "next"}


def test_an_upgrade_backs_up_migrates_and_clears_up(ready: Home) -> None:
    ask(ready, RULE)
    said: list[str] = []
    Upgrade(ready, said.append).run()
    assert said[-1].startswith("Done:")
    assert ask(ready, "SELECT kind, state FROM crm_backup") == [("before_upgrade", "verified")]
    assert ask(ready, "SELECT category FROM crm_retentionrule") == [("kept",)]
    assert (rest(ready), upgrade_journal.read(ready)) == (set(), None)


def failing_at(monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    real = Upgrade._run

    def run(self: Upgrade, name: str, *words: str, **given: str) -> str:
        if name == module:
            with psycopg.connect(Server(self.place).url(OWNER), autocommit=True) as database:
                database.execute(HALF)
            raise Refusal("The new version has a fault.")
        return real(self, name, *words, **given)

    monkeypatch.setattr(Upgrade, "_run", run)


def test_a_version_that_does_not_start_leaves_everything_as_it_was(
    ready: Home,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    ask(ready, RULE)
    old, new = tmp_path / ".venv.old", tmp_path / ".venv"
    for place, text in ((old, "old"), (new, "new")):
        place.mkdir()
        (place / "which").write_text(text)
    monkeypatch.setattr(upgrading, "OLD_ENVIRONMENT", old)
    monkeypatch.setattr(upgrading, "ENVIRONMENT", new)
    with monkeypatch.context() as broken:
        failing_at(broken, "crm.runtime.start_check")
        with pytest.raises(Refusal, match=r"The new version has a fault\. The database is as it"):
            Upgrade(ready, print).run()
    assert ask(ready, "SELECT to_regclass('half_way')::text") == [(None,)]
    assert ask(ready, "SELECT category FROM crm_retentionrule") == [("kept",)]
    assert ((new / "which").read_text(), old.exists(), rest(ready)) == ("old", False, set())
    assert "put back as it was" in upgrade_journal.unfinished(ready)
    # The files of the version before are others, and start.
    monkeypatch.setattr(upgrade_journal, "code", lambda: "of the version before")
    assert upgrade_journal.unfinished(ready) == ""


KILLED = """
import os, sys
from crm.runtime import upgrading
from crm.runtime.home import home
left = [int(sys.argv[1])]
real = upgrading.Upgrade._note
def note(self, step, **changes):
    real(self, step, **changes)
    left[0] -= 1
    if not left[0]:
        os._exit(9)
upgrading.Upgrade._note = note
upgrading.Upgrade(home(), print).run()
"""


LONG = pytest.mark.soak


@pytest.mark.parametrize(
    ("notes", "step"),
    [
        pytest.param(1, "begun", marks=LONG),
        (2, "aside"),
        pytest.param(3, "good", marks=LONG),
    ],
)
def test_a_killed_upgrade_is_finished_by_the_next_run(
    ready: Home,
    notes: int,
    step: str,
) -> None:
    ask(ready, RULE)
    done = subprocess.run([sys.executable, "-c", KILLED, str(notes)], cwd=BASE, check=False)
    assert done.returncode == 9
    found = upgrade_journal.read(ready)
    assert found is not None
    assert found.step == step
    assert bool(upgrade_journal.unfinished(ready)) == (step != "good")
    Upgrade(ready, print).run()
    assert ask(ready, "SELECT category FROM crm_retentionrule") == [("kept",)]
    assert (rest(ready), upgrade_journal.read(ready)) == (set(), None)


def test_nothing_is_upgraded_while_it_runs(ready: Home) -> None:
    first = Upgrade(ready, print)
    first.lock = upgrading.FileLock(ready.state / "up.lock")
    first.lock.exclusive()
    with pytest.raises(Refusal, match="running here"):
        Upgrade(ready, print).run()
    first.lock.close()


def test_a_disk_without_room_for_the_way_back_is_refused_before_anything(
    ready: Home,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    usage = shutil.disk_usage(ready.root)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1))
    with pytest.raises(Refusal, match="Make room"):
        Upgrade(ready, print).run()
    assert ask(ready, "SELECT count(*) FROM crm_backup") == [(0,)]


@pytest.fixture
def made_by_15(place: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A data folder of another major version, with Porchlight's tables in it."""
    prepared.copy(prepared.made_by_15(), place)
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "PORCHLIGHT_KEYS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PORCHLIGHT_HOME", str(place.root))
    with binaries.other_postgres(DEBIAN):
        ask(place, RULE)
    assert cluster.made_by(cluster.data_folder(place)) == "15"
    return place


def test_postgresql_moves_on_to_its_next_major(made_by_15: Home) -> None:
    with pytest.raises(Refusal, match=r"manage\.py upgrade"):
        Server(made_by_15).start()
    said: list[str] = []
    Upgrade(made_by_15, said.append, old_programs=DEBIAN).run()
    assert any(line.startswith("From PostgreSQL 15 to ") for line in said)
    assert cluster.made_by(cluster.data_folder(made_by_15)) == binaries.postgres_major()
    assert ask(made_by_15, "SELECT category FROM crm_retentionrule") == [("kept",)]
    assert ask(made_by_15, "SELECT kind, state FROM crm_backup") == [("before_upgrade", "verified")]
    assert rest(made_by_15) == set()


@LONG
def test_a_failed_move_goes_back_to_the_old_major(
    made_by_15: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing_at(monkeypatch, "crm.runtime.settle")
    with pytest.raises(Refusal, match="The database is as it was"):
        Upgrade(made_by_15, print, old_programs=DEBIAN).run()
    assert cluster.made_by(cluster.data_folder(made_by_15)) == "15"
    with binaries.other_postgres(DEBIAN):
        assert ask(made_by_15, "SELECT category FROM crm_retentionrule") == [("kept",)]
    assert rest(made_by_15) == set()


@LONG
def test_without_the_old_programs_the_way_is_told(made_by_15: Home) -> None:
    with pytest.raises(Refusal, match="its programs are not here any more"):
        Upgrade(made_by_15, print).run()
    assert cluster.made_by(cluster.data_folder(made_by_15)) == "15"
