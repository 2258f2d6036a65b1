"""One table as undo handles it: its rows by id, whatever model they are of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.models import Exists, OuterRef
from psycopg import sql

from crm.audit import undo_sql
from crm.audit.tracking import tracked_tables
from crm.vault.errors import VaultError
from crm.vault.fields import EncryptedField

Row = tuple[str, str]
Names = dict[str, sql.Composable]
# The row of a table that has only one, as the database writes its key.
SPELLED = {"true": "True", "false": "False"}


@dataclass(frozen=True, slots=True)
class Judged:
    """One field of a changed row: may it go back?"""

    row_id: str
    key: str
    was: str
    there: bool
    still: bool
    reachable: bool

    @property
    def goes_back(self) -> bool:
        return self.there and self.still and self.reachable


@dataclass(frozen=True)
class Table:
    name: str
    model: Any
    excluded: tuple[str, ...]

    @cached_property
    def fields(self) -> list[Any]:
        found = self.model._meta.concrete_fields
        return [each for each in found if not getattr(each, "generated", False)]

    @property
    def names(self) -> Names:
        key = self.model._meta.pk
        return {
            "table": sql.Identifier(self.name),
            "key": sql.Identifier(key.column),
            "type": sql.SQL(_plain_type(key)),
        }

    def keys(self, ids: Iterable[str]) -> list[Any]:
        return [self.model._meta.pk.to_python(SPELLED.get(id, id)) for id in ids]

    def run(self, text: str, given: Any, /, **names: sql.Composable) -> list[tuple[Any, ...]]:
        statement = sql.SQL(text).format(**self.names, **names)
        with connection.cursor() as cursor:
            cursor.execute(statement.as_string(connection.connection), given)
            return list(cursor.fetchall()) if cursor.description else []

    def lock(self, ids: list[str]) -> None:
        self.run(undo_sql.LOCK, [self.keys(ids)])

    def delete(self, ids: list[str]) -> int:
        if ids:
            self.run(undo_sql.DELETE, [self.keys(ids)])
        return len(ids)

    def judge(self, operation: UUID, ids: list[str]) -> Iterator[Judged]:
        values = {"operation": operation, "table": self.name, "rows": ids, "keys": self.keys(ids)}
        for row in self.run(undo_sql.JUDGED, values, reachable=self.reachable()):
            yield Judged(*row)

    def reachable(self) -> sql.Composable:
        """A CASE that says of each foreign key whether what it pointed to is still there."""
        cases = [
            sql.SQL(undo_sql.POINTS_SOMEWHERE).format(
                name=sql.Literal(each.column),
                parent=sql.Identifier(each.related_model._meta.db_table),
                parent_name=sql.Literal(each.related_model._meta.db_table),
                parent_key=sql.Identifier(each.target_field.column),
                type=sql.SQL(_plain_type(each.target_field)),
            )
            for each in self.fields
            if each.remote_field and each.db_constraint
        ]
        if not cases:
            return sql.SQL("true")
        return sql.SQL("CASE {} ELSE true END").format(sql.SQL(" ").join(cases))

    def patch(self, patches: dict[str, dict[str, str]]) -> None:
        """Each patch holds columns with their values as JSON text."""
        changed = {key for patch in patches.values() for key in patch}
        columns = [each.column for each in self.fields if each.column in changed]
        body = ", ".join(
            f'{{"row_id": {json.dumps(row_id)}, "patch": {{{_members(patch)}}}}}'
            for row_id, patch in patches.items()
        )
        self.run(
            undo_sql.UPDATE,
            [f"[{body}]", self.keys(patches)],
            columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
            values=sql.SQL(", ").join(sql.Identifier("r", column) for column in columns),
        )

    def insert(self, operation: UUID, ids: list[str]) -> set[str]:
        """Put deleted rows back; says which. A column that the trail lacks takes its default."""
        values: dict[str, Any] = {"operation": operation, "table": self.name, "rows": ids}
        shown: list[sql.Composable] = []
        for number, each in enumerate(self.fields):
            # What is sealed stands empty as NULL: a value needs its row's own key.
            default = None if isinstance(each, EncryptedField) else each.get_default()
            values[f"default{number}"] = each.get_db_prep_save(default, connection)
            shown.append(
                sql.SQL("CASE WHEN d.doc ? {name} THEN {column} ELSE {default}::{type} END").format(
                    name=sql.Literal(each.column),
                    column=sql.Identifier("r", each.column),
                    default=sql.Placeholder(f"default{number}"),
                    type=sql.SQL(_plain_type(each)),
                )
            )
        columns = sql.SQL(", ").join(sql.Identifier(each.column) for each in self.fields)
        returned = self.run(
            undo_sql.INSERT, values, columns=columns, values=sql.SQL(", ").join(shown)
        )
        return {row_id for (row_id,) in returned}

    def orphans(self, ids: set[str]) -> list[str]:
        found: set[str] = set()
        for each in self.fields:
            if each.remote_field and each.db_constraint and ids:
                parents = each.related_model._base_manager.filter(
                    **{each.target_field.attname: OuterRef(each.attname)}
                )
                rows = self.model._base_manager.filter(pk__in=self.keys(ids))
                lost = rows.exclude(**{each.attname: None}).filter(~Exists(parents))
                found |= {str(pk) for pk in lost.values_list("pk", flat=True)}
        return sorted(found)

    def rebuild(self, ids: Iterable[str]) -> None:
        """Fill the columns that the trail leaves out, where they can be made from the others."""
        made = [each for each in self.fields if each.name in self.excluded]
        made = [each for each in made if hasattr(each, "make_stored")]
        if not made:
            return
        for instance in self.model._base_manager.filter(pk__in=self.keys(ids)).iterator():
            try:
                for each in made:
                    each.make_stored(instance)
            except VaultError:
                continue  # its key was destroyed: nothing can be found by it any more
            values = {each.attname: getattr(instance, each.attname) for each in made}
            self.model._base_manager.filter(pk=instance.pk).update(**values)


def table_of(name: str) -> Table:
    model, excluded = tracked_tables()[name]
    return Table(name, model, excluded)


def edges(parent: Table, ids: list[str]) -> Iterator[tuple[Row, Row, str]]:
    """Which rows, of any table, point to these: (child, parent, by which column)."""
    keys = parent.keys(ids)
    for relation in parent.model._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and not relation.concrete and relation.one_to_many) and not (
            relation.auto_created and not relation.concrete and relation.one_to_one
        ):
            continue
        child = relation.related_model
        pairs = child._base_manager.filter(**{f"{relation.field.attname}__in": keys})
        for pk, to in pairs.values_list("pk", relation.field.attname).iterator():
            yield (child._meta.db_table, str(pk)), (parent.name, str(to)), relation.field.column


def _members(patch: dict[str, str]) -> str:
    return ", ".join(f"{json.dumps(key)}: {value}" for key, value in patch.items())


def _plain_type(field: models.Field[Any, Any]) -> str:
    """The column's type for a cast: an identity column's is the integer's."""
    kind = field.rel_db_type(connection) if field.primary_key else field.db_type(connection)
    return str(kind)
