"""Undo: an operation's records, read backwards.

A field goes back only where it still says what the operation wrote. A row that the operation
created goes only if nobody has touched or used it since. What was deleted returns with its id.
Whatever stays is listed. An undo is an operation itself, so it can be undone: that is redo.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from crm.audit import services, undo_sql
from crm.audit.undo_rows import Row, Table, edges, table_of
from crm.models import Operation

CHANGED_SINCE = "changed since"
USED_SINCE = "used or changed since"
GONE = "deleted since"
TAKEN = "its place is taken"
ERASED = "erased"
LOST = "what it belonged to is gone"
LISTED = 100


class CannotUndo(Exception):
    """The whole undo is refused, and nothing has changed; says why in words."""


@dataclass(frozen=True, slots=True)
class Left:
    """What was not undone, and why."""

    table: str
    row_id: str
    why: str
    fields: tuple[str, ...] = ()


@dataclass
class Report:
    operation: UUID
    changed_back: int = 0
    removed: int = 0
    returned: int = 0
    left: list[Left] = field(default_factory=list)

    @property
    def nothing(self) -> bool:
        """All that there was to take back was left."""
        return bool(self.left) and not self.changed_back + self.removed + self.returned

    def summary(self) -> dict[str, object]:
        listed = [[left.table, left.row_id, left.why, *left.fields] for left in self.left[:LISTED]]
        return {
            "changed_back": self.changed_back, "removed": self.removed, "returned": self.returned,
            "left": len(self.left), "listed": listed,
        }  # fmt: skip


# A room whose work is more than rows with a trail has a way back of its own: it answers None
# where an operation is not its own.
Way = Callable[[UUID], Report | None]
_ways: list[Way] = []


def register_way(way: Way) -> None:
    if way not in _ways:
        _ways.append(way)


# What follows from rows that have no trail (scores, counts) hears of the undo's own operation.
Hearer = Callable[[UUID], None]
_hearers: list[Hearer] = []


def when_undone(hearer: Hearer) -> None:
    if hearer not in _hearers:
        _hearers.append(hearer)


def undo(operation: UUID) -> Report:
    try:
        with transaction.atomic():
            own = (report for way in _ways if (report := way(operation)) is not None)
            report = next(own, None) or by_trail(operation)
            for hear in _hearers:
                hear(report.operation)
            if report.nothing:
                # What is in the way may go: then it can be asked again.
                transaction.set_rollback(True)
            return report
    except IntegrityError as error:
        raise CannotUndo("What is there now stands in the way of what was there before.") from error


def by_trail(operation: UUID) -> Report:
    try:
        with transaction.atomic():
            return _undo(operation)
    except IntegrityError as error:
        raise CannotUndo("What is there now stands in the way of what was there before.") from error


def _undo(operation: UUID) -> Report:
    done = Operation.objects.select_for_update().get(id=operation)
    if Operation.objects.filter(undoes=done).exists():
        raise CannotUndo("This was undone already.")
    with services.operation(done.name_of_undo, undoes=operation) as id:
        report = Report(id)
        created, changed, deleted = _net(operation, report)
        kept = _remove(operation, created, report)
        _change_back(operation, changed, report)
        # What was used only by rows that have just gone back is used no more.
        kept = _remove(operation, list(kept), report) if kept else kept
        report.left += [Left(table, row_id, why) for (table, row_id), why in kept.items()]
        _return(operation, deleted, report)
        with connection.cursor() as cursor:
            # What points nowhere must show inside of this transaction, not at its end.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        services.summarise(id, undone=done.name, **report.summary())
    return report


def _net(operation: UUID, report: Report) -> tuple[list[Row], list[Row], list[Row]]:
    """Which rows the operation created, changed and deleted, all in all."""
    created: list[Row] = []
    changed: list[Row] = []
    deleted: list[Row] = []
    with connection.cursor() as cursor:
        cursor.execute(undo_sql.NET, [operation])
        for table, row_id, first, last, scrubbed in cursor.fetchall():
            if scrubbed:
                report.left.append(Left(table, row_id, ERASED))
            elif first == "I" and last != "D":
                created.append((table, row_id))
            elif first != "I":
                (deleted if last == "D" else changed).append((table, row_id))
    return created, changed, deleted


def _by_table(rows: Iterable[Row]) -> dict[str, list[str]]:
    tables: dict[str, list[str]] = defaultdict(list)
    for table, row_id in rows:
        tables[table].append(row_id)
    return tables


def _remove(operation: UUID, created: list[Row], report: Report) -> dict[Row, str]:
    """Answers which stay."""
    for name, ids in _by_table(created).items():
        table_of(name).lock(ids)
    kept = _kept(operation, created)
    for name, ids in _by_table(row for row in reversed(created) if row not in kept).items():
        report.removed += table_of(name).delete(ids)
    return kept


def _kept(operation: UUID, created: list[Row]) -> dict[Row, str]:
    """Created rows that stay: touched themselves, with their person, or used by what stays."""
    group = {(table, row): subject for table, row, subject in _rows(undo_sql.GROUPS, operation)}
    members: dict[str, list[Row]] = defaultdict(list)
    for row, subject in group.items():
        members[subject].append(row)
    going = set(created)
    parents: dict[Row, list[Row]] = defaultdict(list)
    waiting = [(table, row) for table, row in _rows(undo_sql.TOUCHED, operation)]
    for (subject,) in _rows(undo_sql.TOUCHED_SUBJECTS, operation):
        waiting += members[subject]
    for name, ids in _by_table(created).items():
        for child, parent, _ in edges(table_of(name), ids):
            parents[child].append(parent)
            if child not in going:
                waiting.append(parent)
    kept: dict[Row, str] = {}
    while waiting:
        row = waiting.pop()
        if row in going and row not in kept:
            kept[row] = USED_SINCE
            waiting += parents[row] + members.get(group.get(row, ""), [])
    return kept


def _rows(statement: str, operation: UUID) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"operation": operation})
        return list(cursor.fetchall())


def _change_back(operation: UUID, changed: list[Row], report: Report) -> None:
    for name, ids in _by_table(changed).items():
        table = table_of(name)
        table.lock(ids)
        patches: dict[str, dict[str, str]] = defaultdict(dict)
        kept: dict[tuple[str, str], list[str]] = defaultdict(list)
        for judged in table.judge(operation, ids):
            if judged.goes_back:
                patches[judged.row_id][judged.key] = judged.was
            else:
                kept[judged.row_id, _why(judged.there, judged.still)].append(judged.key)
        report.left += [
            Left(name, row, why, tuple(sorted(keys))) for (row, why), keys in kept.items()
        ]
        _patch(table, patches, report)


def _why(there: bool, still: bool) -> str:
    if not there:
        return GONE
    return LOST if still else CHANGED_SINCE


def _patch(table: Table, patches: dict[str, dict[str, str]], report: Report) -> None:
    if not patches:
        return
    try:
        with transaction.atomic():
            table.patch(patches)
    except IntegrityError:
        _patch_one_by_one(table, patches, report)
    else:
        report.changed_back += len(patches)
    table.rebuild(patches)


def _patch_one_by_one(table: Table, patches: dict[str, dict[str, str]], report: Report) -> None:
    """Someone has taken a value that must be unique: find out who is in the way, and of whom."""
    for row_id, patch in patches.items():
        try:
            with transaction.atomic():
                table.patch({row_id: patch})
            report.changed_back += 1
        except IntegrityError:
            report.left.append(Left(table.name, row_id, TAKEN, tuple(sorted(patch))))


def _return(operation: UUID, deleted: list[Row], report: Report) -> None:
    tables = {name: table_of(name) for name, _ in deleted}
    back: dict[str, set[str]] = {}
    for name, ids in _by_table(deleted).items():
        back[name] = tables[name].insert(operation, ids)
        report.left += [Left(name, row, TAKEN) for row in ids if row not in back[name]]
    # Without its parent a row can't stay, nor can what came back with it.
    while orphans := [(name, tables[name].orphans(ids)) for name, ids in back.items()]:
        if not any(rows for _, rows in orphans):
            break
        for name, rows in orphans:
            tables[name].delete(rows)
            back[name] -= set(rows)
            report.left += [Left(name, row, LOST) for row in rows]
    for name, there in back.items():
        tables[name].rebuild(there)
        report.returned += len(there)
