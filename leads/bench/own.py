"""Own fields of the bench: one that everybody has, one that few have, and lists sorted by them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from crm.bench.registry import Walk, register_page
from crm.bench.stage import Stage, copy
from crm.lists import orders, paging
from crm.lists.orders import Order
from crm.lists.pages import SIZE
from crm.lists.shape import Shape
from crm.vault.ids import uuid7
from leads.directory.listing import LEADS
from leads.models import CustomField, CustomValue

ALL, FEW = "Floor", "Visa number"
VALUE = ("id", "lead_id", "field_id", "number")
ONE_IN = 10


def make_fields() -> dict[str, int]:
    """By their names."""
    fields = [
        CustomField.objects.get_or_create(name=name, defaults={"kind": "number"})[0]
        for name in (ALL, FEW)
    ]
    return {field.name: field.pk for field in fields}


def copy_values(random: Random, fields: dict[str, int], leads: list[UUID]) -> None:
    copy(CustomValue._meta.db_table, VALUE, _values(random, fields, leads))


def _values(
    random: Random, fields: dict[str, int], leads: list[UUID]
) -> Iterator[tuple[object, ...]]:
    for lead in leads:
        yield uuid7(), lead, fields[ALL], random.randrange(1, 60)
        if random.random() < 1 / ONE_IN:
            yield uuid7(), lead, fields[FEW], random.randrange(10**9)


def register() -> None:
    for way, named in (("", "up"), ("-", "down")):
        _walk(f"by stage, {named}", f"{way}stage", beginning)
        _walk(f"by stage, {named}, the end", f"{way}stage", end)
        for field in (ALL, FEW):
            name = f"{way}{field}"
            _walk(f"by {field}, {named}", name, beginning)
            _walk(f"by {field}, {named}, in the middle", name, middle)
        _walk(f"by {ALL}, {named}, the last value", f"{way}{ALL}", last_value)
        _walk(f"by {FEW}, {named}, the last value", f"{way}{FEW}", last_value)
        _walk(f"by {FEW}, {named}, the end", f"{way}{FEW}", end)


Place = Callable[[Order], str]


def _walk(words: str, sort: str, place: Place) -> None:
    def path(_stage: Stage) -> str:
        column = sort.removeprefix("-")
        named = CustomField.objects.filter(name=column).values_list("pk", flat=True)
        name = sort.replace(column, f"field-{named[0]}") if named else sort
        sorted_by = Shape(LEADS).columns[name.removeprefix("-")].sort
        assert sorted_by is not None  # noqa: S101
        after = place(orders.order(LEADS.name, name, sorted_by))
        asked = {"list": "all", "sort": name} | ({"after": after} if after else {})
        return f"{reverse('directory:leads')}?{urlencode(asked)}"

    register_page(Walk("people", f"Leads: all, {words}", path))


def beginning(_order: Order) -> str:
    return ""


def middle(order: Order) -> str:
    rows = order.branches(LEADS.rows())[0].rows
    row = rows[rows.count() // 2]
    row._stretch = order.stretches[0].name
    return order.place(row)


def last_value(order: Order) -> str:
    """Half a page before who has nothing in it."""
    valued = replace(order, stretches=tuple(each for each in order.stretches if not each.last))
    return order.place(paging.first_page(LEADS.rows(), valued.reverse(), SIZE // 2).rows[-1])


def end(order: Order) -> str:
    """A page before the very last row."""
    return order.place(paging.first_page(LEADS.rows(), order.reverse(), SIZE).rows[-1])
