"""A worker to be killed: it delivers what is due to reactions that write down what they heard."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing.process import BaseProcess
from types import ModuleType
from uuid import UUID

from django.db import connection

from crm.events import delivering, failpoints
from crm.models import Event

Work = Callable[[str, float], None]
# One row an effect, without any key: a doubled effect must be able to show.
HEARD = "CREATE TABLE crm_test_heard (at bigserial, reaction text, subject uuid, number bigint)"


def score(event: Event) -> None:
    write_down("score", event)


def match(event: Event) -> None:
    write_down("match", event)


def write_down(name: str, event: Event) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO crm_test_heard (reaction, subject, number) VALUES (%s, %s, %s)",
            [name, event.subject, event.number],
        )
        cursor.execute("SELECT pg_sleep(%s)", [event.data.get("takes", 0)])


def deliver_all(armed: str, lease: float) -> None:
    run(delivering, delivering.deliver_due, armed, lease)


def run(room: ModuleType, tick: Callable[[], object], armed: str, lease: float) -> None:
    failpoints._armed = failpoints.read(armed)
    room.LEASE = timedelta(seconds=lease)
    # Where a browser's loop runs in the parent, Django finds another connection there than here:
    # one that the parent did not close, and that must not be spoken through.
    connection.connection = None
    while True:
        tick()
        time.sleep(0.02)


def start(*, armed: str = "", lease: float = 0.5, work: Work = deliver_all) -> BaseProcess:
    """Forked, so that it starts at once and knows the test's reactions and its database."""
    connection.close()  # or both would speak through one socket
    process = multiprocessing.get_context("fork").Process(target=work, args=[armed, lease])
    process.start()
    return process


@contextmanager
def worker(
    *, armed: str = "", lease: float = 0.5, work: Work = deliver_all
) -> Iterator[BaseProcess]:
    process = start(armed=armed, lease=lease, work=work)
    try:
        yield process
    finally:
        process.kill()
        process.join(10)


def wait_until(condition: Callable[[], bool], *, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.02)


def kill_at_random(
    *,
    kills: int,
    most_life: float,
    claims: Callable[[], set[UUID]],
    done: Callable[[], bool],
    work: Work = deliver_all,
) -> set[UUID]:
    """What was in flight when the kills came."""
    cut: set[UUID] = set()
    for _ in range(kills):
        process = start(work=work)
        wait_until(lambda: bool(claims() - cut) or done())  # noqa: B023  (called at once)
        time.sleep(random.uniform(0, most_life))
        process.kill()
        process.join(10)
        cut |= claims()
    return cut
