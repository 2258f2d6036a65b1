"""The list, or the day, that one came from, and who is next there.

An address tells it once. What is done on the page leads back to the page without it, so a cookie
keeps it for this person: sealed places and the names of lists, nothing that can be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from crm.lists import registry, walking
from crm.lists.walking import AT, Walk
from crm.shell import sealed
from leads.models import Lead

LEADS = "leads"
DAY = "day"
COOKIE = "walk"
# A browser keeps no more of a cookie than 4096 bytes.
LONGEST = 3500
TOLD = (DAY, AT, "list", "q", "sort")


def of_the_day(leads: Sequence[UUID]) -> str:
    """What a page of Today tells along: everybody in it, in its order, as it is now."""
    return urlencode({DAY: sealed.seal("".join(lead.hex for lead in leads), purpose=DAY)})


def walk(request: HttpRequest, lead: Lead) -> Walk | None:
    told = _told(request, lead)
    if DAY in told:
        return _day(told.get(DAY, ""), lead)
    listed = registry.find(LEADS)
    return walking.walk(request, listed, told, row=lead) if listed else None


def _told(request: HttpRequest, lead: Lead) -> QueryDict:
    if AT in request.GET or DAY in request.GET:
        return request.GET
    whose, _, kept = request.COOKIES.get(COOKIE, "").partition(".")
    return QueryDict(kept if whose == lead.id.hex else "")


def keep(request: HttpRequest, response: HttpResponse, lead: Lead) -> None:
    """For the next time that this very page is shown."""
    told = {name: request.GET[name] for name in TOLD if name in request.GET}
    if not (AT in told or DAY in told):
        return
    value = f"{lead.id.hex}.{urlencode(told)}"
    if len(value) <= LONGEST:
        response.set_cookie(
            COOKIE, value, path="/leads/", httponly=True, samesite="Lax",
            secure=request.is_secure(),
        )  # fmt: skip


def _day(told: str, lead: Lead) -> Walk | None:
    try:
        text = sealed.unseal(told, purpose=DAY)
    except sealed.NotOurs:
        return None
    people = [text[start : start + 32] for start in range(0, len(text), 32)]
    if lead.id.hex not in people:
        return None
    at = people.index(lead.id.hex)
    ways = [
        f"{reverse('people:lead', args=[UUID(people[to])])}?{urlencode({DAY: told})}"
        if 0 <= to < len(people)
        else ""
        for to in (at - 1, at + 1)
    ]
    return Walk("Today", reverse("today:today"), f"{at + 1} of {len(people)}", *ways)
