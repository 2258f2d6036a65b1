from __future__ import annotations

import re

import pytest
from django.db import connection

from crm.bench import indexes
from crm.bench.indexes import IndexesDiffer, built_afterwards

pytestmark = pytest.mark.django_db(transaction=True)


CAST = re.compile(r"::(character varying|text)(\[\])?|[()]")


def definitions() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'")
        return dict(cursor.fetchall())


def but_for_casts() -> dict[str, str]:
    return {name: CAST.sub("", definition) for name, definition in definitions().items()}


def test_only_what_enforces_stays_while_rows_are_made_and_all_comes_back():
    before = but_for_casts()
    with built_afterwards():
        within = definitions()
    assert but_for_casts() == before
    assert {"trail_of_a_row", "lead_name_letters", "lead_by_score"} <= before.keys() - within.keys()
    assert [name for name in before.keys() - within.keys() if "UNIQUE" in before[name]] == []


def test_an_index_that_did_not_come_back_is_named(monkeypatch):
    before, builder = definitions(), indexes._build
    monkeypatch.setattr(
        indexes, "_build", lambda *told: "lead_by_score " in told[0] or builder(*told)
    )
    with pytest.raises(IndexesDiffer, match="lead_by_score"), built_afterwards():
        pass
    builder(before["lead_by_score"], "leads_lead", None)
    assert definitions().keys() == before.keys()


def test_what_goes_along_an_index_finds_it_there_and_is_never_forgotten(tmp_path):
    seen = tmp_path / "seen"
    along = {"trail_of_a_row": lambda: seen.write_text(" ".join(definitions()))}
    with built_afterwards(along):
        assert not seen.exists()
    assert "trail_of_a_row" in seen.read_text()
    with (
        pytest.raises(IndexesDiffer, match="no_such_index"),
        built_afterwards({"no_such_index": 1}),
    ):
        pass
