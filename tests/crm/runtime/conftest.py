from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from crm.runtime import folders
from crm.runtime.home import Home
from crm.runtime.postgres import Server
from tests import prepared


@pytest.fixture
def place() -> Iterator[Home]:
    """A data folder of its own that the engines can reach."""
    home = Home(folders.scratch(fleeting=True))
    yield home
    shutil.rmtree(home.root)


@pytest.fixture
def settled(place: Home) -> Home:
    """A data folder after the database's first start: making one takes a second."""
    return prepared.copy(prepared.started(), place)


@pytest.fixture
def ready(place: Home) -> Home:
    """A data folder after its first `up`."""
    return prepared.copy(prepared.settled(), place)


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
