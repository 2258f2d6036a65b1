from __future__ import annotations

import http.client
import json
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

from crm.notify import hearing, live, stream

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
