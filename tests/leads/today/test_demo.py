"""The demonstration as it is built: its Today is that of a good agent."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from crm.demo import registry
from crm.models import Owner
from leads.models import Deal, FollowUp, Interaction, Lead
from leads.today.day import Day
from leads.today.numbers import answers, figures
from leads.today.queue import queue

MANILA = ZoneInfo("Asia/Manila")
# When somebody may look at it: in the morning, and at night.
MOMENTS = [
    dt.datetime(2026, 6, 16, 9, 12, tzinfo=MANILA),
    dt.datetime(2026, 3, 1, 1, 5, tzinfo=MANILA),
]


@pytest.fixture(scope="module", params=MOMENTS, ids=["by day", "at night"])
def once(request, home, django_db_setup, django_db_blocker):
    """Built once for each moment: that takes longer than all that is asked of it."""
    (home.keys / "demo_password").unlink(missing_ok=True)
    with django_db_blocker.unblock(), transaction.atomic():
        with time_machine.travel(request.param, tick=False):
            registry.build()
        yield request.param
        transaction.set_rollback(True)


@pytest.fixture
def built(once, db) -> dt.datetime:
    """What a test adds to it is taken back."""
    return once


def first_said(lead: Lead) -> Interaction:
    return lead.interactions.filter(direction="out", automatic=False).earliest("at")


@pytest.mark.parametrize("later", [dt.timedelta(), dt.timedelta(minutes=20)])
def test_new_people_are_answered_as_a_good_agent_does(built, later):
    day = Day(built + later, MANILA)
    shown = answers(figures(day), Owner.objects.get().preferences)
    assert shown.judged >= 20
    assert 75 <= shown.percent <= 90
    assert shown.median is not None
    assert 60 <= shown.median <= 300


def test_some_who_came_today_wait_for_their_answer(built):
    rows = queue(Day(built, MANILA)).rows
    fresh = [row.lead.name for row in rows if row.first.rule.name == "new"]
    assert fresh == ["Jasmine Uy", "Marcus Reed", "Carlos Yap"]
    assert built - Lead.objects.get(name="Jasmine Uy").arrived_at < dt.timedelta(minutes=4)
    assert len({row.first.rule.name for row in rows}) >= 5


def test_everybody_is_answered_after_they_came_and_by_day(built):
    answered = Lead.objects.present().exclude(first_attempt_at=None)
    assert answered.count() == Lead.objects.present().count() - 3
    for lead in answered:
        assert lead.first_attempt_at > lead.arrived_at
        for moment in (lead.arrived_at, lead.first_attempt_at):
            assert 8 <= moment.astimezone(MANILA).hour < 21
        assert lead.first_attempt_at == min(each.at for each in lead.interactions.all())


def test_nothing_has_happened_before_its_time(built):
    for lead in Lead.objects.present():
        moments = [lead.arrived_at, *lead.interactions.order_by("at").values_list("at", flat=True)]
        assert all(one <= two for one, two in pairwise(moments)), lead.name
        assert moments[-1] <= built
        assert lead.arrived_at <= lead.stage_since <= built
    for deal in Deal.objects.exclude(closed_on=None):
        assert deal.lead.home_since == deal.closed_on > deal.lead.arrived_at.date()


def test_built_again_it_is_as_it_was(built):
    counted = [model.objects.count() for model in (Lead, Interaction, FollowUp, Deal)]
    with time_machine.travel(built + dt.timedelta(hours=3)):
        registry.build()
    assert [model.objects.count() for model in (Lead, Interaction, FollowUp, Deal)] == counted
    assert timezone.get_current_timezone_name() == "UTC"
