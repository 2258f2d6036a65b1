"""A real worker and a real beat, started as `up` starts them, on the test's database."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from crm.events import failpoints
from crm.runtime.child import Child

SETTINGS = "DJANGO_SETTINGS_MODULE"


class Pair:
    def __init__(self) -> None:
        # They end when this does, as they do with `up`.
        self.reading, self.lifeline = os.pipe()
        settings.HOME.logs.mkdir(parents=True, exist_ok=True)
        self.children = self.worker, self.beat = self._child("worker"), self._child("beat")
        self.listeners: list[threading.Thread] = []

    def _child(self, name: str) -> Child:
        log = settings.HOME.logs / f"{name}.log"
        return Child(name, surroundings(), log, (self.reading,))

    def start(self, *, armed: str = "") -> None:
        self.worker.environment = surroundings() | {failpoints.VARIABLE: armed}
        for child in self.children:
            child.start()
            listener = threading.Thread(target=_listen, args=[child], daemon=True)
            listener.start()
            self.listeners.append(listener)

    def kill(self) -> float:
        """By SIGKILL, with all of their own. Answers after how many seconds `up` starts again."""
        again = max(child.plan_restart() for child in self.children)
        while self.listeners:
            self.listeners.pop().join(10)
        return again

    def said(self) -> str:
        return self.worker.log.read_text(errors="replace")

    def close(self) -> None:
        self.kill()
        for child in self.children:
            if child.written is not None:
                child.written.close()
        os.close(self.lifeline)
        os.close(self.reading)


def surroundings() -> dict[str, str]:
    database = urlsplit(os.environ["DATABASE_URL"])._replace(
        path=f"/{connection.settings_dict['NAME']}"
    )
    return {
        SETTINGS: "crm.settings",
        "DATABASE_URL": database.geturl(),
        "DATABASE_OWNER_URL": "",
        "REDIS_URL": os.environ["REDIS_URL"],
        "PORCHLIGHT_HOME": str(settings.HOME.root),
        "EMAIL_URL": f"smtp://{settings.EMAIL_HOST}:{settings.EMAIL_PORT}",
    }


def _listen(child: Child) -> None:
    """A pipe that nobody reads holds up who writes to it."""
    assert child.process is not None
    assert child.process.stdout is not None
    with os.fdopen(os.dup(child.process.stdout.fileno()), "rb") as said:
        for line in said:
            child.write(line)


@contextmanager
def pair() -> Iterator[Pair]:
    made = Pair()
    try:
        yield made
    finally:
        made.close()
