"""From the arrival of a lead to the notice that an open page hears, by the real worker."""

from __future__ import annotations

import json
import random
import statistics
import time
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection

from crm.models import Notification
from crm.notify.hearing import NOT_FOR_LIBPQ
from crm.notify.live import CHANNEL
from leads.people.services import add_lead
from tests.crm.events.worker import wait_until
from tests.crm.notify.conftest import mailbox
from tests.crm.runtime.pair import pair

pytestmark = [pytest.mark.soak, pytest.mark.django_db(transaction=True)]
__all__ = ["mailbox"]

ARRIVALS = 100
BAR = 3.0


@pytest.fixture
def listening(transactional_db) -> Iterator[psycopg.Connection]:
    chosen = connection.get_connection_params()
    with psycopg.connect(
        **{name: value for name, value in chosen.items() if name not in NOT_FOR_LIBPQ},
        autocommit=True,
    ) as listener:
        listener.execute(f"LISTEN {CHANNEL}")
        yield listener


def seconds_until_heard(listening: psycopg.Connection, number: int) -> float:
    began = time.monotonic()
    lead = add_lead(name=f"Lead {number}", phones=[f"+63 917 555 {number:04}"])
    for heard in listening.notifies(timeout=60):
        notice = json.loads(heard.payload)["data"].get("notification")
        if notice and Notification.objects.get(id=notice).about == lead.id:
            return time.monotonic() - began
    raise AssertionError("it was not heard")


def test_a_new_lead_is_told_within_three_seconds(owner, mailbox, listening, capsys):
    with pair() as running:
        running.start()
        add_lead(name="The first")
        wait_until(lambda: Notification.objects.shown().exists(), seconds=60)
        took = []
        for number in range(ARRIVALS):
            time.sleep(random.uniform(0, 2))
            took.append(seconds_until_heard(listening, number))
    p95 = statistics.quantiles(took, n=20)[-1]
    with capsys.disabled():
        print(f"\n{ARRIVALS} arrivals: median {statistics.median(took):.2f} s, ", end="")
        print(f"p95 {p95:.2f} s, longest {max(took):.2f} s")
    assert p95 < BAR
