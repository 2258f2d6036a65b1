"""Rows of many tables by one statement, as instances: a person's page asks some twenty of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BinaryField, Field, Model, QuerySet

from crm.vault.blind import BlindField
from crm.vault.fields import EncryptedField

# As text, for a number in JSON would lose its exactness.
ARRAY = "ARRAY(SELECT to_jsonb(r)::text FROM ({}) r)"

Loader = Callable[[Any], Any]


def fetched(wanted: Sequence[QuerySet[Any]]) -> list[list[Any]]:
    """What each would give if it were asked alone, but for what is there only to be found by.

    `select_related` may name what a row itself points to.
    """
    near = [_related(rows) for rows in wanted]
    whole = [rows.select_related(None) for rows in wanted]
    asked = whole + [related for each in near for related in each.values()]
    answers = iter(_instances(asked, _answered([_written(rows) for rows in asked])))
    found = [next(answers) for _ in whole]
    for rows, relations in zip(found, near, strict=True):
        for name in relations:
            _attach(rows, name, {row.pk: row for row in next(answers)})
    return found


def _related(rows: QuerySet[Any]) -> dict[str, QuerySet[Any]]:
    """The rows that these point to, by the name of the relation."""
    chosen = rows.query.select_related
    names = list(chosen) if isinstance(chosen, dict) else []
    plain = rows.select_related(None).order_by()
    return {name: _pointed_to(rows.model, name, plain) for name in names}


def _pointed_to(model: type[Model], name: str, rows: QuerySet[Any]) -> QuerySet[Any]:
    field = model._meta.get_field(name)
    assert isinstance(field, Field) and field.related_model is not None  # noqa: S101, PT018
    found: QuerySet[Any] = field.related_model._base_manager.filter(pk__in=rows.values(name))
    return found


def _attach(rows: list[Any], name: str, related: dict[Any, Any]) -> None:
    for row in rows:
        setattr(row, name, related.get(getattr(row, f"{name}_id")))


def _columns(model: type[Model]) -> list[Field[Any, Any]]:
    """Blind indexes are many and say nothing to anybody."""
    return [each for each in model._meta.concrete_fields if not isinstance(each, BlindField)]


def _written(rows: QuerySet[Any]) -> tuple[str, tuple[Any, ...]]:
    names = [field.attname for field in _columns(rows.model)]
    try:
        return rows.values(*names).query.sql_with_params()
    except EmptyResultSet:
        return "SELECT WHERE false", ()


def _answered(statements: Sequence[tuple[str, tuple[Any, ...]]]) -> Sequence[list[str]]:
    """An array of rows for each."""
    if not statements:
        return []
    arrays = ", ".join(ARRAY.format(sql) for sql, _ in statements)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {arrays}", [value for _, values in statements for value in values])
        answer: Sequence[list[str]] = cursor.fetchone()
    return answer


def _instances(asked: Sequence[QuerySet[Any]], answers: Sequence[list[str]]) -> Iterator[list[Any]]:
    for rows, texts in zip(asked, answers, strict=True):
        loaders = {field.attname: _loader(field) for field in _columns(rows.model)}
        yield [_instance(rows.model, loaders, text) for text in texts]


def _instance(model: type[Model], loaders: dict[str, Loader], text: str) -> Model:
    told = json.loads(text, parse_float=Decimal)
    values = [
        None if told[name] is None else loader(told[name]) for name, loader in loaders.items()
    ]
    return model.from_db(connection.alias, list(loaders), values)


def _loader(field: Field[Any, Any]) -> Loader:
    """From JSON to what the row would hold."""
    if isinstance(field, BinaryField | EncryptedField):
        # One for all rows of a table: sealed values that were read together are opened together.
        converters = field.get_db_converters(connection)

        def opened(value: str) -> Any:
            held: Any = bytes.fromhex(value.removeprefix("\\x"))
            for convert in converters:
                held = convert(held, field, connection)
            return held

        return opened
    return field.to_python
