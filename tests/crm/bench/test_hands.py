from __future__ import annotations

import os
import signal
from functools import partial
from pathlib import Path

import pytest
from django.db import connection

from crm.bench.hands import HANDS, HandFailed, share_out

pytestmark = pytest.mark.django_db


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def note(path: Path, job: int) -> None:
    with path.open("a") as file:
        file.write(f"{job} {os.getpid()} {backend()}\n")


def test_what_an_open_transaction_shares_out_stays_in_it():
    seen: list[int] = []
    share_out([lambda: seen.append(backend())] * 3)
    assert seen == [backend()] * 3


@pytest.mark.django_db(transaction=True)
def test_each_job_is_done_once_by_a_process_with_a_connection_of_its_own(tmp_path: Path):
    share_out(partial(note, tmp_path / "seen", job) for job in range(30))
    seen = [line.split() for line in (tmp_path / "seen").read_text().splitlines()]
    assert sorted(int(job) for job, _, _ in seen) == list(range(30))
    assert len({process for _, process, _ in seen} - {str(os.getpid())}) <= HANDS
    assert len({(process, server) for _, process, server in seen}) <= HANDS
    assert str(backend()) not in {server for _, _, server in seen}


@pytest.mark.django_db(transaction=True)
def test_a_failure_is_told_and_nothing_more_is_begun(tmp_path: Path):
    seen = tmp_path / "seen"
    seen.touch()
    later = [partial(note, seen, job) for job in range(1000)]
    with pytest.raises(HandFailed, match="ZeroDivisionError"):
        share_out([lambda: 1 / 0, *later])
    assert len(seen.read_text().splitlines()) < 1000


@pytest.mark.django_db(transaction=True)
def test_a_process_that_is_killed_is_told():
    with pytest.raises(HandFailed, match="-9"):
        share_out([lambda: os.kill(os.getpid(), signal.SIGKILL)])
