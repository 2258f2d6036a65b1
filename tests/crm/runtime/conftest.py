from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator

import pytest

from crm.runtime import folders
from crm.runtime.home import Home
from crm.runtime.postgres import Server


@pytest.fixture
def place() -> Iterator[Home]:
    """A data folder of its own that the engines can reach."""
    home = Home(folders.scratch())
    yield home
    shutil.rmtree(home.root)


@pytest.fixture(scope="session")
def made() -> Iterator[Home]:
    """A data folder after its first run, to be copied: making one takes a second."""
    home = Home(folders.scratch())
    server = Server(home, fast=True)
    server.start()
    server.stop()
    yield home
    shutil.rmtree(home.root)


@pytest.fixture
def settled(made: Home, place: Home) -> Home:
    subprocess.run(["cp", "-a", f"{made.root}/.", place.root], check=True)
    return place


@pytest.fixture
def server(settled: Home) -> Iterator[Server]:
    """Started by the test that wants it; stopped and swept afterwards."""
    server = Server(settled, fast=True)
    yield server
    server.stop(patience=5)


@pytest.fixture
def new_server(place: Home) -> Iterator[Server]:
    """One that has never run."""
    server = Server(place)
    yield server
    server.stop(patience=5)
