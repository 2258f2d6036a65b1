"""Every answer that the suite receives is looked at: a page without the hard headers fails the
test that asked for it."""

from __future__ import annotations

from typing import Any

import pytest
from django.http.response import HttpResponseBase
from django.test.client import AsyncClient, Client

# The one route that shows foreign markup: sandboxed, without script, see docs/decisions.
FOREIGN = "sandbox; default-src 'none'"
REQUIRED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def directives(header: str) -> dict[str, list[str]]:
    parts = [part.split() for part in header.split(";") if part.strip()]
    return {name: values for name, *values in parts}


def faults(response: HttpResponseBase) -> list[str]:
    found = [
        f"{name} is {response.headers.get(name)!r}"
        for name, value in REQUIRED.items()
        if response.headers.get(name) != value
    ]
    policy = response.headers.get("Content-Security-Policy", "")
    return found if policy.startswith(FOREIGN) else found + policy_faults(directives(policy))


def policy_faults(policy: dict[str, list[str]]) -> list[str]:
    found = [
        f"{name} allows {value}"
        for name, values in policy.items()
        for value in values
        if "unsafe" in value or value in {"*", "http:", "https:"}
    ]
    for name in ("default-src", "object-src", "base-uri", "frame-ancestors"):
        if policy.get(name) != ["'none'"]:
            found.append(f"{name} is {policy.get(name)}")
    if not any(value.startswith("'nonce-") for value in policy.get("script-src", [])):
        found.append("script-src has no nonce")
    return found


@pytest.fixture(autouse=True)
def every_response_is_hardened(monkeypatch: pytest.MonkeyPatch) -> None:
    ask, ask_async = Client.request, AsyncClient.request

    def request(self: Client, **extra: Any) -> Any:
        return hardened(ask(self, **extra))

    async def request_async(self: AsyncClient, **extra: Any) -> Any:
        return hardened(await ask_async(self, **extra))

    monkeypatch.setattr(Client, "request", request)
    monkeypatch.setattr(AsyncClient, "request", request_async)


def hardened(response: Any) -> Any:
    found = faults(response)
    assert not found, (
        f"{response.wsgi_request.path if hasattr(response, 'wsgi_request') else ''}: {found}"
    )
    return response
