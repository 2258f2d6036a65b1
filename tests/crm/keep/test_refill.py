"""A dump goes into its new database by two hands, and is known to the planner before it is read."""

from __future__ import annotations

import psycopg
import pytest
from django.test import override_settings
from django.utils import timezone

from crm.keep import dump, manifest, places, recovery, services, trial
from crm.keep.refill import shared
from crm.keep.server import address, scratch_database
from crm.models import RetentionRule
from crm.runtime.home import Home

pytestmark = pytest.mark.django_db(transaction=True)
SHAPE = """
    SELECT c.relname, i.relname FROM pg_index x JOIN pg_class c ON c.oid = indrelid
    JOIN pg_class i ON i.oid = indexrelid WHERE c.relnamespace = 'public'::regnamespace
    UNION SELECT conrelid::regclass::text, conname FROM pg_constraint
    UNION SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal
"""


def test_the_largest_go_to_whoever_has_the_least():
    sizes = {"trail": 60, "events": 30, "leads": 20, "stages": 1}
    assert shared(sizes, sizes.__getitem__) == [["trail"], ["events", "leads", "stages"]]


@pytest.fixture
def backup(tmp_path, monkeypatch):
    monkeypatch.delenv("PORCHLIGHT_KEYS", raising=False)
    home = Home(tmp_path)
    RetentionRule.objects.create(category="kept", days=5)
    with override_settings(HOME=home, BACKUPS=home.backups, KEY_BACKUPS=home.backups / "keys"):
        home.keys.mkdir()
        services.write(timezone.now(), "one")
        key = recovery.key(recovery.code())
        yield home.backups / "one", key


def test_nothing_of_a_database_is_left_behind(backup):
    folder, key = backup
    with scratch_database() as scratch, psycopg.connect(address()) as before:
        trial.fill(scratch, folder, manifest.read(folder, key=key), key=key)
        with psycopg.connect(address(scratch)) as after:
            wanted, found = (set(one.execute(SHAPE).fetchall()) for one in (before, after))
            known = after.execute(
                "SELECT count(*) FROM pg_stats WHERE tablename = 'crm_retentionrule'"
            )
            assert found == wanted
            assert known.fetchone() != (0,)


def test_the_tool_lists_one_section_of_a_dump(backup):
    folder, key = backup
    lines = dump.contents(folder / places.DATABASE, key=key, section="data")
    assert any("TABLE DATA public crm_retentionrule" in line for line in lines)
    assert not any("INDEX" in line for line in lines)


def test_a_table_that_cannot_be_made_stops_it_in_any_language(backup, monkeypatch):
    place, key = backup
    monkeypatch.setattr(dump, "_told", lambda *_, **__: b"CREATE TABLE no_such_type (a b);")
    monkeypatch.setattr(dump._Complaints, "raise_real_ones", lambda _: None)
    with scratch_database() as scratch, pytest.raises(dump.ToolError, match="could not be made"):
        dump.restore_tables(place / places.DATABASE, key=key, database=scratch)
