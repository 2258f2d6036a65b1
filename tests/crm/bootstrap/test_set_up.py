from __future__ import annotations

import json
import signal
import subprocess
import time

import pytest

from tests.crm.bootstrap.conftest import Clone, make_wheel

pytestmark = pytest.mark.machine

INSIDE = "inside {} ['check', '--all'] 1.0\n"


def test_first_run_sets_up_and_later_ones_go_straight_inside(clone: Clone) -> None:
    clone.environment.mkdir()
    (clone.environment / "left-by-a-killed-one").touch()
    inside = INSIDE.format(clone.environment)

    first = clone.run("check", "--all")
    again = clone.run("check", "--all")

    assert "not finished; making it again" in first.stdout
    assert "fetching and installing 2 packages with pip" in first.stdout
    assert first.stdout.endswith(inside)
    assert again.stdout == inside
    assert again.stderr == ""
    assert not (clone.environment / "left-by-a-killed-one").exists()


@pytest.mark.soak
def test_lock_that_can_not_be_met_leaves_the_old_environment(clone: Clone) -> None:
    clone.run("check", "--all")
    lock = clone.root / "requirements.lock"
    before = lock.read_text()
    make_wheel(clone.wheels, "third")
    lock.write_text(f"{before}third==1.0 \\\n    --hash=sha256:{'0' * 64}\n")

    refused = clone.run("check", "--all")
    lock.write_text(before)
    back = clone.run("check", "--all")

    assert refused.returncode == 1
    assert refused.stderr == (
        "Porchlight: A package is not the one that was locked, so it was not installed. Try "
        "again on another network; if it stays so, the index or something before it alters "
        "packages.\n"
    )
    assert back.stdout == INSIDE.format(clone.environment)


@pytest.mark.soak
def test_changed_lock_makes_a_new_environment(clone: Clone) -> None:
    clone.run("check", "--all")
    made = (clone.environment / "pyvenv.cfg").stat().st_ino
    clone.lock("first", "third")

    changed = clone.run("check", "--all")

    assert changed.stdout.endswith(INSIDE.format(clone.environment))
    assert (clone.environment / "pyvenv.cfg").stat().st_ino != made
    assert not (clone.root / ".venv.old").exists()


@pytest.mark.soak
def test_development_tools_come_on_top(clone: Clone) -> None:
    clone.lock("first", tools=("tool",))
    clone.run("check", "--all")
    made = (clone.environment / "pyvenv.cfg").stat().st_ino

    tested = clone.run("test")
    plain = clone.run("check", "--all")

    assert "Adding the development tools" in tested.stdout
    assert (clone.environment / "pyvenv.cfg").stat().st_ino == made
    assert plain.stdout == INSIDE.format(clone.environment)
    assert len(json.loads((clone.environment / "porchlight.json").read_text())["locks"]) == 2


@pytest.mark.soak
@pytest.mark.parametrize("moment", [0.3, 1.0, 2.0, 3.0, 4.0])
def test_killed_at_any_moment_a_second_run_repairs(clone: Clone, moment: float) -> None:
    process = subprocess.Popen(
        clone.command("check"), env=clone.surroundings(), stdout=subprocess.DEVNULL
    )
    time.sleep(moment)
    process.send_signal(signal.SIGKILL)
    process.wait()

    repaired = clone.run("check")

    assert repaired.stdout.endswith(f"inside {clone.environment} ['check'] 1.0\n")
    assert repaired.returncode == 0


@pytest.mark.soak
def test_two_at_once_make_one_environment(clone: Clone) -> None:
    both = [
        subprocess.Popen(
            clone.command("check"), env=clone.surroundings(), stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=120)[0] for process in both]

    assert [process.returncode for process in both] == [0, 0]
    assert sum("is setting itself up" in words for words in said) == 1
    assert sum("Another set-up is at work here" in words for words in said) == 1


@pytest.mark.soak
def test_moved_folder_is_set_up_again(clone: Clone) -> None:
    clone.run("check")
    moved = Clone(clone.root.rename(clone.root.with_name("elsewhere")), clone.wheels)

    again = moved.run("check")

    assert "is setting itself up" in again.stdout
    assert again.stdout.endswith(f"inside {moved.environment} ['check'] 1.0\n")


@pytest.mark.soak
def test_environment_whose_python_is_gone_is_made_anew(clone: Clone) -> None:
    clone.run("check")
    (clone.environment / "bin" / "python").unlink()
    (clone.environment / "bin" / "python").symlink_to("/nowhere/python3")

    again = clone.run("check")

    assert again.stdout.endswith(f"inside {clone.environment} ['check'] 1.0\n")
