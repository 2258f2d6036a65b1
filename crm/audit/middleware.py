from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from crm.audit.context import acting

VISITOR = "visitor"
OWNER = "owner"


def trail_context(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    def with_context(request: HttpRequest) -> HttpResponseBase:
        with acting(lambda: actor(request), page=lambda: page(request)):
            return get_response(request)

    return with_context


def actor(request: HttpRequest) -> str:
    # Webhooks go round the session middleware, so their requests have no user.
    user = getattr(request, "user", None)
    return OWNER if user is not None and user.is_authenticated else VISITOR


def page(request: HttpRequest) -> str:
    """The page's name, or its route: an address may hold a secret or a person's id."""
    match = request.resolver_match
    return (match.view_name or match.route) if match else ""
