"""The beat: one hint every five seconds. Beats may be many; the one with the lock sends.

Lean on purpose: no Django, no schedule. What is due stands in the database.
"""

from __future__ import annotations

import os
import platform
import signal
import threading
from typing import Any

import psycopg
import structlog
from kombu.exceptions import OperationalError

from crm.runtime import broker_address, lifeline, logs

log = structlog.get_logger(__name__)

EVERY = 5.0
# Every sixth hint: a sign of life each half minute.
SIGN_EVERY = 6
ALONE = "SELECT pg_try_advisory_lock(hashtextextended('the beat', 0))"
SIGN = """
    INSERT INTO crm_heartbeat (kind, machine, at) VALUES ('beat', %s, now())
    ON CONFLICT (kind, machine) DO UPDATE SET at = excluded.at
"""


class Beat:
    def __init__(self, database: str, broker: str) -> None:
        self.database = database
        self.stopping = threading.Event()
        self.connection: psycopg.Connection[Any] | None = None
        self.hints = 0
        self.celery = _celery(broker)

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                self.once()
            except (psycopg.Error, OperationalError, OSError) as error:
                log.warning("no hint sent", error=type(error).__name__)
                self._let_go()
            self.stopping.wait(EVERY)
        self._let_go()

    def once(self) -> None:
        if not self._alone():
            return
        if self.hints % SIGN_EVERY == 0 and self.connection is not None:
            self.connection.execute(SIGN, [platform.node()[:255]])
        self.celery.send_task("crm.runtime.tick", expires=15, ignore_result=True, retry=False)
        self.hints += 1

    def _alone(self) -> bool:
        """The lock lives as long as its connection, so a dead beat is followed at once."""
        if self.connection is not None:
            self.connection.execute("SELECT 1")
            return True
        trying = psycopg.connect(self.database, autocommit=True, connect_timeout=5)
        row = trying.execute(ALONE).fetchone()
        if row and row[0]:
            self.connection, self.hints = trying, 0
            return True
        trying.close()
        return False

    def _let_go(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def _celery(broker: str) -> Any:
    from celery import Celery

    app = Celery("porchlight-beat", broker=broker_address.for_celery(broker))
    app.conf.broker_transport_options = {
        "socket_connect_timeout": 3,
        "socket_timeout": 5,
        "visibility_timeout": 900,
    }
    app.conf.broker_connection_retry = False
    return app


def _bury_engines() -> None:
    """After a killed supervisor, where the kernel does not end the engines itself."""
    from crm.runtime.broker import Broker
    from crm.runtime.home import home
    from crm.runtime.postgres import Server

    if os.environ.get("PORCHLIGHT_EMBEDDED_BROKER"):
        Broker(home()).stop()
    if os.environ.get("PORCHLIGHT_EMBEDDED_DATABASE"):
        Server(home()).stop()


def main() -> None:
    beat = Beat(os.environ["DATABASE_URL"], os.environ["REDIS_URL"])
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: beat.stopping.set())
    lifeline.hold(afterwards=_bury_engines)
    logs.configure()
    beat.run()


if __name__ == "__main__":
    main()
