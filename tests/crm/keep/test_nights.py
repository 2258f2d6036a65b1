from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crm.keep import nights
from crm.models import Backup

pytestmark = pytest.mark.django_db
MANILA = ZoneInfo("Asia/Manila")
# 3 o'clock in Manila is 19 o'clock of the day before in UTC.
THREE = datetime(2026, 11, 20, 19, tzinfo=UTC)


def made(started, state=Backup.State.WRITTEN):
    return Backup.objects.create(
        kind=Backup.Kind.SCHEDULED,
        state=state,
        folder=started.isoformat(),
        started_at=started,
        finished_at=started,
        error="why" if state == Backup.State.FAILED else "",
    )


def test_without_any_backup_one_is_due():
    assert nights.is_due(THREE + timedelta(hours=9), MANILA)


@pytest.mark.parametrize(("after", "due"), [(-1, False), (0, True), (60, True), (20 * 3600, True)])
def test_one_is_due_after_the_owners_three_o_clock(after, due):
    made(THREE - timedelta(hours=23))
    assert nights.is_due(THREE + timedelta(seconds=after), MANILA) is due


def test_one_a_night_is_enough():
    made(THREE + timedelta(minutes=1))
    assert not nights.is_due(THREE + timedelta(hours=23), MANILA)


def test_a_failed_one_is_tried_again_an_hour_later():
    made(THREE + timedelta(minutes=1), Backup.State.FAILED)
    assert not nights.is_due(THREE + timedelta(minutes=50), MANILA)
    assert nights.is_due(THREE + timedelta(minutes=62), MANILA)


def test_nothing_is_started_before_there_is_an_owner(monkeypatch):
    started: list[tuple[str, ...]] = []
    monkeypatch.setattr(nights, "start", lambda *words: started.append(words))
    nights.nightly()
    assert started == []


def test_the_nightly_one_is_tried_at_once(monkeypatch, owner):
    started: list[tuple[str, ...]] = []
    monkeypatch.setattr(nights, "start", lambda *words: started.append(words))
    nights.nightly()
    assert started == [("backup", "--kind", "scheduled", "--verify")]


def test_the_command_finds_the_owners_role_by_itself_beside_the_embedded_server(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql:///application")
    monkeypatch.setenv("PORCHLIGHT_EMBEDDED_DATABASE", "1")
    assert "DATABASE_URL" not in nights._environment()
    monkeypatch.delenv("PORCHLIGHT_EMBEDDED_DATABASE")
    assert nights._environment()["DATABASE_URL"] == "postgresql:///application"
