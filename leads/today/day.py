"""The moment for which Today is made, and the borders of its day on the owner's wall."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, OuterRef, Value, When

from crm.shell import moments
from leads.models import Cadence, Stage

# Whose stage a rule of keeping in touch means; one that goes by a tag means none.
STAGE_OF = Case(
    When(audience=Cadence.Audience.PAST_CLIENTS, then=Value(Stage.Kind.CLOSED)),
    When(audience=Cadence.Audience.NURTURE, then=Value(Stage.Kind.NURTURE)),
    default=Value(""),
)


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
    def cadences(self) -> list[tuple[Cadence, list[int]]]:
        """The owner's rules of keeping in touch, with the stages that they mean."""
        meant = Stage.objects.filter(kind=OuterRef("stage_kind")).order_by("id")
        rules = Cadence.objects.filter(active=True).alias(stage_kind=STAGE_OF)
        found = rules.annotate(meant=ArraySubquery(meant.values("id")))
        return [(cadence, cadence.meant) for cadence in found]
