"""/live: server-sent events, ahead of Django, so that an open page holds neither a thread nor a
connection of the pool."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.db import connections
from django.http import HttpRequest

from crm.models import LiveMessage
from crm.notify.hearing import Message, hearing
from crm.notify.live import OVERLAP

PATH = "/live"
HEARTBEAT = 20.0
# How long a session that was revoked may still listen.
LOOK_AGAIN = 30.0
HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
]

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


def with_live(application: Any) -> Any:
    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == PATH:
            await live(scope, receive, send)
        else:
            await application(scope, receive, send)

    return serve


async def live(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["method"] != "GET":
        await _answer(send, 405)
    elif not await signed_in(scope):
        await _answer(send, 401)
    else:
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        gone = asyncio.create_task(_gone(receive))
        try:
            await _stream(scope, send, gone)
        finally:
            gone.cancel()


async def _answer(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": HEADERS[1:]})
    await send({"type": "http.response.body", "body": b""})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _stream(scope: Scope, send: Send, gone: asyncio.Task[None]) -> None:
    async def write(text: str) -> None:
        body = {"type": "http.response.body", "body": text.encode(), "more_body": True}
        await send(body)

    here = hearing()
    page = await here.join()
    try:
        await write("retry: 2000\n\n")
        for message in await missed(last_heard(scope)):
            await write(as_event(message))
        async for text in _news(scope, page, gone):
            await write(text)
    finally:
        here.leave(page)
    with contextlib.suppress(OSError, RuntimeError):
        await send({"type": "http.response.body", "body": b""})


async def _news(
    scope: Scope, page: asyncio.Queue[Message | None], gone: asyncio.Task[None]
) -> AsyncIterator[str]:
    looked = time.monotonic()
    while not gone.done():
        waiting = asyncio.create_task(page.get())
        await asyncio.wait(
            {waiting, gone},
            timeout=min(HEARTBEAT, LOOK_AGAIN),
            return_when=asyncio.FIRST_COMPLETED,
        )
        if time.monotonic() - looked >= LOOK_AGAIN:
            looked = time.monotonic()
            if not await signed_in(scope):
                waiting.cancel()
                return
        if not waiting.done():
            waiting.cancel()
            yield ": still here\n\n"
        elif (message := waiting.result()) is None:
            return
        else:
            yield as_event(message)


def as_event(message: Message) -> str:
    data = json.dumps({"name": message["name"], "data": message["data"]})
    return f"id: {message['id']}\ndata: {data}\n\n"


def last_heard(scope: Scope) -> int | None:
    """From the browser when it comes back, from the address what its page knows already."""
    given = dict(scope["headers"]).get(b"last-event-id", b"").decode("latin-1")
    after = parse_qs(scope["query_string"].decode("latin-1")).get("after", [""])[0]
    text = given or after
    return int(text) if text.isdecimal() and len(text) < 19 else None


@contextlib.contextmanager
def connection_given_back() -> Iterator[None]:
    try:
        yield
    finally:
        connections.close_all()


@sync_to_async(thread_sensitive=False)
def missed(last: int | None) -> list[Message]:
    """What was told since, and a greeting that only carries the number."""
    with connection_given_back():
        told = LiveMessage.objects.order_by("id")
        newest = told.last()
        hello = {"id": newest.pk if newest else last or 0, "name": "hello", "data": {}}
        if last is None:
            return [hello]
        known = told.filter(id=last).first()
        if known is not None:
            told = told.filter(at__gt=known.at - OVERLAP).exclude(id=last)
        return [*({"id": one.pk, "name": one.name, "data": one.data} for one in told), hello]


@sync_to_async(thread_sensitive=False)
def signed_in(scope: Scope) -> bool:
    with connection_given_back():
        store = import_module(settings.SESSION_ENGINE).SessionStore
        request = HttpRequest()
        request.session = store(_session_key(scope))
        return bool(get_user(request).is_authenticated)


def _session_key(scope: Scope) -> str | None:
    sent = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
    try:
        cookie = SimpleCookie(sent.decode("latin-1")).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    return cookie.value if cookie else None
