"""The moment for which Today is made, and the borders of its day on the owner's wall."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from crm.shell import moments
from leads.models import Cadence


@dataclass(frozen=True)
class Day:
    now: dt.datetime
    zone: dt.tzinfo

    @cached_property
    def date(self) -> dt.date:
        return self.now.astimezone(self.zone).date()

    @cached_property
    def began(self) -> dt.datetime:
        return self.after(0)

    @cached_property
    def ends(self) -> dt.datetime:
        return self.after(1)

    def after(self, days: int) -> dt.datetime:
        """The first moment of the day that comes so many days after today."""
        return moments.start_of_day(self.date + dt.timedelta(days=days), self.zone)

    @cached_property
    def cadences(self) -> list[Cadence]:
        """The owner's rules of keeping in touch."""
        return list(Cadence.objects.filter(active=True))
