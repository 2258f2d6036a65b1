"""What happens to the keys of people: handed over in a merge, given back, destroyed."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import connection, transaction

from crm.models.data_key import DataKey
from crm.models.erasure import Erasure
from crm.vault.data_keys import Subject, memory
from crm.vault.errors import Erased
from crm.vault.rows import SealedRow, assign_keys

# Left out of dumps and backed up apart, the latest state only: an old copy would undo erasures.
KEYS_TABLE = DataKey._meta.db_table
ERASURES_TABLE = Erasure._meta.db_table


@transaction.atomic
def shred(*, subject: Subject) -> Erasure:
    """Destroy every key that the subject holds, for ever, and remember that it was done."""
    held = DataKey.objects.select_for_update().filter(subject_id=subject.id)
    keys = list(held.order_by("id").values_list("id", flat=True))
    before = Erasure.objects.filter(subject_id=subject.id).first()
    if before and not keys:
        return before
    erasure = Erasure.objects.create(subject_kind=subject.kind, subject_id=subject.id, keys=keys)
    _destroy(keys)
    return erasure


@transaction.atomic
def hand_over(*, source: Subject, target: Subject) -> list[UUID]:
    """All of the source's keys become the target's: a merge, or an arrival that became a lead.

    Keep the ids that come back: `give_back` undoes it with them.
    """
    if Erasure.objects.filter(subject_id=target.id).exists():
        raise Erased("They were erased: nothing more can be kept of them.")
    held = DataKey.objects.select_for_update().filter(subject_id=source.id)
    keys = list(held.order_by("id").values_list("id", flat=True))
    _hold(keys, target)
    return keys


@transaction.atomic
def give_back(*, keys: Sequence[UUID], to: Subject) -> int:
    """Undo a hand-over; fewer come back than went where some were destroyed since."""
    return _hold(keys, to)


def _hold(keys: Sequence[UUID], subject: Subject) -> int:
    rows = DataKey.objects.filter(id__in=keys)
    return rows.update(subject_kind=subject.kind, subject_id=subject.id)


def _destroy(keys: list[UUID]) -> None:
    DataKey.objects.filter(id__in=keys).delete()
    memory.drop(keys)
    # Again at the end: another thread may have read a key before its destruction was committed.
    transaction.on_commit(lambda: memory.drop(keys))


@transaction.atomic
def replay_erasures() -> int:
    """After a restore, before anything is served: destroy again what came back. The count of it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM crm_data_key WHERE id IN ("
            " SELECT unnest(keys) FROM crm_erasure"
            " UNION SELECT k.id FROM crm_data_key k JOIN crm_erasure e USING (subject_id)"
            " UNION SELECT k.id FROM crm_data_key k JOIN crm_erasure e ON k.born_id = e.subject_id"
            ") RETURNING id"
        )
        gone = [row[0] for row in cursor.fetchall()]
    memory.drop(gone)
    return len(gone)


@transaction.atomic
def seal_anew(*, rows: Sequence[SealedRow]) -> None:
    """For rows that moved to another subject without a merge: seal them under its key."""
    for row in rows:
        for name in row.sealed_names():
            setattr(row, name, getattr(row, name))
        row.data_key = None
    assign_keys(rows)
    for row in rows:
        row.save(update_fields=["data_key", *sorted(row.sealed_names())])
