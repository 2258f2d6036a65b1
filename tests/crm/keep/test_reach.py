from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.keep import checks, noting, queries
from crm.runtime.home import Home

pytestmark = pytest.mark.django_db


@pytest.fixture
def embedded(monkeypatch, settings, tmp_path):
    monkeypatch.setenv("PORCHLIGHT_EMBEDDED_DATABASE", "1")
    settings.HOME = Home(tmp_path)
    settings.HOME.state.mkdir()
    return settings.HOME


def noted(home, **values):
    noting.status_file(home).write_text(json.dumps(values))


def ago(minutes):
    return (timezone.now() - timedelta(minutes=minutes)).isoformat()


def test_on_a_server_of_ones_own_it_is_the_backups_interval(monkeypatch):
    monkeypatch.delenv("PORCHLIGHT_EMBEDDED_DATABASE", raising=False)
    found = checks.recovery_point()
    assert (found.ok, "up to a day" in found.sentence) == (None, True)


def test_before_the_first_copy_it_is_neither_well_nor_unwell(embedded):
    assert (checks.recovery_point().ok, queries.reach().until) == (None, None)


def test_a_first_copy_that_fails_says_why(embedded):
    noted(embedded, error="The disk has 3 MB left.")
    found = checks.recovery_point()
    assert (found.ok, found.sentence) == (False, "The first copy failed. The disk has 3 MB left.")


@pytest.mark.parametrize(("minutes", "well"), [(0, True), (4.9, True), (5.1, False), (90, False)])
def test_five_minutes_are_promised(embedded, minutes, well):
    noted(embedded, at=ago(minutes), error="")
    assert checks.recovery_point().ok is well


def test_copies_that_lag_say_how_far_and_why(embedded):
    noted(embedded, at=ago(125), error="The disk is full.")
    assert checks.recovery_point().sentence == (
        "The copy lags: what you wrote in the last 125 minutes is on this machine only. "
        "The disk is full."
    )


def test_copies_that_could_not_be_restored_are_no_copies(embedded):
    noted(embedded, at=ago(1), error="")
    noting.note_trial(embedded, error="There is a gap.")
    assert checks.recovery_point().ok is False
    noting.note_trial(embedded, error="")
    assert checks.recovery_point().ok is True


def test_a_note_that_was_cut_short_is_none(embedded):
    noting.status_file(embedded).write_text('{"at": "2026')
    assert checks.recovery_point().ok is None


def test_the_page_says_up_to_when_a_restore_reaches(embedded, signed_in):
    noted(embedded, at=ago(1), error="")
    page = signed_in.get(reverse("backups")).content.decode()
    assert "copied to the backups every minute" in page
    noted(embedded, at=ago(30), error="")
    page = signed_in.get(reverse("backups")).content.decode()
    assert "in the last 30 minutes is on this machine only" in page
