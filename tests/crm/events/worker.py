"""A worker to be killed: it delivers what is due to reactions that write down what they heard."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing.process import BaseProcess

from django.db import connection

from crm.events import delivering, failpoints
from crm.models import Event

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


def run(armed: str, lease: float) -> None:
    failpoints._armed = failpoints.read(armed)
    delivering.LEASE = timedelta(seconds=lease)
    while True:
        delivering.deliver_due()
        time.sleep(0.02)


def start(*, armed: str = "", lease: float = 0.5) -> BaseProcess:
    """Forked, so that it starts at once and knows the test's reactions and its database."""
    connection.close()  # or both would speak through one socket
    process = multiprocessing.get_context("fork").Process(target=run, args=[armed, lease])
    process.start()
    return process


@contextmanager
def worker(*, armed: str = "", lease: float = 0.5) -> Iterator[BaseProcess]:
    process = start(armed=armed, lease=lease)
    try:
        yield process
    finally:
        process.kill()
        process.join(10)
