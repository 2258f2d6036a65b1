from __future__ import annotations

import pytest
from django.db import connection, transaction

from crm.bench import database, measures, refusing, registry
from crm.bench.apart import apart
from crm.bench.house import figures as house_figures
from crm.bench.registry import Measure
from crm.bench.services import Wanted, bench
from crm.bench.stage import Stage
from crm.runtime.home import Home
from crm.vault import measures as vault_measures

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 60
TABLES = ("bench_person", "crm_data_key", "crm_event", "crm_delivery", "crm_requestentry")


@pytest.fixture(autouse=True)
def house(monkeypatch, settings, tmp_path):
    """The house's own registry, a data folder for the keys, a server that may lack fsync."""
    for table in ("_measures", "_makers", "_walks", "_refusals"):
        monkeypatch.setattr(registry, table, {})
    monkeypatch.setitem(refusing.DURABLE, "fsync", {"on", "off"})
    monkeypatch.setattr(house_figures, "EVENTS", 10)
    monkeypatch.setattr(vault_measures, "SAMPLE", 50)
    settings.HOME = Home(tmp_path)
    settings.REDIS_URL = ""
    measures.register_all()
    monkeypatch.setattr(registry, "_walks", {})
    yield
    database.drop(database.name_for(ROWS))


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608
        return int(cursor.fetchone()[0])


def reasons_after(*statements: str) -> list[str]:
    """What the bench says once these were done; all of it is taken back."""
    with transaction.atomic():
        for statement in statements:
            run(statement)
        found = refusing.reasons(Stage(ROWS, 1, None))  # type: ignore[arg-type]
        transaction.set_rollback(True)
    return found


def test_the_house_is_filled_measured_and_refused_when_it_is_tampered_with():
    made: dict[str, int] = {}

    def look(_stage: Stage) -> float:
        made.update({table: count(table) for table in TABLES})
        return 1.0

    first = Measure("bench", "rows", "rows", look, times=1)
    registry._measures = {("bench", "rows"): first, **registry._measures}  # before any adds its own
    wanted = Wanted(rows=ROWS, against=ROWS, seed=1, requests=2, keep=True)
    figures = bench(wanted, say=lambda _line: None)
    assert made == dict.fromkeys(TABLES, ROWS)
    assert {each.room for each in figures} == {"bench", "vault", "audit", "events", "watch", "keep"}
    assert [
        each.name for each in figures if each.name.endswith("a second") and not each.value
    ] == []

    name = database.name_for(ROWS)
    with apart(name), database.opened(name):
        assert reasons_after() == []
        assert reasons_after(
            "ALTER TABLE bench_person DISABLE TRIGGER trail_delete",
            "DELETE FROM bench_person WHERE id = (SELECT id FROM bench_person LIMIT 1)",
        ) == ["bench_person has 59 rows, its trail tells of 60."]
        assert reasons_after("ALTER TABLE bench_person DISABLE TRIGGER trail_update") == [
            "20 rows were changed, the trail tells of 0."
        ]
        assert reasons_after("UPDATE bench_person SET email = 'ana@example.org'::bytea") == [
            "bench_person.email holds values that are not sealed."
        ]
        assert reasons_after(
            "UPDATE bench_person SET email = set_byte(email, 40, 255 - get_byte(email, 40))"
        ) == ["Sealed values do not open again."]
