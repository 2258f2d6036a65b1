from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.http import HttpResponse

from crm.bench import database, refusing, registry
from crm.bench.registry import Maker, Measure, Refusal, Walk
from crm.bench.services import Refused, Wanted, bench
from crm.bench.stage import copy
from crm.bench.walking import PageBroken

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_registry(monkeypatch):
    for table in ("_measures", "_makers", "_walks", "_refusals"):
        monkeypatch.setattr(registry, table, {})


@pytest.fixture
def a_durable_server(monkeypatch):
    """The server of the tests may run without fsync; test_refusing.py covers that one."""
    monkeypatch.setitem(refusing.DURABLE, "fsync", {"on", "off"})


@pytest.fixture
def leave_nothing():
    yield
    for rows in (20, 300):
        database.drop(database.name_for(rows))


def quiet(_line: str) -> None:
    pass


def make_groups(stage):
    ranks = stage.zipf(10).draw(stage.random("groups"), stage.rows)
    return copy("auth_group", ["name"], ((f"{n}-{rank}",) for n, rank in enumerate(ranks)))


def counted_groups() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM auth_group")
        return float(cursor.fetchone()[0])


def register_a_small_house():
    registry.register_rows(Maker("owner", "groups", make_groups))
    registry.register_page(Walk("today", "Today", lambda _stage: "/"))
    registry.register(Measure("owner", "groups", "rows", lambda _: counted_groups(), bar=300))


def test_a_run_makes_rows_walks_pages_and_measures(a_durable_server, leave_nothing):
    register_a_small_house()
    figures = bench(Wanted(rows=300, against=20, seed=1, requests=3), say=quiet)
    by_name = {each.name: each for each in figures}
    assert list(by_name) == [
        "making 300 rows of each",
        "Today, p95",
        "Today, p50",
        "Today, above a bare view",
        "Today, queries",
        "Today, at 300 against 20",
        "groups",
    ]
    assert by_name["groups"].value == 300
    assert by_name["Today, queries"].value >= 1
    assert by_name["Today, p95"].value >= by_name["Today, p50"].value > 0


def test_a_rooms_figures_are_said_before_the_next_is_walked(a_durable_server, leave_nothing):
    register_a_small_house()
    registry.register_page(Walk("pipeline", "Pipeline", lambda _stage: "/pipeline/"))
    said: list[str] = []
    bench(Wanted(rows=20, against=20, seed=1, requests=2), say=said.append)
    words = [line.split(",")[0] for line in said if "Walking" in line or line.startswith("today")]
    assert words == [
        "Walking 1 pages of today.",
        "today  Today",
        "Walking 1 pages of pipeline.",
    ]
    assert said[-1].split() == ["owner", "groups", "20", "rows", "300", "ok"]


def test_the_real_database_is_left_alone_and_the_others_go(a_durable_server):
    register_a_small_house()
    before = connection.settings_dict["NAME"]
    bench(Wanted(rows=20, against=20, seed=1, requests=2), say=quiet)
    assert connection.settings_dict["NAME"] == before
    assert counted_groups() == 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT datname FROM pg_database WHERE datname = %s", [database.name_for(20)]
        )
        assert cursor.fetchall() == []


def test_kept_databases_are_reused_until_the_seed_changes(a_durable_server, leave_nothing):
    register_a_small_house()
    said: list[str] = []
    for seed in (1, 1, 2):
        bench(Wanted(rows=20, against=20, seed=seed, keep=True, requests=2), say=said.append)
    name = database.name_for(20)
    started = [line for line in said if line.endswith(f"{name}.")]
    assert started == [f"Making {name}.", f"Reusing {name}.", f"Making {name}."]


def test_a_page_that_breaks_ends_the_run(a_durable_server, leave_nothing):
    registry.register_page(Walk("today", "Nowhere", lambda _stage: "/nowhere"))
    with pytest.raises(PageBroken, match="/nowhere answered"):
        bench(Wanted(rows=20, against=20, seed=1, requests=2), say=quiet)


def test_a_room_may_refuse_the_figures(a_durable_server, leave_nothing):
    register_a_small_house()
    registry.register_refusal(Refusal("vault", "off", lambda _: ["The encryption is off."]))
    with pytest.raises(Refused) as refused:
        bench(Wanted(rows=20, against=20, seed=1), say=quiet)
    assert refused.value.reasons == ["The encryption is off."]


def test_the_command_refuses_with_exit_code_two(monkeypatch, leave_nothing):
    monkeypatch.setitem(refusing.DURABLE, "fsync", {"neither"})
    with pytest.raises(CommandError, match="No figures: fsync is") as refused:
        call_command("bench", leads=20, against=20, stderr=StringIO())
    assert refused.value.returncode == 2


def test_the_command_writes_the_figures(monkeypatch, tmp_path, a_durable_server, leave_nothing):
    monkeypatch.setattr("crm.bench.measures.register_all", register_a_small_house)
    out = StringIO()
    target = tmp_path / "figures.json"
    call_command(
        "bench", leads=20, against=20, room="owner", json=target, stdout=out, stderr=StringIO()
    )
    figures = json.loads(target.read_text())
    assert figures[-1] == {
        "room": "owner",
        "name": "groups",
        "value": 20,
        "unit": "rows",
        "bar": 300,
        "ok": True,
    }
    assert out.getvalue().splitlines()[-2] == "Every bar is met."


def test_strict_exits_with_one_below_a_bar(monkeypatch, a_durable_server, leave_nothing):
    def slow_house() -> None:
        registry.register(Measure("owner", "slow", "ms", lambda _: 3.0, bar=2))

    monkeypatch.setattr("crm.bench.measures.register_all", slow_house)
    with pytest.raises(CommandError) as short:
        call_command(
            "bench", leads=20, against=20, strict=True, stdout=StringIO(), stderr=StringIO()
        )
    assert short.value.returncode == 1


def test_only_databases_of_the_bench_are_dropped():
    with pytest.raises(ValueError, match="is not a database of the bench"):
        database.drop("postgres")


def test_a_bare_view_answers_nothing(rf):
    from crm.bench.bare import bare

    assert (bare(rf.get("/bare")).content, HttpResponse("").content) == (b"", b"")
