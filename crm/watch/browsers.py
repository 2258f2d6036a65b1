"""Errors of scripts: what kind, and in which of our files. The message stays in the browser."""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils import timezone

from crm.models import Problem
from crm.watch import services
from crm.watch.entries import Failed

LONGEST = 2048
ELSEWHERE = "(elsewhere)"
# The kinds that ECMAScript and browsers know; any other name could be anything.
KINDS = frozenset(
    {
        *("Error", "TypeError", "ReferenceError", "RangeError", "SyntaxError", "URIError"),
        *("EvalError", "AggregateError", "DOMException", "AbortError", "NotAllowedError"),
        *("NetworkError", "QuotaExceededError", "SecurityError", "NotFoundError"),
    }
)
_OURS = re.compile(r"/static/((?:js|vendor)/[\w.-]+?)(?:\.[0-9a-f]{8,16})?\.js$")


def note(request: HttpRequest) -> None:
    try:
        told = json.loads(request.body[:LONGEST])
        kind, file, line = str(told["kind"]), str(told["file"]), int(told["line"])
    except (ValueError, KeyError, TypeError):
        return
    services.note(
        Failed(
            at=timezone.now(),
            kind=Problem.Kind.BROWSER,
            what=kind if kind in KINDS else "Error",
            place=place_of(file, line),
            route=_route(request.headers.get("referer", "")),
        )
    )


def place_of(file: str, line: int) -> str:
    found = _OURS.search(urlsplit(file).path)
    return f"{found[1]}.js:{line}" if found and 0 <= line < 100_000 else ELSEWHERE


def _route(referer: str) -> str:
    try:
        return resolve(urlsplit(referer).path).view_name
    except (Resolver404, ValueError):
        return ""
