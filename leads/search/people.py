"""Who is meant, and why they were found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from crm.vault.errors import Erased
from leads.models import ContactPoint, Lead
from leads.search import homes, names
from leads.search.asking import Asked

FOUND = (Lead.State.PRESENT, Lead.State.ARCHIVED)
# An office's number or a mail house's domain is looked at no further than this.
LOOKED_AT = 300
FOUR, SEVEN = 4, 7


@dataclass(frozen=True)
class Person:
    lead: Lead
    why: str = ""


def find(asked: Asked, limit: int) -> list[Person]:
    """By contact data where such was typed; else by name, then by the homes they asked about."""
    if asked.digits:
        return _people(
            dict.fromkeys(_by_phone(asked), f"phone ends in {asked.digits[-FOUR:]}"), limit
        )
    if asked.email:
        points = ContactPoint.objects.with_email(asked.email)
        return _people(dict.fromkeys(_leads_of(points), "their e-mail"), limit)
    whys = dict.fromkeys(names.find(asked.words, limit), "")
    people = _people(whys, limit, ranked=True)
    if asked.domain and len(people) < limit:
        points = ContactPoint.objects.filter(email_domain_hash=asked.domain)
        why = f"e-mail at {asked.domain}"
        people += _people(dict.fromkeys(_leads_of(points), why), limit, but=people)
    if len(people) < limit:
        people += _people(homes.whys(asked, limit), limit, ranked=True, but=people)
    return people[:limit]


def _people(
    whys: dict[UUID, str], limit: int, *, ranked: bool = False, but: Sequence[Person] = ()
) -> list[Person]:
    wanted = whys.keys() - {person.lead.id for person in but}
    found = list(Lead.objects.filter(id__in=wanted, state__in=FOUND).select_related("stage"))
    if ranked:
        order = {id: place for place, id in enumerate(whys)}
        found.sort(key=lambda lead: order[lead.id])
    else:
        found.sort(key=lambda lead: (lead.state == Lead.State.ARCHIVED, -lead.score, lead.id))
    return [Person(lead, whys[lead.id]) for lead in found[:limit]]


def _leads_of(points: QuerySet[ContactPoint]) -> list[UUID]:
    # In no order: a domain's thousands would all be read to sort them.
    return list(points.order_by().values_list("lead_id", flat=True)[:LOOKED_AT])


def _by_phone(asked: Asked) -> Iterable[UUID]:
    """The last four and seven digits have hashes; between, the numbers themselves are compared."""
    points = ContactPoint.objects.all()
    digits = asked.digits
    if len(digits) == FOUR:
        return _leads_of(points.filter(phone_last_four=digits))
    if len(digits) < SEVEN:
        return _ending(points.filter(phone_last_four=digits[-FOUR:]), digits)
    whole = _leads_of(points.with_phone(asked.text))
    return whole or _ending(points.filter(phone_last_seven=digits), digits)


def _ending(points: QuerySet[ContactPoint], digits: str) -> list[UUID]:
    # A zero at the front is for dialling inside the country.
    end = digits.lstrip("0") or digits
    near = points.order_by().only("id", "lead_id", "phone", "data_key")[:LOOKED_AT]
    return [point.lead_id for point in near if _digits(point).endswith(end)]


def _digits(point: Any) -> str:
    try:
        return "".join(str(int(c)) for c in point.phone if c.isdecimal())
    except Erased:
        return ""
