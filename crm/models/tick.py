from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models

# A tick that took its worker down with it this often is tried rarely, so that the others run.
DEADLY = 3
DEADLY_PAUSE = timedelta(minutes=10)
# Not so one that resumes: a thing that kills is given up by its own count, the others are due.
RESUMING_PAUSE = timedelta(seconds=15)
# Hints come every five seconds, give or take: nearly due is due.
SLACK = timedelta(seconds=1)


class Tick(models.Model):
    """When a thing of the house's schedule last ran, and how it ended."""

    name = models.CharField(max_length=100, primary_key=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    milliseconds = models.PositiveIntegerField(default=0)
    # In a row, until it ends well; deaths are runs that never came to an end at all.
    failures = models.PositiveIntegerField(default=0)
    deaths = models.PositiveIntegerField(default=0)
    # The kind of error and where: never its message, which may quote a person's data.
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def died(self) -> bool:
        """Only to be asked under the tick's lock: a run without its end has nobody left."""
        return self.started_at is not None and self.ended_at is None

    def is_due(self, *, every: int, now: datetime, resumes: bool = False) -> bool:
        if self.started_at is None:
            return True
        pause = timedelta(seconds=every) - SLACK
        if self.deaths >= DEADLY:
            pause = max(pause, RESUMING_PAUSE if resumes else DEADLY_PAUSE)
        # A clock set back must not silence a tick until the old time comes round again.
        return now - self.started_at >= pause or now < self.started_at
