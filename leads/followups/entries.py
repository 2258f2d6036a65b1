"""What the agenda shows of a follow-up; a week of a busy agent holds hundreds."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.safestring import SafeString

from crm.shell import shapes
from crm.shell.links import link
from leads.followups import clock
from leads.models import FollowUp

TEMPLATE = "leads/followups/_entry.html"
PAGES = (
    ("open", "followups:one"),
    ("move", "followups:move"),
    ("snooze", "followups:snooze"),
    ("edit", "followups:edit"),
    ("done", "followups:done"),
)


@dataclass(frozen=True)
class Entry:
    one: FollowUp
    local: dt.datetime
    # Of the page: what has no talk to be asked about is done by a form.
    token: str

    @classmethod
    def of(cls, one: FollowUp, zone: dt.tzinfo, token: str) -> Entry:
        return cls(one, clock.wall(one.due, zone), token)

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
    def told(self) -> dict[str, str]:
        """All that stands in the template, but for the addresses."""
        one = self.one
        return {
            "id": str(one.id), "kind": one.kind, "day": self.day, "time": self.time,
            "hour": self.hour, "headline": one.headline, "subject": one.subject, "log": self.log,
            "token": self.token,
        }  # fmt: skip

    @property
    def told_late(self) -> dict[str, str]:
        return {**self.told, "late": self.late}

    @property
    def drawn(self) -> SafeString:
        return shapes.drawn(TEMPLATE, self.told, pages=PAGES)

    @property
    def drawn_late(self) -> SafeString:
        return shapes.drawn(TEMPLATE, self.told_late, pages=PAGES)

    @property
    def log(self) -> str:
        """Where it is asked how it went, of what was meant for somebody."""
        if self.one.lead_id is None or not self.one.is_talk:
            return ""
        return f"{link('timeline:log', self.one.lead_id)}?follow_up={self.one.id}"
