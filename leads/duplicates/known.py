"""What is compared of leads, fetched for many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from uuid import UUID

from crm.vault.errors import Erased
from leads.duplicates.rules import Known
from leads.models import ContactPoint, Lead
from leads.models.normal import postal

# Only these can be one with another; whom a merge took away and who was erased can't.
COMPARED = (Lead.State.PRESENT, Lead.State.ARCHIVED)
HASHES = {
    "email": "email_hash",
    "phone": "phone_hash",
    "messenger": "messenger_hash",
    "address": "address_hash",
}
FIELDS = ("id", "name", "birthday_month", "birthday_day", "household_id")


def fetch(ids: Collection[UUID], *, addresses: bool = True) -> Mapping[UUID, Known]:
    """With `addresses` the postal ones are opened, to be compared word by word."""
    hashes: dict[UUID, dict[str, set[bytes]]] = defaultdict(lambda: defaultdict(set))
    words: dict[UUID, list[frozenset[str]]] = defaultdict(list)
    for point in _points(ids, addresses):
        value = getattr(point, HASHES[point.kind])
        if value is not None:
            hashes[point.lead_id][point.kind].add(value)
        if addresses and point.kind == ContactPoint.Kind.ADDRESS:
            words[point.lead_id].append(_words(point))
    leads = Lead.objects.filter(id__in=ids, state__in=COMPARED).values_list(*FIELDS)
    return {row[0]: _known(row, hashes[row[0]], words[row[0]]) for row in leads}


def _points(ids: Collection[UUID], addresses: bool) -> list[ContactPoint]:
    columns = ["id", "lead_id", "kind", *HASHES.values()]
    if addresses:
        columns += ["address", "data_key"]
    return list(ContactPoint.objects.filter(lead__in=ids).only(*columns))


def _words(point: ContactPoint) -> frozenset[str]:
    try:
        return frozenset((postal(point.address) or "").split())
    except Erased:
        return frozenset()


def _known(
    row: tuple[UUID, str, int | None, int | None, int | None],
    hashes: Mapping[str, set[bytes]],
    words: list[frozenset[str]],
) -> Known:
    id, name, month, day, household = row
    return Known(
        id=id,
        name=name,
        birthday=(month, day) if month and day else None,
        household=household,
        emails=frozenset(hashes.get("email", ())),
        phones=frozenset(hashes.get("phone", ())),
        messengers=frozenset(hashes.get("messenger", ())),
        addresses=frozenset(hashes.get("address", ())),
        address_words=tuple(words),
    )
