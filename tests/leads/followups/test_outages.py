"""A whole `up` behind lines to its database and its broker that fail in every way they can.

The short version fails the hardest two; the long one, with `-m soak`, twenty times at random.
"""

from __future__ import annotations

import faulthandler
import http.client
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from crm.runtime import credentials, folders, processes
from crm.runtime.broker import Broker
from crm.runtime.home import Home
from crm.runtime.postgres import Server
from crm.runtime.roles import APPLICATION, OWNER
from tests import prepared
from tests.crm.runtime.outages import KINDS, Line, line
from tests.crm.runtime.test_up import BASE, Up, free_port

pytestmark = pytest.mark.machine

ROUNDS, SEED, LONGEST = 20, 2026, 12.0
WORKING_AGAIN, AN_ANSWER = 30.0, 25.0
# Writes down what falls due, past the lines: one reminder for each word that it is sent.
PLANNER = """
import sys
from django.db import transaction
from django.utils import timezone
from django.test import Client
from crm.models import NotificationRules, Owner
from leads.followups import services
from leads.models import Reminder
from tests.leads.factories import a_lead
client = Client()
client.force_login(Owner.objects.get())
NotificationRules.objects.update_or_create(defaults={"quiet_from": None, "quiet_until": None})
lead = a_lead()
print(client.cookies["sessionid"].value, flush=True)
for line in sys.stdin:
    now = timezone.now()
    with transaction.atomic():
        made = services.plan(lead=lead, title="Call", due=now, reminders=[0])
        Reminder.objects.filter(follow_up=made.id).update(due_at=now, fires_at=now)
    print(made.id, flush=True)
"""


@dataclass
class House:
    up: Up
    server: Server
    lines: dict[str, Line]
    planner: subprocess.Popen[str]
    cookie: str
    planned: list[str] = field(default_factory=list)

    def plan(self) -> str:
        assert self.planner.stdin is not None
        assert self.planner.stdout is not None
        self.planner.stdin.write("one\n")
        self.planner.stdin.flush()
        self.planned.append(self.planner.stdout.readline().strip())
        return self.planned[-1]

    def page(self, patience: float) -> int:
        """The status of the owner's own page; 0 where none came in time."""
        with closing(http.client.HTTPConnection(*self.up.address, timeout=patience)) as asking:
            try:
                asking.request("GET", "/agenda/", headers={"Cookie": f"sessionid={self.cookie}"})
                return asking.getresponse().status
            except (OSError, http.client.HTTPException):
                return 0

    def asked(self, statement: str, *values: object) -> Any:
        with psycopg.connect(self.server.url(OWNER), autocommit=True) as database:
            row = database.execute(statement, values).fetchone()
        assert row is not None
        return row[0]

    def told(self, follow_up: str) -> bool:
        question = "SELECT bool_and(state = 'told') FROM leads_reminder WHERE follow_up_id = %s"
        return bool(self.asked(question, follow_up))

    def undelivered(self) -> int:
        return int(self.asked("SELECT count(*) FROM crm_delivery WHERE state <> 'done'"))


@contextmanager
def house() -> Iterator[House]:
    place = Home(folders.scratch(fleeting=True))
    prepared.copy(prepared.owned(), place)
    server, broker = Server(place, fast=True), Broker(place)
    with ExitStack() as afterwards:
        afterwards.callback(shutil.rmtree, place.root)
        server.start(die_with_parent=True)
        afterwards.callback(server.stop, patience=5)
        broker.start(die_with_parent=True)
        afterwards.callback(broker.stop)
        database = urlsplit(server.url(APPLICATION))
        socket = f"{folders.run_folder(place)}/.s.PGSQL.5432"
        lines = {
            "database": afterwards.enter_context(line(socket)),
            "broker": afterwards.enter_context(line(str(broker.socket))),
        }
        login = database.netloc.rpartition("@")[0]
        own = {
            "DATABASE_URL": f"postgresql://{login}@127.0.0.1:{lines['database'].port}{database.path}",
            "DATABASE_OWNER_URL": server.url(OWNER),
            "SECRET_KEY": credentials.secret_key(place),
            "REDIS_URL": f"redis://127.0.0.1:{lines['broker'].port}/0",
        }
        planner = _planner(place, own | {"DATABASE_URL": server.url(APPLICATION)})
        afterwards.callback(planner.communicate)
        assert planner.stdout is not None
        cookie = planner.stdout.readline().strip()
        up = Up(place, "--port", str(free_port()), **own)
        afterwards.callback(up.sweep)
        assert up.healthy(), up.said
        yield House(up, server, lines, planner, cookie)


def _planner(place: Home, own: dict[str, str]) -> subprocess.Popen[str]:
    surroundings = os.environ | own | {"PORCHLIGHT_HOME": str(place.root)}
    surroundings |= {"PORCHLIGHT_NO_BOOTSTRAP": "1", "PYTHONPATH": str(BASE)}
    return subprocess.Popen(
        [sys.executable, "manage.py", "shell", "-v0", "-c", PLANNER],
        cwd=BASE,
        env={k: v for k, v in surroundings.items() if k != "PORCHLIGHT_KEYS"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@dataclass
class Round:
    target: str
    kind: str
    # Until the page that was asked for in the outage was answered, and with what.
    answered: float = 0.0
    status: int = 0
    # After its end: until a page, and until all that was recorded was done.
    page: float = 0.0
    work: float = 0.0

    def __str__(self) -> str:
        return (
            f"{self.target:8} {self.kind:9} in it {self.status} after {self.answered:4.1f} s;"
            f" page after {self.page:4.1f} s, work after {self.work:4.1f} s"
        )


def outage(house: House, target: str, kind: str, seconds: float) -> Round:
    found, failing = Round(target, kind), house.lines[target]
    failing.fail(kind)
    asking = threading.Thread(target=_ask, args=[house, found])
    asking.start()
    house.plan()
    time.sleep(seconds)
    failing.mend()
    began = time.monotonic()
    since = lambda: time.monotonic() - began  # noqa: E731
    last = house.plan()
    found.page = _wait(lambda: house.page(WORKING_AGAIN) == 200, since)
    done = lambda: house.told(last) and not house.undelivered()  # noqa: E731
    found.work = _wait(done, since)
    asking.join(60)
    print(found, flush=True)
    return found


def _ask(house: House, found: Round) -> None:
    began = time.monotonic()
    found.status = house.page(60)
    found.answered = time.monotonic() - began


def _wait(ready: Callable[[], bool], since: Callable[[], float]) -> float:
    processes.wait_until(ready, 90, pause=0.2)
    return since()


def nothing_is_lost_or_doubled(house: House) -> None:
    assert processes.wait_until(lambda: all(house.told(one) for one in house.planned), 60)
    twice = "SELECT count(*) - count(DISTINCT (kind, key)) FROM crm_notification"
    shown = "SELECT count(*) FROM crm_notification WHERE kind = %s AND shown_at IS NOT NULL"
    # A notice is told first, and shown by what is told of it.
    all_shown = lambda: house.asked(shown, "follow_up.due") == len(house.planned)  # noqa: E731
    assert processes.wait_until(all_shown, 60)
    assert house.asked(twice) == 0


def fault(found: Round) -> bool:
    well = {200} if found.target == "broker" else {200, 503}
    return (
        found.status not in well
        or found.answered > AN_ANSWER
        or max(found.page, found.work) > WORKING_AGAIN
    )


def test_outages_pass() -> None:
    with house() as running:
        rounds = [outage(running, target, "half-open", 1.0) for target in ("database", "broker")]
        nothing_is_lost_or_doubled(running)
    assert [str(one) for one in rounds if fault(one)] == []


@pytest.mark.soak
def test_twenty_outages_pass(capsys: pytest.CaptureFixture[str]) -> None:
    faulthandler.cancel_dump_traceback_later()  # it takes longer than others may
    drawn = random.Random(SEED)
    rounds = []
    every = [(target, kind) for target in ("database", "broker") for kind in KINDS]
    wanted = [*every, *drawn.choices(every, k=ROUNDS - len(every))]
    drawn.shuffle(wanted)
    with house() as running:
        for target, kind in wanted:
            rounds.append(outage(running, target, kind, drawn.uniform(1, LONGEST)))
            with capsys.disabled():
                print(rounds[-1], flush=True)
        nothing_is_lost_or_doubled(running)
    with capsys.disabled():
        for target, kind in every:
            again = [max(r.page, r.work) for r in rounds if (r.target, r.kind) == (target, kind)]
            print(f"{target} {kind}: median {median(again):.1f} s, longest {max(again):.1f} s")
    assert [str(one) for one in rounds if fault(one)] == []
