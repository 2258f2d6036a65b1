"""How many people Today holds, for the sidebar of every page: counted seldom, read cheaply."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from crm.audit import undo
from crm.notify.rules import owner_zone
from crm.runtime import ticks
from crm.shell import glance
from leads.models import TodayCount
from leads.today.day import Day
from leads.today.queue import found_today

# As last counted: by the page itself, by what happened, or by the tick within the minute.
TICK = "leads.count_today"
GLANCE, PEOPLE = "today", "SELECT people FROM leads_today_count WHERE id = 1"


def register() -> None:
    glance.register(GLANCE, PEOPLE)
    # Time alone makes things due: between the events, a look each minute.
    ticks.register(TICK, every=60, run=count_anew)
    undo.when_undone(soon)


def soon(_undo: UUID) -> None:
    """An undo tells no event, and may bring somebody back."""
    ticks.poke(TICK)


def count_anew() -> int:
    day = Day(timezone.now(), owner_zone())
    number = len({reason.found.lead for reason in found_today(day)})
    keep(number, known=day.chosen.counted)
    return number


def keep(number: int, *, known: int | None) -> None:
    """Written only where it is another."""
    if number != known:
        counted = {"people": number, "counted_at": timezone.now()}
        TodayCount.objects.update_or_create(id=1, defaults=counted)
