"""Times pages as the server sees them: from start to end, middleware included."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import cycle, islice
from statistics import median, quantiles
from time import perf_counter
from typing import Any

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.signals import request_started
from django.db import connection
from django.http import HttpRequest, HttpResponseBase
from django.test import RequestFactory

from crm.bench.registry import Walk
from crm.bench.signing_in import cookies
from crm.bench.stage import Stage
from crm.runtime import memory

BARE = Walk("bench", "A bare view", lambda _stage: "/bare")


class PageBroken(Exception):
    """A page that does not answer 200 has no time worth reporting."""


@dataclass
class Timed:
    """The milliseconds of one page, pass by pass, and its queries."""

    passes: list[list[float]] = field(default_factory=list)
    queries: int = 0

    @property
    def p50(self) -> float:
        return median(median(each) for each in self.passes)

    @property
    def p95(self) -> float:
        # Of what was measured: the other method would guess beyond the slowest of a few.
        return median(quantiles(each, n=20, method="inclusive")[-1] for each in self.passes)


class Walker:
    """Asks for pages as the owner, through Django's handler."""

    def __init__(self) -> None:
        self.handler = BaseHandler()
        self.handler.load_middleware()
        # As the web process does.
        memory.settle()

    def walk(self, walk: Walk | None, stage: Stage, timed: Timed, *, times: int) -> None:
        """One pass over one page; the first answer only warms it and counts its queries."""
        self._sign_in()
        walk = walk or BARE
        requests = (self._request(path, walk) for path in cycle(walk.paths(stage)))
        timed.queries = max(timed.queries, self._count_queries(next(requests)))
        timed.passes.append([self._time(request) for request in islice(requests, times)])

    def _sign_in(self) -> None:
        """Some pages want a sign-in of the last minutes; the first page after it notes more."""
        headers = {"cookie": _cookie_header(cookies())}
        self.factory = RequestFactory(headers=headers, SERVER_NAME=_host())
        self._finish(self._request("/bare", BARE))

    def _time(self, request: HttpRequest) -> float:
        started = perf_counter()
        request_started.send(sender=type(self.handler))
        self._finish(request)
        return (perf_counter() - started) * 1000

    def _count_queries(self, request: HttpRequest) -> int:
        seen: list[str] = []

        def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            seen.append(sql)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(count):
            self._finish(request)
        return len(seen)

    def _request(self, path: str, walk: Walk) -> HttpRequest:
        ask = self.factory.post if walk.sends else self.factory.get
        request = ask(path, data=dict(walk.sends) or None, secure=True, headers=walk.headers)
        # A page would have brought its token along.
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
        if path == "/bare":
            request.urlconf = "crm.bench.bare"
        return request

    def _finish(self, request: HttpRequest) -> None:
        response: HttpResponseBase = self.handler.get_response(request)
        if response.status_code != 200:
            asked = request.get_full_path()
            raise PageBroken(f"{asked} answered {response.status_code}")
        response.close()


def _host() -> str:
    allowed = [host for host in settings.ALLOWED_HOSTS if not host.startswith(("*", "."))]
    return allowed[0] if allowed else "localhost"


def _cookie_header(cookies: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())
