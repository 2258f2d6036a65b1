"""A new key for the keyring: every data key is wrapped again, while the system is used."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from crm.models.data_key import DataKey
from crm.vault import keyring
from crm.vault.errors import KeyringDamaged, VaultError
from crm.vault.keyring import Keyring

BATCH = 500
# How long a retired key is kept for copies of the key table that were made before.
KEPT = dt.timedelta(days=30)
_ALONE = 0x9E17_0001


def rotate(
    *,
    progress: Callable[[int, int], None],
    settling: Callable[[], None] = lambda: None,
    batch: int = BATCH,
) -> Keyring:
    """Finish the rotation that was interrupted, or begin one. Safe to be killed at any point.

    settling: called when all are wrapped again, and other processes are waited for.
    """
    with _alone():
        ring = keyring.ring(fresh=True)
        _refuse_unknown(ring)
        if not _waiting(ring):
            ring = keyring.change(lambda held: held.with_new_key())
        _rewrap_all(ring, progress, batch)
        settling()
        return _settled(ring, batch)


@contextmanager
def _alone() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_ALONE])
        if not cursor.fetchone()[0]:
            raise VaultError("Another rotation is at work.")
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_ALONE])


def _refuse_unknown(ring: Keyring) -> None:
    used = set(DataKey.objects.order_by().values_list("keyring_key", flat=True).distinct())
    if unknown := sorted(used - ring.keys.keys()):
        raise KeyringDamaged(f"The keyring lacks {', '.join(unknown)}, which data keys need.")


def _waiting(ring: Keyring) -> int:
    return DataKey.objects.filter(keyring_key__in=ring.others()).count()


def _rewrap_all(ring: Keyring, progress: Callable[[int, int], None], batch: int) -> None:
    total, done = _waiting(ring), 0
    progress(done, total)
    while changed := _rewrap_some(ring, batch):
        done += changed
        progress(done, max(total, done))


@transaction.atomic
def _rewrap_some(ring: Keyring, batch: int) -> int:
    rows = DataKey.objects.select_for_update(skip_locked=True).filter(keyring_key__in=ring.others())
    ids, wrapped = [], []
    for row in rows[:batch]:
        secret = ring.unwrap(row.id, bytes(row.wrapped), by=row.keyring_key)
        ids.append(row.id)
        wrapped.append(ring.wrap(row.id, secret))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE crm_data_key AS k SET wrapped = fresh.wrapped, keyring_key = %s"
            " FROM unnest(%s::uuid[], %s::bytea[]) AS fresh (id, wrapped) WHERE k.id = fresh.id",
            [ring.current, ids, wrapped],
        )
    return len(ids)


def _settled(ring: Keyring, batch: int) -> Keyring:
    """Other processes may wrap by the old key until they look at the file again."""
    time.sleep(keyring.LOOKED_AT_EVERY)
    while _waiting(ring):
        if not _rewrap_some(ring, batch):
            time.sleep(keyring.LOOKED_AT_EVERY)
    before = (dt.datetime.now(dt.UTC) - KEPT).isoformat(timespec="seconds")
    return keyring.change(lambda held: held.with_retired().without_old(retired_before=before))
