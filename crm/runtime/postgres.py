"""A launcher of our own for PostgreSQL from its wheel: patient, and never fooled by a pid file."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from crm.runtime import binaries, cluster, credentials, folders, processes, roles
from crm.runtime.account import engine_account
from crm.runtime.home import Home
from crm.runtime.locks import held
from crm.runtime.postgres_settings import arguments
from crm.runtime.refusal import Refusal
from crm.runtime.roles import APPLICATION, DATABASE, OWNER

# After a crash PostgreSQL replays its log first; only impatience could do harm.
PATIENCE = 600.0
PROGRAM = "postgres"
SUPERUSER = "postgres"


@dataclass
class Server:
    home: Home
    fast: bool = False
    say: Callable[[str], None] = field(default=lambda _: None)
    # The postmaster as our own child; None where we adopted somebody else's.
    process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        return cluster.data_folder(self.home)

    def pid(self) -> int | None:
        """The postmaster that truly runs on our data, whatever any file says."""
        recorded = _recorded_pid(self.data)
        works = recorded is not None and processes.works_in(recorded, self.data, PROGRAM)
        return recorded if works else None

    def start(self, *, die_with_parent: bool = False) -> None:
        """Ready when it returns; a running server is adopted."""
        folders.open_home(self.home)
        with held(self.home.state / "postgres.lock"):
            self._wait_ready(self._launch_unless_running(die_with_parent), die_with_parent)
            self._prepare()

    def stop(self, *, patience: float = 60.0) -> None:
        """Fast: open transactions are rolled back, nothing acknowledged is lost."""
        with held(self.home.state / "postgres.lock"):
            postmaster = self.pid()
            if postmaster is not None:
                processes.send([postmaster], signal.SIGINT)
                if not processes.wait_gone([postmaster], patience):
                    processes.send([postmaster], signal.SIGQUIT)
            self._clear()
            self._bury()

    def url(self, role: str, database: str = DATABASE) -> str:
        password = quote(credentials.database_passwords(self.home)[role])
        return f"postgresql://{role}:{password}@/{database}?host={self._socket_folder()}"

    def _socket_folder(self) -> Path:
        # A running server says where it listens; another terminal might compute another place.
        lines = _pid_lines(self.data) if self.pid() is not None else []
        listening = lines[4].strip() if len(lines) > 4 else ""
        return Path(listening) if listening else folders.run_folder(self.home)

    def _members(self) -> list[int]:
        return processes.working_in(self.data, PROGRAM) if self.data.exists() else []

    def _launch(self, *, die_with_parent: bool) -> None:
        cluster.ensure(self.home, fast=self.fast)
        self._clear()
        self._bury()
        log = self.home.logs / "postgres" / "start.log"
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [binaries.postgres_program("postgres"), "-D", self.data, *self._arguments()],
                **engine_account().popen(),
                cwd=self.data,
                env=cluster.engine_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=processes.die_with_parent(signal.SIGINT) if die_with_parent else None,
            )

    def _arguments(self) -> list[str]:
        run, logs = folders.run_folder(self.home), self.home.logs / "postgres"
        known = _known_settings() if os.environ.get(binaries.OTHER) else None
        return arguments(run=run, logs=logs, fast=self.fast, known=known)

    def _clear(self) -> None:
        """Ends what a killed server left, so that neither processes nor files stop a start."""
        left = self._members()
        # A postmaster that lost its file is asked; its orphans end when they miss it.
        processes.send(processes.without_parent_among(left), signal.SIGINT)
        if not processes.wait_gone(left, 10):
            processes.send(left, signal.SIGKILL)
            processes.wait_gone(left, 5)
        # Safe only now that nothing works in the data folder.
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _bury(self) -> None:
        if self.process is not None:
            self.process.wait()
            self.process = None

    def _launch_unless_running(self, die_with_parent: bool) -> bool:
        if self.pid() is not None:
            return False
        self._launch(die_with_parent=die_with_parent)
        return True

    def _wait_ready(self, launched: bool, die_with_parent: bool) -> None:
        began, told = time.monotonic(), False
        while not self._answers():
            if launched and self._ended():
                raise Refusal(f"PostgreSQL did not start: {self._last_words()}")
            # What looked like a running server was on its way out.
            launched = launched or self._launch_unless_running(die_with_parent)
            waited = time.monotonic() - began
            if waited > PATIENCE:
                raise Refusal("PostgreSQL has not become ready in ten minutes. Start again later.")
            if waited > 3 and not told:
                self.say("The database is recovering from an unclean stop; this may take minutes.")
                told = True
            time.sleep(0.02)

    def _ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def _answers(self) -> bool:
        lines = _pid_lines(self.data)
        if len(lines) < 8 or lines[7].strip() != "ready":
            return False
        try:
            with psycopg.connect(self.url(SUPERUSER, "postgres"), connect_timeout=5) as connection:
                return connection.execute("SELECT 1").fetchone() == (1,)
        except psycopg.OperationalError:
            return False

    def _last_words(self) -> str:
        said = (self.home.logs / "postgres" / "start.log").read_text(errors="replace").split("\n")
        return next((line for line in reversed(said) if "FATAL" in line), " ".join(said[-3:]))

    def _prepare(self) -> None:
        if cluster.noted(self.home).get("roles") != "1":
            _make_roles(self)
            cluster.note(self.home, roles="1")


def _known_settings() -> set[str]:
    done = subprocess.run(
        [binaries.postgres_program("postgres"), "--describe-config"],
        **engine_account().popen(),
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
    )
    return {line.split("\t")[0] for line in done.stdout.splitlines()}


def _make_roles(server: Server) -> None:
    with psycopg.connect(server.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        roles.make(connection, credentials.database_passwords(server.home))


def _pid_lines(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text(errors="replace").split("\n")
    except OSError:
        return []


def _recorded_pid(data: Path) -> int | None:
    lines = _pid_lines(data)
    return int(lines[0]) if lines and lines[0].strip().isdigit() else None


@dataclass(frozen=True)
class Throwaway:
    """A server for tests: quick, forgetful, gone at the end."""

    url: str
    application_url: str
    superuser_url: str
    home: Home


@contextmanager
def throwaway() -> Iterator[Throwaway]:
    home = Home(folders.scratch(fleeting=True))
    server = Server(home, fast=True)
    try:
        server.start(die_with_parent=True)
        _let_the_owner_play_intruder(server)
        yield Throwaway(server.url(OWNER), server.url(APPLICATION), server.url(SUPERUSER), home)
    finally:
        server.stop(patience=5)
        shutil.rmtree(home.root, ignore_errors=True)


def _let_the_owner_play_intruder(server: Server) -> None:
    """Tests of the trail switch triggers off, which outside of them takes a superuser."""
    statement = sql.SQL("GRANT SET ON PARAMETER session_replication_role TO {}")
    with psycopg.connect(server.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(statement.format(sql.Identifier(OWNER)))
