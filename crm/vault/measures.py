"""What the vault costs, in seconds for a million; the bench and the tests call these."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from uuid import UUID

from crm.bench.registry import Measure, register
from crm.bench.stage import Stage
from crm.vault.blind import keyed_hash
from crm.vault.data_keys import named, new
from crm.vault.ids import uuid7
from crm.vault.keyring import Keyring
from crm.vault.normal import email
from crm.vault.sealing import OpenKey, Place, seal, unseal
from crm.vault.words import hashes

MILLION = 1_000_000
SAMPLE = 50_000
TEXT = b"Wants three bedrooms near the park, and a gate."
NOTE = "Called about the house on Maple Street; wants a garden and three bedrooms by spring. " * 3


def register_all() -> None:
    for name, run, bar in (
        ("encrypt 1,000,000 values", encrypting, 1.5),
        ("1,000,000 blind indexes", indexing, 1.8),
        ("1,000,000 leads, a key and six fields each", sealing_leads, 11.5),
    ):
        register(Measure("vault", name, "s", run=_for_stage(run), bar=bar))
    register(Measure("vault", "decrypt 1,000,000 values", "s", run=_for_stage(decrypting)))
    register(Measure("vault", "word hashes of 1,000,000 notes", "s", run=_for_stage(hashing_notes)))


def _for_stage(run: Callable[[int], float]) -> Callable[[Stage], float]:
    return lambda _stage: run(SAMPLE)


def _key() -> OpenKey:
    return OpenKey.of(uuid7(), secrets.token_bytes(32))


def _timed(count: int, work: Iterator[object]) -> float:
    # Of the processor, not of the clock: the bars are for one core, whoever else uses it.
    start = time.process_time()
    for _ in work:
        pass
    return (time.process_time() - start) * MILLION / count


def encrypting(count: int) -> float:
    key, place = _key(), Place("crm_note", "body", uuid7())
    return _timed(count, (seal(TEXT, place=place, key=key) for _ in range(count)))


def decrypting(count: int) -> float:
    key, place = _key(), Place("crm_note", "body", uuid7())
    value = seal(TEXT, place=place, key=key)
    return _timed(count, (unseal(value, place=place, key=key) for _ in range(count)))


def indexing(count: int) -> float:
    """The spelling is made uniform too."""
    key = secrets.token_bytes(32)
    made = (keyed_hash(key, email(f"Ana.{n}@Example.com") or "") for n in range(count))
    return _timed(count, made)


def sealing_leads(count: int) -> float:
    return _timed(count, (_lead(ring) for ring in [Keyring.new()] for _ in range(count)))


def _lead(ring: Keyring) -> UUID:
    made = new()
    ring.wrap(*named(made))
    row = uuid7()
    for column in ("email", "phone", "address", "private", "birthday", "note"):
        seal(TEXT, place=Place("crm_lead", column, row), key=made[0])
    return row


def hashing_notes(count: int) -> float:
    key, few = secrets.token_bytes(32), max(1, count // 50)
    return _timed(few, (hashes(key, NOTE) for _ in range(few)))
