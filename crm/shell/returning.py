"""Where a page leads back to, as a form or a browser says it: any text, taken if it is ours."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

# Longer ones are refused by the framework itself.
LONGEST = 2000


def ours(request: HttpRequest, address: str) -> str:
    """The address, if it is one of this house; a bare word would be taken for a view's name."""
    whole = address.startswith(("/", "http://", "https://")) and len(address) <= LONGEST
    here = url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure())
    return address if whole and here else ""
