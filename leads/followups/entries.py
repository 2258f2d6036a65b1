"""What the agenda shows of a follow-up. A week of a busy agent holds hundreds, and a template
takes half a millisecond for each: its text is made once for each shape, and filled in after."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from leads.followups import clock
from leads.models import FollowUp

SOMEBODY = UUID(int=0)
TEMPLATE = "leads/followups/_entry.html"
PLACE = re.compile("\\[\\[(\\w+)\\]\\]")
LINKS = ("open", "move", "snooze", "edit")


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
    def told(self) -> dict[str, str]:
        """All that stands in the template."""
        one, id = self.one, str(self.one.id)
        links = {name: link.replace(str(SOMEBODY), id) for name, link in _links().items()}
        return {
            **links, "id": id, "kind": one.kind, "day": self.day, "time": self.time,
            "hour": self.hour, "headline": one.headline, "subject": one.subject, "log": self.log,
        }  # fmt: skip

    @property
    def told_late(self) -> dict[str, str]:
        return {**self.told, "late": self.late}

    @property
    def finished_here(self) -> bool:
        """Its form needs the page's token."""
        return not self.log

    @property
    def drawn(self) -> SafeString:
        return _drawn(self.told)

    @property
    def drawn_late(self) -> SafeString:
        return _drawn(self.told_late)

    @property
    def log(self) -> str:
        """Where it is asked how it went, of what was meant for somebody."""
        if self.one.lead_id is None or not self.one.is_talk or not _log():
            return ""
        return f"{_log().replace(str(SOMEBODY), str(self.one.lead_id))}?follow_up={self.one.id}"


def _drawn(told: dict[str, str]) -> SafeString:
    shape = _shape(frozenset(name for name, text in told.items() if text))
    filled = PLACE.sub(lambda place: escape(told[place[1]]), shape)
    return mark_safe(filled)  # noqa: S308 - the template's own text, each value escaped


@cache
def _shape(known: frozenset[str]) -> str:
    """The template's text where these are known, with a place for each."""
    return render_to_string(TEMPLATE, {"one": {name: f"[[{name}]]" for name in known}})


@cache
def _links() -> dict[str, str]:
    views = {"open": "one"}
    return {name: reverse(f"followups:{views.get(name, name)}", args=[SOMEBODY]) for name in LINKS}


@cache
def _log() -> str:
    try:
        return reverse("timeline:log", args=[SOMEBODY])
    except NoReverseMatch:
        return ""
