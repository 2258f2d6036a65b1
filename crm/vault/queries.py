from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from django.apps import apps
from django.db import connection
from django.db.models import Count, Q, QuerySet

from crm.models.data_key import DataKey
from crm.models.erasure import Erasure
from crm.vault import keyring
from crm.vault.errors import Erased, Refused, VaultError
from crm.vault.fields import EncryptedField, Sealed
from crm.vault.rows import SealedRow

# Random nonces: the chance that two wraps under one key share one must stay negligible.
WRAPS_AT_MOST = 2**32
WRAPS_ADVISED = 2**28
BATCH = 2000
COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class Standing:
    """The vault in figures: nothing of a key is in it."""

    locked: bool
    current: str
    wraps: dict[str, int]
    retired: list[str]
    missing: list[str]
    erasures: int

    @property
    def data_keys(self) -> int:
        return sum(self.wraps.values())

    @property
    def wraps_of_current(self) -> int:
        """Those destroyed count too: a nonce was spent on each."""
        return self.wraps.get(self.current, 0) + self.erasures

    @property
    def waiting(self) -> int:
        """How many an interrupted rotation left."""
        return self.data_keys - self.wraps.get(self.current, 0)

    @property
    def rotation_is_due(self) -> bool:
        return self.wraps_of_current > WRAPS_ADVISED


def standing(*, roughly: bool = False) -> Standing:
    """Roughly, for a page: what the current key wraps is counted to 10,000 and estimated beyond."""
    ring = keyring.ring(fresh=True)
    if roughly:
        wraps, erasures = _nearly(ring.current)
    else:
        wraps, erasures = _counted(DataKey.objects.all()), Erasure.objects.count()
    return Standing(
        locked=keyring.is_locked(),
        current=ring.current,
        wraps=wraps,
        retired=[key.id for key in ring.keys.values() if key.retired],
        missing=sorted(wraps.keys() - ring.keys.keys()),
        erasures=erasures,
    )


def _counted(keys: QuerySet[DataKey]) -> dict[str, int]:
    rows = keys.order_by().values("keyring_key").annotate(count=Count("id"))
    return {row["keyring_key"]: row["count"] for row in rows}


NEARLY = """
SELECT (SELECT count(*) FROM (SELECT FROM crm_data_key WHERE keyring_key = %s LIMIT %s) known),
    (SELECT reltuples FROM pg_class WHERE oid = 'crm_data_key'::regclass),
    (SELECT count(*) FROM crm_erasure)
"""


def _nearly(current: str) -> tuple[dict[str, int], int]:
    """Next to all keys are wrapped by the current one; the index finds the others without it.
    And how many were destroyed."""
    others = DataKey.objects.filter(Q(keyring_key__lt=current) | Q(keyring_key__gt=current))
    with connection.cursor() as cursor:
        cursor.execute(NEARLY, [current, COUNTED + 1])
        number, estimated, erasures = cursor.fetchone()
    if number > COUNTED:
        number = max(number, int(estimated))
    return _counted(others) | ({current: number} if number else {}), erasures


def sealed_models() -> list[type[SealedRow]]:
    return [model for model in apps.get_models() if issubclass(model, SealedRow)]


@dataclass(slots=True)
class Verified:
    """What opening every value of one model came to."""

    model: str
    rows: int = 0
    opened: int = 0
    erased: int = 0
    lost: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def well(self) -> bool:
        return not self.lost and not self.refused


def verify(model: type[SealedRow], *, after: UUID | None = None) -> Iterator[tuple[UUID, Verified]]:
    """Open everything, a batch at a time; gives where it has come to, so as to go on there."""
    found = Verified(model._meta.label_lower)
    fields = [f for f in model._meta.concrete_fields if isinstance(f, EncryptedField)]
    names = [f.attname for f in fields]
    while rows := _batch(model, names, after):
        for row_id, *values in rows:
            found.rows += 1
            for column, value in zip(fields, values, strict=True):
                _verify_one(found, column, row_id, value)
        after = rows[-1][0]
        yield after, found


def _batch(
    model: type[SealedRow], names: list[str], after: UUID | None
) -> list[tuple[UUID, *tuple[Sealed | None, ...]]]:
    rows = model._base_manager.order_by("pk")
    if after is not None:
        rows = rows.filter(pk__gt=after)
    return list(rows.values_list("pk", *names)[:BATCH])


def _verify_one(
    found: Verified, column: EncryptedField, row_id: UUID, value: Sealed | None
) -> None:
    if value is None:
        return
    where = f"{column.name} of {row_id}"
    try:
        column.unsealed(value, row_id)
        found.opened += 1
    except Erased:
        if Erasure.objects.filter(keys__contains=[value.key_id]).exists():
            found.erased += 1
        else:
            found.lost.append(where)
    except (Refused, ValueError):
        found.refused.append(where)


def the_keyring_fits() -> bool:
    """Whether the newest data key opens, without keeping it."""
    newest = DataKey.objects.order_by("-id").first()
    if newest is None:
        return True
    try:
        keyring.ring().unwrap(newest.id, bytes(newest.wrapped), by=newest.keyring_key)
    except VaultError:
        return False
    return True
