from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone

from crm.audit import tracking
from crm.vault.blind import WordIndex
from crm.vault.fields import EncryptedText
from crm.vault.rows import SealedQuerySet, SealedRow
from leads.models.lead import Lead
from properties.models import Listing


class InteractionQuerySet(SealedQuerySet):
    def newest_first(self) -> InteractionQuerySet:
        return self.order_by("-at", "-id")

    def talks(self) -> InteractionQuerySet:
        return self.filter(kind__in=Interaction.TALKS)


class Interaction(SealedRow):
    """Something that was said, done or seen between a lead and the agent."""

    sealed_for = "lead"

    class Kind(models.TextChoices):
        CALL = "call", "Call"
        EMAIL = "email", "E-mail"
        TEXT = "text", "Text"
        MESSENGER = "messenger", "Messenger"
        MEETING = "meeting", "Meeting"
        SHOWING = "showing", "Showing"
        NOTE = "note", "Note"
        VISIT = "visit", "Web visit"

    TALKS = (Kind.CALL, Kind.EMAIL, Kind.TEXT, Kind.MESSENGER, Kind.MEETING, Kind.SHOWING)

    class Direction(models.TextChoices):
        IN = "in", "From them"
        OUT = "out", "From you"

    class Outcome(models.TextChoices):
        REACHED = "reached", "Reached"
        LEFT_MESSAGE = "left_message", "Left message"
        NO_ANSWER = "no_answer", "No answer"
        WRONG_NUMBER = "wrong_number", "Wrong number"
        HELD = "held", "Took place"
        NO_SHOW = "no_show", "Did not come"
        CANCELLED = "cancelled", "Cancelled"

    class Sentiment(models.TextChoices):
        GOOD = "good", "Warm"
        MIXED = "mixed", "Mixed"
        BAD = "bad", "Cold"

    class Feedback(models.TextChoices):
        LOVED = "loved", "Loved it"
        LIKED = "liked", "Liked it"
        UNSURE = "unsure", "Unsure"
        DISLIKED = "disliked", "Not for them"

    class Origin(models.TextChoices):
        LOGGED = "logged", "Logged by you"
        RECEIVED = "received", "Received"
        SENT = "sent", "Sent from here"
        IMPORTED = "imported", "Imported"

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="interactions")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    direction = models.CharField(max_length=3, choices=Direction.choices, blank=True)
    at = models.DateTimeField(default=timezone.now)
    minutes = models.PositiveSmallIntegerField("how long, minutes", null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    sentiment = models.CharField(max_length=5, choices=Sentiment.choices, blank=True)
    feedback = models.CharField(max_length=8, choices=Feedback.choices, blank=True)
    listing = models.ForeignKey(
        Listing, models.SET_NULL, null=True, blank=True, related_name="interactions"
    )
    subject = EncryptedText(blank=True, one_line=True, max_length=500)
    body = EncryptedText(blank=True)
    words = WordIndex("body")
    # An answer that no person wrote: it is no attempt to reach anybody.
    automatic = models.BooleanField(default=False)
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.LOGGED)
    made_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[Interaction]] = models.Manager.from_queryset(
        InteractionQuerySet
    )()

    class Meta:
        triggers = tracking.triggers(subject="lead", exclude=["words"])
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(kind__in=["note", "visit"], direction="")
                | (~Q(kind__in=["note", "visit"]) & ~Q(direction="")),
                name="a_talk_has_a_direction",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["lead", "-at", "-id"], name="interaction_of_a_lead"),
            models.Index(
                fields=["lead", "direction", "at"], name="interaction_by_direction",
                condition=~Q(direction="") & Q(automatic=False),
            ),
            models.Index(fields=["-at", "id"], name="interaction_by_time"),
            # A timeline that shows one sort must not read past ten thousand of another.
            models.Index(
                fields=["lead", "-at", "-id"], name="talks_of_a_lead", condition=~Q(direction="")
            ),
            models.Index(
                fields=["lead", "-at", "-id"], name="notes_of_a_lead", condition=Q(kind="note")
            ),
            models.Index(
                fields=["lead", "-at", "-id"], name="visits_of_a_lead", condition=Q(kind="visit")
            ),
            GinIndex(fields=["words"], name="interaction_words", fastupdate=False),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.get_kind_display()


class AttachmentQuerySet(SealedQuerySet):
    def of(self, interaction: Interaction) -> AttachmentQuerySet:
        return self.filter(interaction=interaction).order_by("id")


class Attachment(SealedRow):
    """A file that belongs to an interaction: its name in the row, its content sealed on disk."""

    sealed_for = "lead"

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="attachments")
    interaction = models.ForeignKey(Interaction, models.CASCADE, related_name="attachments")
    name = EncryptedText(one_line=True, max_length=255)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    # The file has a key of its own, so that shredding the lead's key shreds it in every backup.
    content_key = EncryptedText(one_line=True, max_length=64)
    made_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[Attachment]] = models.Manager.from_queryset(
        AttachmentQuerySet
    )()

    class Meta:
        triggers = tracking.triggers(subject="lead")

    def __str__(self) -> str:
        return f"{self.media_type}, {self.size} bytes"
