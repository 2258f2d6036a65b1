"""One listening connection for each process, however many pages are open."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

import psycopg
import structlog
from django.db import connections

from crm.notify.live import CHANNEL

log = structlog.get_logger(__name__)

Message = dict[str, Any]
# A page that does not read for this long is let go: it comes back and is told what it missed.
MOST_WAITING = 200
NOT_FOR_LIBPQ = {"cursor_factory", "context", "prepare_threshold", "pool"}


class Hearing:
    """The pages of one event loop that want to hear. None in a queue says: come again."""

    def __init__(self) -> None:
        self.pages: set[asyncio.Queue[Message | None]] = set()
        self.task: asyncio.Task[None] | None = None
        self.listening = asyncio.Event()
        self.loop = asyncio.get_running_loop()

    async def join(self) -> asyncio.Queue[Message | None]:
        page: asyncio.Queue[Message | None] = asyncio.Queue(MOST_WAITING)
        self.pages.add(page)
        if self.task is None or self.task.done():
            self.listening.clear()
            self.task = asyncio.create_task(self._listen())
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.listening.wait(), 5)
        return page

    def leave(self, page: asyncio.Queue[Message | None]) -> None:
        self.pages.discard(page)
        if not self.pages and self.task is not None:
            self.task.cancel()
            self.task = None

    def end(self) -> None:
        """Send everybody away. Safe to call from a signal's handler."""
        self.loop.call_soon_threadsafe(self._send_away)

    async def _listen(self) -> None:
        try:
            async with await psycopg.AsyncConnection.connect(
                **parameters(), autocommit=True
            ) as database:
                await database.execute(f"LISTEN {CHANNEL}")
                self.listening.set()
                async for heard in database.notifies():
                    self._pass_on(json.loads(heard.payload))
        except psycopg.Error as error:
            log.warning("live pages lost the database", error=type(error).__name__)
        finally:
            self._send_away()

    def _pass_on(self, message: Message) -> None:
        for page in list(self.pages):
            try:
                page.put_nowait(message)
            except asyncio.QueueFull:
                self._send_one_away(page)

    def _send_away(self) -> None:
        self.listening.set()
        for page in list(self.pages):
            self._send_one_away(page)

    def _send_one_away(self, page: asyncio.Queue[Message | None]) -> None:
        while page.full():
            page.get_nowait()
        page.put_nowait(None)


def parameters() -> dict[str, Any]:
    """The pages' own address of the database, without what only Django's connection knows."""
    known = connections["default"].get_connection_params()
    return {name: value for name, value in known.items() if name not in NOT_FOR_LIBPQ}


_hearing: Hearing | None = None


def hearing() -> Hearing:
    global _hearing
    if _hearing is None or _hearing.loop is not asyncio.get_running_loop():
        _hearing = Hearing()
    return _hearing


def end() -> None:
    if _hearing is not None and not _hearing.loop.is_closed():
        _hearing.end()
