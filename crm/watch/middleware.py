from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.decorators import sync_and_async_middleware

from crm.models import Problem
from crm.watch import services
from crm.watch.entries import Answered, Tally, current

NO_PAGE = "(no such page)"
# A method is free text on the wire; only what HTTP knows is written down.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
LONGEST = 200

Answer = Callable[[HttpRequest], Any]


@sync_and_async_middleware
def watch(get_response: Answer) -> Answer:
    """Notes each answered request. Stands first, so that its time holds the other middleware."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        tally, started = Tally(), perf_counter()
        token = current.set(tally)
        try:
            response: HttpResponseBase = get_response(request)
        finally:
            current.reset(token)
        _note(request, response, tally, (perf_counter() - started) * 1000)
        return response

    async def answer_async(request: HttpRequest) -> HttpResponseBase:
        tally, started = Tally(), perf_counter()
        token = current.set(tally)
        try:
            response: HttpResponseBase = await _awaited(get_response, request)
        finally:
            current.reset(token)
        _note(request, response, tally, (perf_counter() - started) * 1000)
        return response

    return answer_async if iscoroutinefunction(get_response) else answer


def note_exception(*, request: HttpRequest | None = None, **_: Any) -> None:
    error = sys.exc_info()[1]
    if error is not None:
        route = route_of(request) if request else ""
        services.note_error(error, kind=Problem.Kind.PAGE, route=route)


def start() -> None:
    """Django's own signal: the one place that sees errors of views and of middleware alike."""
    got_request_exception.connect(note_exception, dispatch_uid="crm.watch.middleware")


def route_of(request: HttpRequest) -> str:
    """The route's name or its pattern, never the path that was asked for."""
    match = getattr(request, "resolver_match", None)
    return (match.view_name or match.route)[:LONGEST] if match else NO_PAGE


def _awaited(get_response: Answer, request: HttpRequest) -> Awaitable[HttpResponseBase]:
    answer: Awaitable[HttpResponseBase] = get_response(request)
    return answer


def _note(
    request: HttpRequest, response: HttpResponseBase, tally: Tally, milliseconds: float
) -> None:
    answered = Answered(
        at=timezone.now(),
        route=route_of(request),
        method=request.method if request.method in METHODS else "OTHER",
        status=response.status_code,
        milliseconds=milliseconds,
        queries=tally.queries,
        size=0 if response.streaming else len(getattr(response, "content", b"")),
    )
    services.note_answer(answered, tally)
