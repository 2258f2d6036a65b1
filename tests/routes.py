"""How each named address is reached in a test. An address without a line here fails the suite.

The deny-by-default test asks each of them, with every method, without a sign-in; the browser opens
every `page` in both themes and at 390 px, and lets axe and the Content-Security-Policy judge it.
A room adds its lines to ROUTES, under its own comment.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Route:
    """`kwargs` makes what the address needs and names it (it runs with a database).

    page: a page that a person looks at, as the signed-in owner.
    public: opens without a sign-in; say why in a comment.
    ready: makes what must exist before the page is worth looking at.
    """

    kwargs: Callable[[], dict[str, Any]] = dict
    page: bool = False
    public: bool = False
    query: str = ""
    ready: Callable[[], object] | None = None
    # Pages that only someone who is signed out may see are walked without the session.
    signed_out: bool = False


def stuck_delivery() -> dict[str, Any]:
    from tests.crm.events.stuck import make_stuck

    return {"delivery": make_stuck().id}


ROUTES: dict[str, Route] = {
    # leads/today
    "today:today": Route(page=True),
    # crm/runtime
    "healthz": Route(public=True),  # for load balancers and `up`; says well or not, no more
    "health": Route(page=True),
    # crm/shell
    "settings": Route(),
    "appearance": Route(page=True),
    "theme": Route(public=True),  # the sign-in page has a theme too; it sets a cookie, no more
    "palette": Route(page=True, query="?q=to"),
    "components": Route(page=True),
    "toast": Route(),
    "csp_report": Route(public=True),  # browsers report without cookies; it only counts
    # crm/events
    "stuck": Route(page=True, ready=stuck_delivery),
    "stuck_retry_all": Route(),
    "stuck_retry": Route(kwargs=stuck_delivery),
    "stuck_skip": Route(kwargs=stuck_delivery),
}

# Whole name spaces that other tests cover: Django's admin has a test of its own.
COVERED_ELSEWHERE = ("admin:",)
