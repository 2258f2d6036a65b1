from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.db import close_old_connections, connection
from django.utils import timezone

from crm.models import Problem
from crm.watch import writing
from crm.watch.buffer import Buffer
from crm.watch.entries import Answered, Entry, Failed, Slow, Tally
from crm.watch.redacting import message_of
from crm.watch.tracing import frames_of, place_of


def note(entry: Entry) -> None:
    """Keeps an entry for the next batch."""
    if not settings.WATCH:
        return
    buffer.add(entry)
    if settings.WATCH_IN_BACKGROUND:
        buffer.start()


def note_error(error: BaseException, *, kind: str, route: str = "") -> None:
    """Keeps what went wrong: its type, its place in our code, never a value."""
    note(
        Failed(
            at=timezone.now(),
            kind=kind,
            what=type(error).__qualname__,
            place=place_of(error),
            route=route,
            message=message_of(error),
            traceback="\n".join(frames_of(error)),
        )
    )


def note_answer(answered: Answered, tally: Tally) -> None:
    note(answered)
    note_slow(tally, route=answered.route)
    if answered.milliseconds >= settings.WATCH_SLOW_PAGE_MS:
        note(Slow(answered.at, "page", answered.route, answered.milliseconds))


def note_slow(tally: Tally, *, route: str) -> None:
    for statement, milliseconds in tally.slow:
        note(Slow(timezone.now(), "query", route, milliseconds, statement))


def flush() -> int:
    return buffer.flush()


def mark_done(*, problem: UUID) -> None:
    """It opens again by itself when it comes back."""
    Problem.objects.open().filter(id=problem).update(done_at=timezone.now())


def mark_open(*, problem: UUID) -> None:
    Problem.objects.filter(id=problem).update(done_at=None)


def _write(entries: Sequence[Entry], lost: int) -> None:
    """From the buffer's own thread: takes a connection for the batch and gives it back."""
    if not settings.WATCH_IN_BACKGROUND:
        writing.write(entries, lost)
        return
    close_old_connections()
    try:
        writing.write(entries, lost)
    finally:
        connection.close()


buffer = Buffer(_write)
