from __future__ import annotations

import http.client
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import uvicorn
from django.contrib.sessions.models import Session
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from crm.models import LiveMessage
from crm.notify import hearing, live, stream
from leads.today import views
from leads.today.day import Day

pytestmark = pytest.mark.django_db(transaction=True)


class Listener:
    """A browser's event stream, read line by line."""

    def __init__(self, port: int, cookie: str = "", after: str = "", method: str = "GET") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        query = f"?after={after}" if after else ""
        self.connection.request(method, f"/live{query}", headers={"Cookie": cookie})
        self.answer = self.connection.getresponse()

    def event(self) -> dict[str, Any] | None:
        """The next one; None at the stream's end."""
        number = ""
        while line := self.answer.readline().decode():
            if line.startswith("id: "):
                number = line[4:].strip()
            if line.startswith("data: "):
                return {"id": number, **json.loads(line[6:])}
        return None

    def close(self) -> None:
        self.answer.close()
        self.connection.close()


@pytest.fixture
def port(transactional_db: None) -> Iterator[int]:
    from crm.asgi import application

    bound = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(application, lifespan="off", log_config=None)
    config.timeout_graceful_shutdown = 2
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([bound],))
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield bound.getsockname()[1]
    hearing.end()
    server.should_exit = True
    thread.join(10)
    bound.close()


@pytest.fixture
def listen(port) -> Iterator[Callable[..., Listener]]:
    with ExitStack() as listening:

        def begin(cookie: str = "", **how: str) -> Listener:
            listener = Listener(port, cookie, **how)
            listening.callback(listener.close)
            return listener

        yield begin


@pytest.fixture
def cookie(signed_in) -> str:
    return f"sessionid={signed_in.cookies['sessionid'].value}"


def test_a_stranger_hears_nothing(listen):
    assert listen().answer.status == 401
    assert listen("sessionid=guessed").answer.status == 401


def test_only_get_is_answered(listen, cookie):
    assert listen(cookie, method="POST").answer.status == 405


def test_what_is_told_is_heard_on_commit_and_not_on_rollback(listen, cookie):
    listener = listen(cookie)
    hello = listener.event()
    assert hello is not None
    assert hello["name"] == "hello"
    with transaction.atomic():
        live.tell("notifications", {"unread": 1})
        transaction.set_rollback(True)
    with transaction.atomic():
        live.tell("notifications", {"unread": 2})
    heard = listener.event()
    listener.close()
    assert heard is not None
    assert (heard["name"], heard["data"]) == ("notifications", {"unread": 2})


def test_who_was_away_is_told_what_was_missed(listen, cookie):
    first = listen(cookie)
    first.event()
    live.tell("notifications", {"unread": 1})
    seen = first.event()
    first.close()
    live.tell("notifications", {"unread": 2})
    live.tell("notifications", {"unread": 3})
    assert seen is not None
    back = listen(cookie, after=seen["id"])
    missed = [back.event(), back.event()]
    back.close()
    assert [event and event["data"]["unread"] for event in missed] == [2, 3]


def ranges(words: str) -> list[tuple[int, int]]:
    return [(int(low), int(high)) for low, high in re.findall(r"\[(\d+),(\d+)\)", words)]


def what_a_page_knows(client) -> tuple[list[tuple[int, int]], str]:
    """As the script reads it, and the number that it asks the stream to go on from."""
    words = client.get(reverse("notifications")).content.decode()
    found = re.search(r'data-told="([^"]*)"', words)
    assert found is not None
    known = ranges(found[1])
    return known, str(known[-1][1] - 1 if known else 0)


def test_what_is_told_between_a_page_and_its_stream_is_heard(listen, cookie, signed_in):
    known, newest = what_a_page_knows(signed_in)
    assert (known, newest) == ([], "0")
    live.tell("notifications", {"unread": 1})
    first = listen(cookie, after=newest)
    heard = [first.event(), first.event()]
    first.close()
    assert [event and event["name"] for event in heard] == ["notifications", "hello"]


def test_a_page_knows_what_was_told_before_it(listen, cookie, signed_in):
    for unread in (1, 2, 3):
        live.tell("notifications", {"unread": unread})
    numbers = list(LiveMessage.objects.order_by("id").values_list("id", flat=True))
    LiveMessage.objects.filter(id=numbers[0]).update(at=timezone.now() - 2 * live.OVERLAP)
    known, newest = what_a_page_knows(signed_in)
    assert (known, newest) == ([(numbers[1], numbers[2] + 1)], str(numbers[2]))
    live.tell("notifications", {"unread": 4})
    stream_of_page = listen(cookie, after=newest)
    ids = [int((stream_of_page.event() or {})["id"]) for _ in range(2)]
    stream_of_page.close()
    # The one just before may come again; the page knows it and lets it go.
    assert ids == [numbers[1], numbers[2] + 1]


def test_what_is_told_while_today_is_made_is_not_taken_for_known(signed_in, monkeypatch):
    def told_meanwhile() -> Day:
        live.tell("today", {})
        return day()

    day = views._day
    monkeypatch.setattr(views, "_day", told_meanwhile)
    words = signed_in.get(reverse("today:today")).content.decode()
    assert 'data-told=""' in words
    assert LiveMessage.objects.filter(name="today").exists()


def test_a_revoked_session_is_sent_away(listen, cookie, monkeypatch):
    monkeypatch.setattr(stream, "LOOK_AGAIN", 0.1)
    listener = listen(cookie)
    listener.event()
    Session.objects.all().delete()
    assert listener.event() is None


def test_the_end_of_the_house_ends_the_stream(listen, cookie):
    listener = listen(cookie)
    listener.event()
    hearing.end()
    assert listener.event() is None
