"""The trail as the owner reads it: labels, choices and names instead of columns and ids."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime

from crm.audit import kinds, offering
from crm.audit.offering import Offer
from crm.audit.tracking import tracked_tables
from crm.models import Trail
from crm.vault.blind import BlindField
from crm.vault.fields import EncryptedField

NOTHING = "nothing"
HIDDEN = "hidden"
ERASED = "erased"
LONGEST = 200
WHO = {
    "owner": "You",
    "worker": "Porchlight",
    "command": "A command",
    "migration": "An upgrade",
    "visitor": "A visitor",
    "api": "An API token",
    "database": "Someone at the database",
}

# Opens a sealed value of a row for a page that may show it: (field, row id, stored value).
Opener = Callable[[Any, str, Any], str]


@dataclass(frozen=True, slots=True)
class Line:
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One record in words."""

    id: int
    at: dt.datetime
    who: str
    source: str
    what: str
    lines: list[Line] = field(default_factory=list)
    offer: Offer | None = None


def entries(
    records: Iterable[Trail], *, opener: Opener | None = None, about: Collection[UUID] = ()
) -> list[Entry]:
    """`about` whom it all is: then neither they are said again, nor what nobody could fill in."""
    records = list(records)
    names = _names(records)
    told = {str(one) for one in about}
    offers = offering.offers(records)
    return [
        replace(_entry(record, names, opener, told), offer=offers.get(record.id))
        for record in records
    ]


def who(actor: str) -> str:
    return WHO.get(actor.split(":")[0], actor)


def noun(table: str) -> str:
    known = tracked_tables().get(table)
    return str(known[0]._meta.verbose_name) if known else table


def _entry(
    record: Trail, names: dict[tuple[Any, str], str], opener: Opener | None, about: set[str]
) -> Entry:
    source = record.page.replace(":", ", ").replace("_", " ")
    what = _what(record)
    lines = [] if record.op not in Trail.CHANGES else _lines(record, names, opener, about)
    return Entry(record.id, record.at, who(record.actor), source, what, lines)


def _what(record: Trail) -> str:
    if record.op == Trail.Op.EVENT:
        return kinds.in_words(record.kind)
    if record.op not in Trail.CHANGES:
        return record.get_op_display().capitalize()
    return f"{noun(record.table_name).capitalize()} {record.get_op_display()}"


def _lines(
    record: Trail, names: dict[tuple[Any, str], str], opener: Opener | None, about: set[str]
) -> list[Line]:
    before, after = record.before or {}, record.after or {}
    lines = []
    for each in _fields(record.table_name):
        was, became = before.get(each.column), after.get(each.column)
        # What nobody could fill in says nothing of a row that came or went.
        if not each.editable and about:
            continue
        if record.op != Trail.Op.CHANGED and _of_the_machine(each):
            continue
        if about and (was or False, became or False) == (False, False):
            continue
        if {str(was), str(became)} & about and each.is_relation:
            continue
        if (was in (None, "", [])) and (became in (None, "", [])) and not record.scrubbed:
            continue
        if each.column in before or each.column in after:
            said = [
                ERASED if record.scrubbed else _said(each, value, record.row_id, names, opener)
                for value in (was, became)
            ]
            lines.append(Line(str(each.verbose_name).capitalize(), *said))
    return lines


def _of_the_machine(each: Any) -> bool:
    """Keys, places, hashes and times that the house keeps for itself."""
    kept = isinstance(each, BlindField) or each.get_internal_type() != "BinaryField"
    return kept and not each.editable


def _fields(table: str) -> list[Any]:
    known = tracked_tables().get(table)
    return (
        [each for each in known[0]._meta.concrete_fields if not each.primary_key] if known else []
    )


def _said(
    each: Any, value: Any, row_id: str, names: dict[tuple[Any, str], str], opener: Opener | None
) -> str:
    if value in (None, "", []):
        return NOTHING
    if isinstance(each, EncryptedField):
        return opener(each, row_id, value) if opener else HIDDEN
    if each.get_internal_type() == "BinaryField":
        return HIDDEN
    if each.is_relation:
        return names.get((each.related_model, str(value)), "one that is gone")
    return _plain(each, value)[:LONGEST]


def _plain(each: Any, value: Any) -> str:
    if each.choices:
        return str(dict(each.flatchoices).get(value, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if each.get_internal_type() == "DateTimeField" and (moment := parse_datetime(str(value))):
        return date_format(localtime(moment), "D j F Y, H:i")
    if each.get_internal_type() == "DateField" and (day := parse_date(str(value))):
        return date_format(day, "j F Y")
    if each.get_internal_type() == "DecimalField":
        return f"{Decimal(str(value)).normalize():,f}"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)


def _names(records: list[Trail]) -> dict[tuple[Any, str], str]:
    """What the foreign keys of these records point to, one query a model."""
    wanted: dict[Any, set[str]] = defaultdict(set)
    for record in records:
        for each in _fields(record.table_name):
            if each.is_relation:
                for doc in (record.before or {}, record.after or {}):
                    if doc.get(each.column) is not None:
                        wanted[each.related_model].add(str(doc[each.column]))
    return {
        (model, str(row.pk)): str(row)
        for model, ids in wanted.items()
        for row in model._base_manager.filter(pk__in=_valid(model, ids))
    }


def _valid(model: Any, ids: set[str]) -> list[Any]:
    valid = []
    for id in ids:
        try:
            valid.append(model._meta.pk.to_python(id))
        except ValidationError:
            continue
    return valid
