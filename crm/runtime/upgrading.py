"""`manage.py upgrade`: to the version that lies in this folder, or back to where it began.

It never loads Django itself: what needs it runs in processes of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from crm.runtime import binaries, cluster, engines, next_major, upgrade_journal
from crm.runtime.child import BASE
from crm.runtime.home import Home, home
from crm.runtime.locks import FileLock, held
from crm.runtime.postgres import Server
from crm.runtime.refusal import Refusal
from crm.runtime.upgrade_journal import Journal
from crm.version import VERSION

ENVIRONMENT, OLD_ENVIRONMENT = BASE / ".venv", BASE / ".venv.old"
RUNNING = (
    "Porchlight is running here. Stop it (Ctrl-C where it was started, or stop the service), then "
    "run this again."
)


def main(arguments: list[str]) -> int:
    def say(sentence: str) -> None:
        print(sentence, flush=True)

    if arguments:
        say("`upgrade` takes no arguments: it goes to the version whose files are in this folder.")
        return 2
    try:
        Upgrade(home(), say).run()
    except Refusal as refusal:
        say(str(refusal))
        return 1
    return 0


class Upgrade:
    def __init__(
        self, place: Home, say: Callable[[str], None], *, old_programs: Path | None = None
    ) -> None:
        self.place, self.say, self.old_programs = place, say, old_programs
        self.embedded = not os.environ.get("DATABASE_URL")
        self.data, self.before = cluster.data_folder(place), place.postgres / "before"

    def run(self) -> None:
        self.lock = FileLock(self.place.state / "up.lock")
        if not self.lock.try_exclusive():
            raise Refusal(RUNNING)
        self._after_a_kill()
        if self.embedded and not (self.data / "PG_VERSION").exists():
            raise Refusal("There are no data here yet, so nothing to upgrade: start with `up`.")
        self.journal = Journal(
            "begun",
            VERSION,
            code=upgrade_journal.code(),
            system=cluster.noted(self.place).get("system", ""),
        )
        upgrade_journal.write(self.place, self.journal)
        try:
            self._go()
        except BaseException as error:
            self._back(str(error) or type(error).__name__)
            if isinstance(error, Exception):
                raise self._told(error) from error
            raise
        self._note("good")
        self._clear_up()
        self.say(f"Done: this is {VERSION}. Start with `python3 manage.py up`.")

    def _go(self) -> None:
        if not self.embedded:
            self._back_up()
            self._migrate_and_try()
            return
        self._demand_room()
        if cluster.made_by(self.data) == binaries.postgres_major():
            with engines.used(self.place):
                self._back_up()
            self._copy_aside()
        else:
            self._to_next_major()
        with engines.used(self.place):
            self._migrate_and_try()
            self._run("crm.keep.before_upgrade", "record", self.journal.backup)

    def _back_up(self) -> None:
        self.say("Making a backup, and trying it.")
        backup = self._run("crm.keep.before_upgrade", "make")
        self._note("begun", backup=backup.strip().splitlines()[-1])

    def _copy_aside(self) -> None:
        """The server has stopped: the folder is the database as it was, to the last byte."""
        self.say("Keeping the database as it is beside the new one.")
        making = self.before.with_name("before.making")
        shutil.rmtree(making, ignore_errors=True)
        with self._nobody_else():
            subprocess.run(["cp", "-a", self.data, making], check=True)
            os.sync()
            making.rename(self.before)
            self._note("aside")

    def _to_next_major(self) -> None:
        old = self.old_programs or binaries.postgres_of(OLD_ENVIRONMENT)
        made_by = cluster.made_by(self.data)
        if old is None or binaries.major_in(old) != made_by:
            raise Refusal(next_major.WITHOUT_THE_OLD.format(made_by))
        self.say(f"From PostgreSQL {made_by} to {binaries.postgres_major()}.")
        with binaries.other_postgres(old), engines.used(self.place):
            self._back_up()
        with self._nobody_else():
            made = next_major.move(self.place, old, self._run, self.say)
            # Noted first: from here on a kill is answered by going back.
            self._note("aside")
            self.data.rename(self.before)
            made.rename(self.data)
            cluster.note(self.place, system=cluster.system_identifier(self.data), roles="1")

    @contextmanager
    def _nobody_else(self) -> Iterator[None]:
        """No command in another terminal uses the database, or begins to."""
        with held(self.place.state / "use.lock"):
            if Server(self.place).pid() is not None:
                raise Refusal("Another command uses the database. Let it end, then run this again.")
            yield

    def _migrate_and_try(self) -> None:
        self.say("Bringing the database up to this version.")
        self._run("crm.runtime.settle")
        self.say("Trying it.")
        self._run("crm.runtime.start_check")

    def _back(self, why: str) -> None:
        """Whatever was done is undone; killed on the way, the next run goes on with it."""
        self._note("back", why=why[:500])
        self._put_data_back()
        if OLD_ENVIRONMENT.exists():
            failed = ENVIRONMENT.with_name(".venv.failed")
            shutil.rmtree(failed, ignore_errors=True)
            if ENVIRONMENT.exists():
                ENVIRONMENT.rename(failed)
            OLD_ENVIRONMENT.rename(ENVIRONMENT)
            shutil.rmtree(failed, ignore_errors=True)
        self._note("refused")

    def _put_data_back(self) -> None:
        next_major.clear(self.place)
        shutil.rmtree(self.before.with_name("before.making"), ignore_errors=True)
        if not self.before.exists():
            return
        Server(self.place).stop()
        failed = self.before.with_name("failed")
        if self.journal.system:
            cluster.note(self.place, system=self.journal.system)
        if self.data.exists():
            shutil.rmtree(failed, ignore_errors=True)
            self.data.rename(failed)
        self.before.rename(self.data)
        shutil.rmtree(failed, ignore_errors=True)

    def _after_a_kill(self) -> None:
        found = upgrade_journal.read(self.place)
        if found is None:
            return
        self.journal = found
        if found.step == "good":
            self._clear_up()
        elif found.step != "refused":
            self.say("An upgrade was begun and not finished: putting the database back first.")
            self._put_data_back()

    def _clear_up(self) -> None:
        shutil.rmtree(self.before, ignore_errors=True)
        shutil.rmtree(OLD_ENVIRONMENT, ignore_errors=True)
        next_major.clear(self.place)
        upgrade_journal.close(self.place)

    def _demand_room(self) -> None:
        size = sum(path.stat().st_size for path in self.data.rglob("*") if path.is_file())
        free = shutil.disk_usage(self.data).free
        if free < 2 * size:
            raise Refusal(
                f"An upgrade needs about {2 * size // 2**20} MB beside the data, to be able to go "
                f"back, and the disk has {free // 2**20} MB left. Make room, then run this again."
            )

    def _run(self, module: str, *words: str, **given: str) -> str:
        """In a process of its own, on the database as the owner; its words, or a refusal."""
        done = subprocess.run(
            [sys.executable, "-m", module, *words],
            cwd=BASE,
            env=os.environ
            | engines.addresses(self.place)
            | {"DJANGO_SETTINGS_MODULE": "crm.settings", "PORCHLIGHT_AS_OWNER": "1"}
            | given,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            said = (done.stderr or done.stdout).strip().splitlines()
            raise Refusal(said[-1] if said else f"{module} ended with {done.returncode}.")
        return done.stdout

    def _note(self, step: str, **changes: str) -> None:
        self.journal = replace(self.journal, step=step, **changes)
        upgrade_journal.write(self.place, self.journal)

    def _told(self, error: Exception) -> Refusal:
        kept = (
            f" The backup {self.journal.backup} was made before it." if self.journal.backup else ""
        )
        if not self.embedded:
            return Refusal(f"The upgrade did not work. {error}{kept} Restore it if pages fail.")
        return Refusal(
            f"The upgrade did not work. {error} The database is as it was.{kept} Put the files of "
            "the version before back in this folder and start that, or run this again."
        )
