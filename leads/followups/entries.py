"""What the agenda shows of a follow-up, made once: a week of a busy agent holds hundreds."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from django.urls import NoReverseMatch, reverse

from leads.followups import clock
from leads.models import FollowUp

SOMEBODY = UUID(int=0)


@dataclass(frozen=True)
class Entry:
    one: FollowUp
    local: dt.datetime

    @classmethod
    def of(cls, one: FollowUp, zone: dt.tzinfo) -> Entry:
        return cls(one, clock.wall(one.due, zone))

    @property
    def day(self) -> str:
        return self.local.date().isoformat()

    @property
    def time(self) -> str:
        return "" if self.one.all_day else f"{self.local:%H:%M}"

    @property
    def hour(self) -> str:
        """ "9:30", of a whole day nothing."""
        return self.time.removeprefix("0")

    @property
    def late(self) -> str:
        """ "Wed 17 Jun, 9:30" """
        day = f"{self.local:%a} {self.local.day} {self.local:%b}"
        return f"{day}, {self.hour}" if self.hour else day

    @property
    def links(self) -> dict[str, str]:
        id = str(self.one.id)
        return {name: link.replace(str(SOMEBODY), id) for name, link in _links().items()}

    @property
    def log(self) -> str:
        """Where it is asked how it went, of what was meant for somebody."""
        if self.one.lead_id is None or not self.one.is_talk or not _log():
            return ""
        return f"{_log().replace(str(SOMEBODY), str(self.one.lead_id))}?follow_up={self.one.id}"


@cache
def _links() -> dict[str, str]:
    names = ("one", "move", "snooze", "edit")
    return {name: reverse(f"followups:{name}", args=[SOMEBODY]) for name in names}


@cache
def _log() -> str:
    try:
        return reverse("timeline:log", args=[SOMEBODY])
    except NoReverseMatch:
        return ""
