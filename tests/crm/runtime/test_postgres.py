from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys

import psycopg
import pytest

from crm.runtime import cluster, folders, processes
from crm.runtime.account import Account, engine_account
from crm.runtime.home import Home
from crm.runtime.postgres import SUPERUSER, Server
from crm.runtime.refusal import Refusal
from crm.runtime.roles import APPLICATION, OWNER

pytestmark = pytest.mark.machine


def ask(address: str, question: str) -> object:
    with psycopg.connect(address, autocommit=True) as connection:
        row = connection.execute(question).fetchone()
    return row and row[0]


def test_first_start_makes_a_private_cluster_with_two_roles(new_server: Server) -> None:
    new_server.start()
    assert ask(new_server.url(OWNER), "SELECT current_user") == "porchlight_owner"
    assert ask(new_server.url(APPLICATION), "SELECT current_user") == "porchlight_app"
    settings = "SELECT string_agg(setting, ' ' ORDER BY name) FROM pg_settings WHERE name IN "
    asked = "('fsync', 'listen_addresses', 'log_error_verbosity', 'max_wal_size')"
    assert ask(new_server.url(SUPERUSER), settings + asked) == "on  terse 512"
    locale = "SELECT datlocale FROM pg_database WHERE datname = 'porchlight'"
    assert ask(new_server.url(SUPERUSER), locale) == "C.UTF-8"
    assert stat.S_IMODE(new_server.data.stat().st_mode) == 0o700
    run = folders.run_folder(new_server.home)
    assert (stat.S_IMODE(run.stat().st_mode), run.stat().st_uid) == (0o700, engine_account().uid)
    kept = new_server.home.keys / "database.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_application_role_may_not_make_tables(server: Server) -> None:
    server.start()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(server.url(APPLICATION), "CREATE TABLE mine (id int)")


def test_no_password_no_entry(server: Server) -> None:
    server.start()
    without = server.url(SUPERUSER).replace(server.url(SUPERUSER).split(":")[2].split("@")[0], "x")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        ask(without, "SELECT 1")


def test_second_start_adopts_the_running_server(server: Server) -> None:
    server.start()
    again = Server(server.home)
    again.start()
    assert (again.process, again.pid()) == (None, server.pid())


def test_acknowledged_writes_survive_a_kill_of_the_tree(server: Server) -> None:
    server.fast = False
    server.start()
    acknowledged = 0
    with psycopg.connect(server.url(OWNER), autocommit=True) as connection:
        connection.execute("CREATE TABLE written (id int)")
        for number in range(1, 301):
            connection.execute("INSERT INTO written VALUES (%s)", [number])
            acknowledged = number
        # The orphans are mourned by nobody: whatever is left must not stop the next start.
        processes.send(processes.working_in(server.data, "postgres"), signal.SIGKILL)
    server.start()
    assert ask(server.url(OWNER), "SELECT count(*) FROM written") == acknowledged


@pytest.mark.parametrize("damage", [b"", b"garbage\n\xff\xfe", b"1\n/elsewhere\n", b"-5\n"])
def test_damaged_pid_file_does_not_stop_a_start(server: Server, damage: bytes) -> None:
    server.start()
    server.stop()
    (server.data / "postmaster.pid").write_bytes(damage)
    server.start()
    assert ask(server.url(OWNER), "SELECT 1") == 1


def test_zombie_postmaster_is_no_server(server: Server) -> None:
    server.start()
    server.stop()
    zombie = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
    lines = [str(zombie.pid), str(server.data), "1", "5432", "/nowhere", "", "0 0", "ready", ""]
    (server.data / "postmaster.pid").write_text("\n".join(lines))
    assert server.pid() is None
    server.start()
    assert ask(server.url(OWNER), "SELECT 1") == 1
    zombie.wait()


def test_running_server_whose_pid_file_was_damaged_is_replaced(server: Server) -> None:
    server.start()
    first = server.process
    assert first is not None
    (server.data / "postmaster.pid").write_text("garbage")
    server.start()
    assert first.wait(5) == 0
    assert server.pid() not in (None, first.pid)
    assert ask(server.url(OWNER), "SELECT 1") == 1


def test_missing_data_are_a_loss_and_not_a_first_run(server: Server) -> None:
    server.start()
    server.stop()
    shutil.rmtree(server.data)
    with pytest.raises(Refusal, match="is gone"):
        server.start()
    assert not server.data.exists()


def test_another_database_in_the_place_is_refused(server: Server) -> None:
    server.start()
    server.stop()
    cluster.note(server.home, system="1")
    with pytest.raises(Refusal, match="another database"):
        server.start()


def test_another_major_version_is_refused(server: Server) -> None:
    server.start()
    server.stop()
    (server.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(Refusal, match="made by PostgreSQL 17"):
        server.start()
    (server.data / "PG_VERSION").write_text("18\n")


def test_interrupted_first_run_starts_over(new_server: Server) -> None:
    making = new_server.home.postgres / "making"
    making.mkdir(parents=True)
    (making / "half").write_text("a half")
    new_server.start()
    assert ask(new_server.url(OWNER), "SELECT 1") == 1
    assert not making.exists()


def test_path_longer_than_a_socket_name_works(place: Home) -> None:
    long = Home(place.root / ("a long name with spaces " * 5) / ("and another one" * 6))
    assert len(str(long.root)) > 107
    server = Server(long)
    try:
        server.start()
        assert ask(server.url(OWNER), "SELECT 1") == 1
        assert not folders.run_folder(long).is_relative_to(long.root)
    finally:
        server.stop()
        shutil.rmtree(folders.run_folder(long))


@pytest.mark.skipif(os.geteuid() != 0, reason="Only root can take the place of another.")
def test_folder_of_somebody_else_is_refused(place: Home) -> None:
    folder = place.root / "run"
    folder.mkdir(mode=0o700)
    os.chown(folder, 12345, 12345)
    with pytest.raises(Refusal, match="belongs to somebody else"):
        folders.ours(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="Only root has to hand its engines over.")
def test_root_hands_the_server_to_a_plain_account(server: Server) -> None:
    server.start()
    postmaster = server.pid()
    assert postmaster is not None
    assert processes.owner(postmaster) == engine_account().uid != 0


@pytest.mark.skipif(os.geteuid() != 0, reason="The ordinary user is the one who runs this.")
def test_ordinary_user_runs_it_as_themselves(
    new_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = Account("nobody", 65534, 65534, other=False)
    os.chown(new_server.home.root, user.uid, user.gid)
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setgid(user.gid)
        os.setuid(user.uid)
        monkeypatch.setattr("crm.runtime.folders.engine_account", lambda: user)
        monkeypatch.setattr("crm.runtime.cluster.engine_account", lambda: user)
        monkeypatch.setattr("crm.runtime.postgres.engine_account", lambda: user)
        monkeypatch.setattr("crm.runtime.binaries.engine_account", lambda: user)
        new_server.start()
        well = ask(new_server.url(OWNER), "SELECT 1") == 1
        new_server.stop()
        os._exit(0 if well and processes.owner(os.getpid()) == user.uid else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
