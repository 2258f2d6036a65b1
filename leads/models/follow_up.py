from __future__ import annotations

import datetime as dt
from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from crm.audit import tracking
from crm.models.notification import HOUSE
from crm.vault.data_keys import Subject
from crm.vault.fields import EncryptedText
from crm.vault.rows import SealedQuerySet, SealedRow
from leads.models.interaction import Interaction
from leads.models.lead import Lead
from properties.models import Listing

WITH = {
    "call": "Call {}",
    "email": "E-mail {}",
    "text": "Text {}",
    "meeting": "Meeting with {}",
    "showing": "Showing with {}",
    "task": "For {}",
}
ICONS = {
    "call": "phone",
    "email": "mail",
    "text": "message-circle",
    "meeting": "users",
    "showing": "house",
    "task": "list-checks",
}


class FollowUpQuerySet(SealedQuerySet):
    def open(self) -> FollowUpQuerySet:
        return self.filter(state="open")

    def of_present(self) -> FollowUpQuerySet:
        """Those of people who are still worked with, and those of nobody."""
        return self.filter(Q(lead=None) | Q(lead__state=Lead.State.PRESENT))

    def to_confirm(self, *, until: dt.datetime) -> FollowUpQuerySet:
        """Showings soon, of which the others have not said that they come."""
        return self.due_before(until).filter(kind="showing", confirmed_at=None)

    def overdue(self, *, now: dt.datetime) -> FollowUpQuerySet:
        return self.open().filter(due__lt=now)

    def due_before(self, moment: dt.datetime) -> FollowUpQuerySet:
        return self.open().filter(due__lte=moment)


class FollowUp(SealedRow):
    """Something that the agent means to do, mostly for somebody, at a moment or on a day."""

    class Kind(models.TextChoices):
        CALL = "call", "Call"
        EMAIL = "email", "E-mail"
        TEXT = "text", "Text"
        MEETING = "meeting", "Meeting"
        SHOWING = "showing", "Showing"
        TASK = "task", "To do"

    class Priority(models.IntegerChoices):
        HIGH = 1, "High"
        NORMAL = 2, "Normal"
        LOW = 3, "Low"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        DONE = "done", "Done"
        DROPPED = "dropped", "Dropped"

    lead = models.ForeignKey(Lead, models.CASCADE, null=True, blank=True, related_name="follow_ups")
    kind = models.CharField(max_length=7, choices=Kind.choices, default=Kind.CALL)
    title = EncryptedText(one_line=True, max_length=300)
    notes = EncryptedText(blank=True)
    listing = models.ForeignKey(
        Listing, models.SET_NULL, null=True, blank=True, related_name="follow_ups"
    )
    # A day holds wherever the owner is; its `due` is the end of it in the owner's zone.
    due_on: models.DateField[dt.date | None, dt.date | None] = models.DateField(
        "on the day", null=True, blank=True
    )
    due = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField("estimated minutes", null=True, blank=True)
    actual_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    state = models.CharField(max_length=7, choices=State.choices, default=State.OPEN)
    ended_at: models.DateTimeField[dt.datetime | None, dt.datetime | None] = models.DateTimeField(
        null=True, blank=True
    )
    outcome = models.CharField(max_length=12, choices=Interaction.Outcome.choices, blank=True)
    interaction = models.ForeignKey(
        Interaction, models.SET_NULL, null=True, blank=True, related_name="follow_ups"
    )
    confirmed_at: models.DateTimeField[dt.datetime | None, dt.datetime | None] = (
        models.DateTimeField("confirmed by them", null=True, blank=True)
    )
    snoozes = models.PositiveSmallIntegerField(default=0, editable=False)
    # An iCalendar rule, counted by the wall clock of `zone` from `recurs_from`.
    rule = models.CharField("repeats", max_length=300, blank=True)
    recurs_from: models.DateTimeField[dt.datetime | None, dt.datetime | None] = (
        models.DateTimeField(null=True, blank=True, editable=False)
    )
    zone = models.CharField(max_length=64, blank=True, editable=False)
    # The first of a series; each later occurrence is a row of its own.
    series: models.UUIDField[UUID | None, UUID | None] = models.UUIDField(null=True, editable=False)
    # Which occurrence of the series this is, wherever it was moved to.
    occurrence: models.DateTimeField[dt.datetime | None, dt.datetime | None] = models.DateTimeField(
        null=True, editable=False
    )
    # Minutes before, each a reminder (Reminder.minutes_before); the database keeps their rows.
    reminders = ArrayField(models.IntegerField(), default=list, blank=True)
    # When its moment was chosen: what should have been reminded of before then is not.
    set_at = models.DateTimeField(default=timezone.now, editable=False)
    # Where it came from: a template's step, a cadence, the outcome of a call.
    origin = models.CharField(max_length=40, blank=True, editable=False)
    # The calendar's SEQUENCE: programs take an update only with a larger one.
    sequence = models.PositiveIntegerField(default=0, editable=False)
    made_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[FollowUp]] = models.Manager.from_queryset(FollowUpQuerySet)()

    class Meta:
        db_table = "leads_follow_up"
        verbose_name = "follow-up"
        triggers = tracking.triggers(subject="lead")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True)
                | (~Q(state="open") & Q(ended_at__isnull=False)),
                name="what_ended_knows_when",
            ),
            models.CheckConstraint(
                condition=Q(rule="") | Q(recurs_from__isnull=False, series__isnull=False),
                name="what_repeats_knows_from_when",
            ),
            models.UniqueConstraint(
                fields=["series", "due"], condition=Q(state="open", series__isnull=False),
                name="a_series_is_open_once_at_a_time",
            ),
        ]  # fmt: skip
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due", "id"], name="follow_up_due", condition=Q(state="open")),
            models.Index(
                fields=["lead", "due"], name="follow_up_of_a_lead", condition=Q(state="open")
            ),
            models.Index(fields=["-ended_at", "id"], name="follow_up_ended",
                         condition=~Q(state="open")),
            models.Index(fields=["series", "occurrence"], name="follow_up_of_a_series",
                         condition=Q(series__isnull=False)),
            models.Index(
                fields=["lead", "-ended_at", "-id"], name="follow_up_done_for_a_lead",
                condition=Q(state="done", interaction__isnull=True),
            ),
            models.Index(fields=["zone", "id"], name="follow_up_of_a_day",
                         condition=Q(state="open", due_on__isnull=False)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.get_kind_display()

    def vault_subject(self) -> Subject:
        if self.lead_id is None:
            return Subject(self._meta.label_lower, HOUSE)
        return Subject(Lead._meta.label_lower, self.lead_id)

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def all_day(self) -> bool:
        return self.due_on is not None

    @property
    def is_talk(self) -> bool:
        """How it went is worth a word when it is done."""
        return self.kind != self.Kind.TASK

    @property
    def headline(self) -> str:
        """What with whom, without what it is about."""
        return WITH[self.kind].format(self.lead.name) if self.lead else self.title

    @property
    def subject(self) -> str:
        """What it is about; the home where there is one."""
        parts = [self.title if self.lead else "", self.listing.title if self.listing else ""]
        return ", ".join(part for part in parts if part)

    @property
    def icon(self) -> str:
        return ICONS[self.kind]
