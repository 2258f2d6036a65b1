"""Loaded before the settings are: tests write to a folder of their own, never to the owner's."""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

if not os.environ.get("DATABASE_URL"):
    raise pytest.UsageError("There is no DATABASE_URL. Run `python3 manage.py test` instead.")

# The workers of a parallel run inherit the folder of the process that started them.
if "PYTEST_XDIST_WORKER" not in os.environ:
    folder = tempfile.mkdtemp(prefix="porchlight-tests-")
    os.environ["PORCHLIGHT_HOME"] = folder
    atexit.register(shutil.rmtree, folder, ignore_errors=True)

# Their tests share what takes long to make, or a name on the server: one worker has them all.
TOGETHER = {
    "tests/crm/keep/test_damage.py": "damage",
    "tests/crm/keep/test_restore.py": "restoring",
    "tests/crm/bench/test_house.py": "restoring",
    "tests/leads/today/test_demo.py": "demo",
}


class Scheduling(LoadScopeScheduling):  # type: ignore[misc]
    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        # The cases of one test stay together, too.
        return TOGETHER.get(file, nodeid.partition("[")[0])


# In the process that minds the workers.
_ahead = ThreadPoolExecutor(1)


def pytest_xdist_setupnodes() -> None:
    """Migrating takes as long as collecting the tests, and is begun at the same time."""
    from tests import prepared

    _ahead.submit(prepared.house)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    # In the order in which they were collected, and not those with most cases first.
    config.option.loadscopereorder = False
    return Scheduling(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that start machines take long and come first, so that no worker begins one when the
    other has nothing left. The browser's come last: its loop stays in the thread, and Django, which
    then gives every task a connection of its own, would say of changes that nobody made them."""
    items.sort(key=lambda item: ("tests/browser/" in item.nodeid, not _long(item)))


def _long(item: pytest.Item) -> bool:
    file = item.nodeid.partition("::")[0]
    return file in TOGETHER or item.get_closest_marker("machine") is not None


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Three thousand tests are here to stay: the collector need not walk past them all the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000)


def pytest_unconfigure(config: pytest.Config) -> None:
    """What the workers prepared for one another goes with the run."""
    if not hasattr(config, "workerinput"):
        from tests import prepared

        _ahead.shutdown()
        prepared.clear_up()
