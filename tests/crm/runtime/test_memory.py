from __future__ import annotations

import gc
import weakref
from contextlib import nullcontext

import pytest

from crm.runtime import memory, web


@pytest.fixture(autouse=True)
def as_before():
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    # The suite had all its tests frozen.
    gc.freeze()
    gc.set_threshold(*threshold)


class Ring:
    def __init__(self):
        self.itself = self


def test_what_is_there_is_not_gone_through_again():
    memory.settle()

    assert gc.get_freeze_count() > 10_000
    assert gc.get_threshold()[0] == memory.YOUNG


def test_what_a_page_leaves_behind_is_still_cleared():
    memory.settle()
    left = weakref.ref(Ring())
    gc.collect()

    assert left() is None


def test_the_web_process_settles_once_its_code_is_loaded(monkeypatch):
    loaded = []
    monkeypatch.setattr(web, "import_module", loaded.append)
    web._warm_up()

    assert loaded == ["crm.celery"]
    assert gc.get_freeze_count() > 10_000


@pytest.mark.parametrize("fault", [None, RuntimeError])
def test_what_is_loaded_is_gone_through_neither_while_it_grows_nor_later(monkeypatch, fault):
    seen = []
    gc.unfreeze()

    def set_up():
        seen.append(gc.isenabled())
        if fault:
            raise fault

    monkeypatch.setattr("django.setup", set_up)
    with pytest.raises(fault) if fault else nullcontext():
        memory.load_django()

    assert (seen, gc.isenabled()) == ([False], True)
    assert gc.get_freeze_count() > 10_000
