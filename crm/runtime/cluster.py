"""The embedded server's data folder: made once, recognised ever after, never made twice."""

from __future__ import annotations

import json
import os
import shutil
import struct
import subprocess
from pathlib import Path

from crm.runtime import binaries, credentials
from crm.runtime.account import engine_account
from crm.runtime.folders import ours
from crm.runtime.home import Home
from crm.runtime.refusal import Refusal

LOCALE = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
ACCESS = ["--auth-local=scram-sha-256", "--auth-host=reject", "--username=postgres"]


def data_folder(home: Home) -> Path:
    return home.postgres / "data"


def marker(home: Home) -> Path:
    """Says that data were made here, so that their absence is a loss and not a first run."""
    return home.state / "postgres.json"


def ensure(home: Home, *, fast: bool = False) -> None:
    ours(home.postgres, account=engine_account())
    ours(home.logs / "postgres", account=engine_account())
    data = data_folder(home)
    if not (data / "PG_VERSION").exists():
        _refuse_where_data_should_be(home)
        _make(home, fast=fast)
    _refuse_other_major(data)
    _recognise(home)


def made_by(data: Path) -> str:
    """PostgreSQL's major version."""
    return (data / "PG_VERSION").read_text().strip()


def system_identifier(data: Path) -> str:
    # The first eight bytes of the control file, in the machine's own order.
    with (data / "global" / "pg_control").open("rb") as control:
        return str(struct.unpack("=Q", control.read(8))[0])


def noted(home: Home) -> dict[str, str]:
    try:
        known: dict[str, str] = json.loads(marker(home).read_text())
    except FileNotFoundError:
        return {}
    return known


def note(home: Home, **facts: str) -> None:
    credentials.write_secret(marker(home), json.dumps(noted(home) | facts))


def _refuse_where_data_should_be(home: Home) -> None:
    if noted(home):
        raise Refusal(
            f"The database that was in {data_folder(home)} is gone. Porchlight does not put an "
            "empty one in its place: bring the folder back, or restore a backup. To start anew "
            f"without the old data, remove {marker(home)} first."
        )
    data = data_folder(home)
    if data.exists() and any(data.iterdir()):
        raise Refusal(f"{data} holds something that is not a database. Move it away first.")


def _refuse_other_major(data: Path) -> None:
    made, brought = made_by(data), binaries.postgres_major()
    if made != brought:
        raise Refusal(
            f"The data were made by PostgreSQL {made} and this Porchlight brings {brought}. "
            "Nothing was changed. `python3 manage.py upgrade` takes them over."
        )


def _recognise(home: Home) -> None:
    found, known = system_identifier(data_folder(home)), noted(home).get("system")
    if known is None:
        note(home, system=found)
    elif known != found:
        raise Refusal(
            f"{data_folder(home)} holds another database than the one that was made here. Bring "
            f"the right folder back; if this one is right, remove {marker(home)}."
        )


def _make(home: Home, *, fast: bool) -> None:
    account, making = engine_account(), home.postgres / "making"
    # What an interrupted first run left behind was never in use.
    shutil.rmtree(making, ignore_errors=True)
    ours(making, account=account)
    password = home.postgres / "first-password"
    credentials.write_secret(password, credentials.database_passwords(home)["postgres"])
    os.chown(password, account.uid, account.gid)
    options = [
        "--encoding=UTF8",
        *LOCALE,
        *ACCESS,
        f"--pwfile={password}",
        *(["--no-sync"] if fast else []),
    ]
    try:
        _initdb(making, options)
    finally:
        password.unlink()
    making.rename(data_folder(home))


def _initdb(folder: Path, options: list[str]) -> None:
    done = subprocess.run(
        [binaries.postgres_program("initdb"), "-D", folder, *options],
        **engine_account().popen(),
        cwd=folder,
        env=engine_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Refusal(f"PostgreSQL could not make its data folder: {done.stderr.strip()}")


def engine_environment() -> dict[str, str]:
    """Nothing of ours: a stray PGDATA or LC_ALL must not reach the engine."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
