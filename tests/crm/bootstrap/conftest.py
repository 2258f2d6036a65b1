from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from crm.bootstrap import ROOT

BASE_PYTHON = str(getattr(sys, "_base_executable", sys.executable))


def make_wheel(folder: Path, name: str, version: str = "1.0") -> Path:
    """The smallest package that an installer takes."""
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    about = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(f"{name}.py", f"VERSION = {version!r}\n")
        archive.writestr(
            f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
        )
        archive.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{about}/RECORD", "")
    return wheel


def locked(*wheels: Path) -> str:
    return "".join(
        f"{wheel.name.split('-')[0]}=={wheel.name.split('-')[1]} \\\n"
        f"    --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"
        for wheel in wheels
    )


@dataclass
class Clone:
    """A small checkout: the real bootstrap, a lock of toy packages, no network."""

    root: Path
    wheels: Path

    @property
    def environment(self) -> Path:
        return self.root / ".venv"

    def lock(self, *names: str, tools: tuple[str, ...] = ()) -> None:
        wheels = [self.wheels / f"{name}-1.0-py3-none-any.whl" for name in (*names, *tools)]
        for name, wheel in zip((*names, *tools), wheels, strict=True):
            if not wheel.exists():
                make_wheel(self.wheels, name)
        (self.root / "requirements.lock").write_text(locked(*wheels[: len(names)]))
        (self.root / "requirements-dev.lock").write_text(locked(*wheels))

    def surroundings(self, **more: str) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("HOME", "TMPDIR") if name in os.environ}
        offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels), "UV_OFFLINE": "1"}
        # Without uv on the path: Python's own tools, as on a bare machine.
        return {**kept, **offline, "PATH": "/usr/bin:/bin", "PIP_CONFIG_FILE": os.devnull} | more

    def command(self, *arguments: str, python: str = BASE_PYTHON) -> list[str]:
        return [python, str(self.root / "manage.py"), *arguments]

    def run(
        self, *arguments: str, python: str = BASE_PYTHON, **more: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments, python=python),
            env=self.surroundings(**more),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


MANAGE = """
import sys
from crm import bootstrap
bootstrap.ensure(sys.argv)
import first
print("inside", sys.prefix, sys.argv[1:], first.VERSION)
"""


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    root, wheels = tmp_path / "porchlight", tmp_path / "wheels"
    (root / "crm").mkdir(parents=True)
    wheels.mkdir()
    (root / "crm" / "__init__.py").touch()
    shutil.copytree(ROOT / "crm" / "bootstrap", root / "crm" / "bootstrap")
    (root / "manage.py").write_text(MANAGE)
    made = Clone(root, wheels)
    made.lock("first", "second")
    return made
