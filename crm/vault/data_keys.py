"""Data keys: one for each subject, made once, opened when something of theirs is read."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction

from crm.models.data_key import DataKey
from crm.models.erasure import Erasure
from crm.vault import keyring
from crm.vault.errors import Erased
from crm.vault.ids import uuid7
from crm.vault.sealing import OpenKey

# How long another process may still read what was shredded. The one that shreds forgets at once.
REMEMBERED = 30.0
AT_MOST = 8192


class Subject(NamedTuple):
    """Whose data these are."""

    kind: str
    id: UUID


class _Memory:
    """The keys opened of late: few, and for seconds, so that a shredded one is soon forgotten."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._keys: OrderedDict[UUID, tuple[float, OpenKey]] = OrderedDict()

    def get(self, key_id: UUID) -> OpenKey | None:
        with self._guard:
            until, key = self._keys.get(key_id, (0.0, None))
            if key is None or until > time.monotonic():
                return key
            del self._keys[key_id]
            return None

    def put(self, keys: Iterable[OpenKey]) -> None:
        until = time.monotonic() + REMEMBERED
        with self._guard:
            for key in keys:
                self._keys.pop(key.id, None)
                self._keys[key.id] = until, key
            while len(self._keys) > AT_MOST:
                self._keys.popitem(last=False)

    def drop(self, key_ids: Iterable[UUID]) -> None:
        with self._guard:
            for key_id in key_ids:
                self._keys.pop(key_id, None)

    def clear(self) -> None:
        with self._guard:
            self._keys.clear()


memory = _Memory()


def opened(key_id: UUID, neighbours: Sequence[UUID] = ()) -> OpenKey:
    """The key of that id; its neighbours, who will be read next, come with the same query."""
    key = memory.get(key_id)
    if key is None:
        wanted = {key_id, *(other for other in neighbours if memory.get(other) is None)}
        found = {key.id: key for key in _fetched(wanted)}
        memory.put(found.values())
        key = found.get(key_id)
    if key is None:
        raise Erased("Its key was destroyed: nobody can read this any more.")
    return key


def provide(subjects: Iterable[Subject]) -> dict[UUID, OpenKey]:
    """Each subject's own key, by the subject's id; who has none gets one."""
    wanted = {subject.id: subject for subject in subjects}
    keys = _own(wanted)
    lacking = [subject for subject in wanted.values() if subject.id not in keys]
    if lacking:
        with transaction.atomic():
            keys.update(_made(sorted(lacking, key=lambda subject: subject.id)))
    return keys


def make_many(subjects: Sequence[Subject]) -> dict[UUID, OpenKey]:
    """Keys for subjects that are new for certain, by COPY: for imports."""
    ring = keyring.ring()
    keys = {subject.id: new() for subject in subjects}
    columns = "id, subject_kind, subject_id, born_id, wrapped, keyring_key"
    statement = f"COPY crm_data_key ({columns}) FROM STDIN"
    with transaction.atomic(), connection.cursor() as cursor, cursor.copy(statement) as copy:
        for kind, subject_id in subjects:
            key, secret = keys[subject_id]
            wrapped = ring.wrap(key.id, secret)
            copy.write_row((key.id, kind, subject_id, subject_id, wrapped, ring.current))
    return {subject_id: key for subject_id, (key, _secret) in keys.items()}


def _own(subjects: dict[UUID, Subject]) -> dict[UUID, OpenKey]:
    rows = DataKey.objects.filter(born_id__in=list(subjects)).values_list("born_id", "id")
    ids = dict(rows)
    known = {key_id: memory.get(key_id) for key_id in ids.values()}
    fetched = {key.id: key for key in _fetched({i for i, key in known.items() if key is None})}
    memory.put(fetched.values())
    return {born: known[key_id] or fetched[key_id] for born, key_id in ids.items()}


def _made(subjects: list[Subject]) -> dict[UUID, OpenKey]:
    ids = [subject.id for subject in subjects]
    if Erasure.objects.filter(subject_id__in=ids).exists():
        raise Erased("They were erased: nothing more can be kept of them.")
    ring = keyring.ring()
    keys = {subject.id: new() for subject in subjects}
    DataKey.objects.bulk_create(
        [
            DataKey(
                id=keys[subject.id][0].id,
                subject_kind=subject.kind,
                subject_id=subject.id,
                born_id=subject.id,
                wrapped=ring.wrap(*named(keys[subject.id])),
                keyring_key=ring.current,
            )
            for subject in subjects
        ],
        ignore_conflicts=True,
        batch_size=2000,
    )
    settled = _settled(keys)
    # Harmless where this transaction is undone: no row then leads to the key's id.
    memory.put(settled.values())
    return settled


def _settled(keys: dict[UUID, tuple[OpenKey, bytes]]) -> dict[UUID, OpenKey]:
    """Where another process was first, its key counts."""
    stored = dict(DataKey.objects.filter(born_id__in=list(keys)).values_list("born_id", "id"))
    ours = {key.id: key for key, _secret in keys.values()}
    theirs = {key.id: key for key in _fetched({i for i in stored.values() if i not in ours})}
    return {born: ours.get(key_id) or theirs[key_id] for born, key_id in stored.items()}


def new() -> tuple[OpenKey, bytes]:
    secret = secrets.token_bytes(32)
    return OpenKey.of(uuid7(), secret), secret


def named(made: tuple[OpenKey, bytes]) -> tuple[UUID, bytes]:
    key, secret = made
    return key.id, secret


def _fetched(key_ids: set[UUID]) -> list[OpenKey]:
    if not key_ids:
        return []
    ring = keyring.ring()
    rows = list(DataKey.objects.filter(id__in=key_ids).values_list("id", "wrapped", "keyring_key"))
    if any(by not in ring.keys for _id, _wrapped, by in rows):
        ring = keyring.ring(fresh=True)
    return [
        OpenKey.of(key_id, ring.unwrap(key_id, bytes(wrapped), by=by))
        for key_id, wrapped, by in rows
    ]
