"""Workers to be killed: one reminds and sends, as the ticks of a real one do."""

from __future__ import annotations

import time
from datetime import timedelta

from django.db import connection

from crm.events import failpoints
from crm.notify import digest, sending
from leads.followups import reminding


def remind_and_send(armed: str, lease: float) -> None:
    failpoints._armed = failpoints.read(armed)
    reminding.LEASE = sending.LEASE = timedelta(seconds=lease)
    digest.MORE_THAN = 1_000_000  # each by itself: this is about each of them
    connection.connection = None
    while True:
        reminding.remind_due()
        sending.send_due()
        time.sleep(0.02)
