"""What the trail costs, for the bench: on two tables of one shape, of which one keeps a trail."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from crm.audit import chain
from crm.audit.verifying import verify
from crm.bench.registry import Measure, register
from crm.bench.stage import Stage

ROWS = 10_000
PLAIN, TRAILED = "bench_plain", "bench_trailed"
TABLE = """CREATE TABLE {table} (id uuid PRIMARY KEY, name text NOT NULL, stage text NOT NULL,
    budget numeric(14, 2), tags text[] NOT NULL, private bytea NOT NULL, at timestamptz NOT NULL)"""
TRIGGER = """CREATE TRIGGER trail AFTER INSERT ON bench_trailed
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT
    EXECUTE FUNCTION crm_trail_write('id', 'id', '')"""
FILL = """INSERT INTO {table} SELECT gen_random_uuid(), 'Lead number ' || n, 'new', n * 1000,
    ARRAY['sea', 'hill'], decode(repeat('ab', 80), 'hex'), now() FROM generate_series(1, %s) n"""


def register_measures() -> None:
    name = "trail's share of a bulk insert"
    register(Measure("audit", name, "x", insert_ratio, as_owner=True))
    register(Measure("audit", "sealing", "records/s", sealing, better="more", as_owner=True))
    # All of the chain, which takes its time.
    walk = Measure("audit", "verifying", "records/s", verifying, better="more", times=1,
                   as_owner=True)  # fmt: skip
    register(walk)


def insert_ratio(_stage: Stage) -> float:
    """How many times as long 10,000 rows take with their trail; indexes and digests included."""
    with scratch_tables():
        plain = seconds(lambda: fill(PLAIN))
        return seconds(lambda: fill(TRAILED)) / plain


def sealing(_stage: Stage) -> float:
    chain.seal_all()
    with scratch_tables():
        fill(TRAILED)
        return ROWS / seconds(chain.seal_all)


def verifying(_stage: Stage) -> float:
    with scratch_tables():
        fill(TRAILED)
    chain.seal_all()
    began = time.perf_counter()
    verdict = verify()
    return verdict.records / (time.perf_counter() - began)


def fill(table: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FILL.format(table=table), [ROWS])


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


@contextmanager
def scratch_tables() -> Iterator[None]:
    with connection.cursor() as cursor:
        for table in (PLAIN, TRAILED):
            cursor.execute(f"DROP TABLE IF EXISTS {table}")
            cursor.execute(TABLE.format(table=table))
        cursor.execute(TRIGGER)
    yield
    with connection.cursor() as cursor:
        for table in (PLAIN, TRAILED):
            cursor.execute(f"DROP TABLE {table}")
