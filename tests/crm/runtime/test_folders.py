from __future__ import annotations

import errno
import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from crm.runtime import folders
from crm.runtime.home import Home
from crm.runtime.refusal import Refusal
from tests.crm.runtime.test_up import Up

pytestmark = pytest.mark.machine

Usage = namedtuple("Usage", "total used free")


def test_data_folder_that_is_a_file_is_said(place: Home) -> None:
    file = place.root / "letter"
    file.touch()

    with pytest.raises(Refusal, match=rf"{file} can't hold Porchlight's data: File exists"):
        folders.open_home(Home(file))


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.EACCES, "can't hold Porchlight's data: Permission denied"),
        (errno.ENOSPC, "is full. Free some and run again."),
    ],
)
def test_data_folder_that_can_not_be_made_is_said(
    place: Home, monkeypatch: pytest.MonkeyPatch, number: int, told: str
) -> None:
    def refused(path: Path, *_: object, **__: object) -> None:
        raise OSError(number, "Permission denied", str(path))

    monkeypatch.setattr(Path, "mkdir", refused)

    with pytest.raises(Refusal) as refusal:
        folders.open_home(place)
    assert told in str(refusal.value)


def test_room_is_asked_for_beforehand(place: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**9, 9 * 10**8, 10**8))

    folders.demand_room(place.root, 100)
    with pytest.raises(Refusal, match=r"There are 100 MB free .* 101 MB are needed"):
        folders.demand_room(place.root, 101)


def test_up_says_it_in_one_line(place: Home) -> None:
    file = place.root / "letter"
    file.touch()
    running = Up(Home(file))

    rest, _ = running.process.communicate(timeout=60)

    assert rest.decode().endswith("Set PORCHLIGHT_HOME to a folder of yours and run again.\n")
    assert rest.count(b"\n") == running.process.returncode == 1


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(folders, "MEMORY", tmp_path)
    monkeypatch.setattr(folders, "LEAST_MEMORY", 1)
    return tmp_path


def test_a_fleeting_folder_lies_in_memory_and_no_other_does(memory: Path) -> None:
    fleeting, other = folders.scratch(fleeting=True), folders.scratch()
    other.rmdir()

    assert (fleeting.parent, other.parent) == (memory, Path(folders.SHORT))


def test_a_fleeting_folder_lies_on_the_disk_where_memory_is_short_or_none(
    memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "LEAST_MEMORY", 1 << 60)
    short = folders.scratch(fleeting=True)
    monkeypatch.undo()
    monkeypatch.setattr(folders, "MEMORY", memory / "none")
    without = folders.scratch(fleeting=True)
    short.rmdir()
    without.rmdir()

    assert {short.parent, without.parent} == {Path(folders.SHORT)}
