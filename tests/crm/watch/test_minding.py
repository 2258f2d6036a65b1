"""Told once when a check turns bad, once when it is well again, and never in a storm."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from crm.models import Ailment, Notification
from crm.runtime import health
from crm.runtime.health import Health
from crm.watch import minding
from crm.watch.keeping import tidy

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("owner")]


def look(minutes: int, **how: bool | None) -> None:
    """As many looks, a minute apart, at checks that answer so."""
    answers = {name: Health(name.capitalize(), ok, f"About {name}.") for name, ok in how.items()}
    with time_machine.travel(look.now, tick=False) as clock:
        for _ in range(minutes):
            minding.follow(answers)
            clock.shift(timedelta(minutes=1))
        look.now = timezone.now()


@pytest.fixture(autouse=True)
def _now() -> None:
    look.now = timezone.now()


def told() -> list[str]:
    return [one.words[0] for one in Notification.objects.order_by("id")]


def test_what_stays_bad_is_told_once():
    look(2, disk=False)
    assert told() == []
    look(600, disk=False)
    assert told() == ["Not well: Disk"]
    assert Notification.objects.get().words[1] == "About disk."


def test_what_mends_itself_at_once_is_not_worth_a_word():
    for _ in range(20):
        look(2, disk=False)
        look(1, disk=True)
    assert told() == []
    assert Ailment.objects.lasting().count() == 0


def test_the_end_is_told_once():
    look(5, disk=False)
    look(9, disk=True)
    assert told() == ["Not well: Disk"]
    look(30, disk=True)
    assert told() == ["Not well: Disk", "Well again: Disk"]


def test_a_check_that_can_not_say_is_not_ill():
    look(5, disk=False)
    look(10, disk=None)
    assert told()[-1] == "Well again: Disk"


def test_the_next_occurrence_is_told_again():
    for _ in range(2):
        look(5, disk=False)
        look(30, disk=True)
    assert told() == ["Not well: Disk", "Well again: Disk"] * 2


def test_several_at_once_are_one_notice():
    look(5, disk=False, broker=False, vault=True)
    look(30, disk=True, broker=True, vault=True)
    assert told() == ["2 things are not well", "2 things are well again"]
    first = Notification.objects.order_by("id")[0]
    assert first.words[1] == "Disk: About disk.\nBroker: About broker."


def test_what_comes_and_goes_all_day_is_no_storm():
    for _ in range(24 * 60 // 20):
        look(5, disk=False)
        look(15, disk=True)
    assert len(told()) <= 6


def test_a_nights_sleep_is_no_night_of_illness():
    look(1, disk=False)
    look.now += timedelta(hours=9)
    look(1, disk=False)
    look(1, disk=True)
    assert told() == []


def test_backups_tell_themselves(monkeypatch):
    monkeypatch.setattr(health, "_checks", {"backups": health._checks["backups"]})
    assert (health.unspoken(), len(health.report())) == ({}, 1)


def test_a_check_that_breaks_is_told_too(monkeypatch):
    def broken() -> Health:
        raise RuntimeError

    monkeypatch.setattr(health, "_checks", {"disk": broken})
    for _ in range(3):
        minding.mind()
    assert told() == ["Not well: Disk"]
    assert Notification.objects.get().words[1] == "This could not be checked (RuntimeError)."


def test_a_check_has_one_ailment_at_a_time():
    now = timezone.now()
    Ailment.objects.create(check_name="disk", label="Disk", began_at=now, ended_at=now)
    Ailment.objects.create(check_name="disk", label="Disk", began_at=now)
    with (
        pytest.raises(IntegrityError, match="a_check_has_one_ailment_at_a_time"),
        transaction.atomic(),
    ):
        Ailment.objects.create(check_name="disk", label="Disk", began_at=now)


def test_an_ailment_is_forgotten_a_year_after_its_end():
    now = timezone.now()
    Ailment.objects.create(check_name="a", label="A", began_at=now - timedelta(days=800))
    for days in (400, 300):
        at = now - timedelta(days=days)
        Ailment.objects.create(check_name="b", label="B", began_at=at, ended_at=at)
    assert tidy()["ailments"] == 1


@pytest.mark.usefixtures("owner")
def test_before_there_is_an_owner_nobody_is_told(owner, monkeypatch):
    owner.delete()
    monkeypatch.setattr(health, "_checks", {"disk": lambda: Health("Disk", False, "Full.")})
    for _ in range(5):
        minding.mind()
    assert not Ailment.objects.exists()
