from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from crm.audit import checks, queries, ticks
from crm.models import Seal, SecurityEvent
from tests.trailed.models import Street

pytestmark = pytest.mark.usefixtures("sealed")


def events():
    return list(SecurityEvent.objects.order_by("id").values_list("kind", flat=True))


def test_a_tick_seals_and_health_is_content_once_verified():
    Street.objects.create(name="Oak")
    before = checks.trail()
    sealed = ticks.seal()
    ticks.verify()
    ticks.seal()
    after = checks.trail()

    assert sealed == 1
    assert (before.ok, before.sentence) == (
        None,
        "The trail is sealed; it has not been verified yet.",
    )
    assert (after.ok, after.sentence) == (
        True,
        "Every change is recorded and sealed, and the seals hold.",
    )
    assert after.measured == {"seals": 2, "unsealed": 0, "unsealed_seconds": 0.0}


def test_unsealed_changes_that_wait_show_in_health(superuser):
    Street.objects.create(name="Oak")
    superuser("UPDATE crm_trail SET at = at - interval '3 minutes'")

    state = checks.trail()
    assert state.ok is False
    assert state.sentence == "1 changes have waited 4 min for their seal. Is the worker running?"


def test_a_broken_chain_is_told_once_and_stays_in_health(superuser):
    Street.objects.create(name="Oak")
    ticks.seal()
    superuser("DELETE FROM crm_seal; DELETE FROM crm_trail")

    assert ticks.seal() == 0
    assert ticks.seal() == 0
    assert events() == ["audit.broken"]
    assert checks.trail().ok is False
    assert "the end was cut off" in checks.trail().sentence


def test_a_night_verifies_what_is_new_and_a_week_all_of_it():
    Street.objects.create(name="Oak")
    ticks.seal()
    first = ticks.verify()
    again = ticks.verify()
    ticks.seal()
    with time_machine.travel(timezone.now() + dt.timedelta(days=1)):
        nightly = ticks.verify()
    with time_machine.travel(timezone.now() + dt.timedelta(days=7)):
        weekly = ticks.verify()

    assert (first, again, nightly, weekly) == (True, None, True, True)
    walks = SecurityEvent.objects.order_by("id").values_list("after__after", flat=True)
    assert list(walks) == [0, 1, 0]
    assert Seal.objects.count() == 2
    assert queries.chain_state().verified_position == 2
