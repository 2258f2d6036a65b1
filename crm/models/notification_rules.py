from __future__ import annotations

import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q

from crm.models.notification_delivery import Channel


class NotificationRules(models.Model):
    """How the owner wants to be told. One row, made with the values below when first changed."""

    class MailSays(models.TextChoices):
        NOTHING = "nothing", "Only that there is something new"
        INSIDE = "inside", "The notice inside, nothing in the subject"
        SUBJECT = "subject", "The notice inside, its title in the subject"

    class PushSays(models.TextChoices):
        NOTHING = "nothing", "Only that there is something new"
        KIND = "kind", "What kind of notice it is"
        TITLE = "title", "Its title"
        ALL = "all", "Its title and what it says"

    only = models.BooleanField(primary_key=True, default=True, editable=False)
    mail_says = models.CharField(
        "an e-mail says", max_length=7, choices=MailSays.choices, default=MailSays.INSIDE
    )
    push_says = models.CharField(
        "a push says", max_length=7, choices=PushSays.choices, default=PushSays.KIND
    )
    quiet_from = models.TimeField("quiet from", null=True, blank=True, default=datetime.time(21))
    quiet_until = models.TimeField("until", null=True, blank=True, default=datetime.time(7))

    class Meta:
        verbose_name_plural = "notification rules"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(only=True), name="there_are_one_set_of_rules"),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="quiet_hours_have_both_ends",
            ),
        ]

    def __str__(self) -> str:
        return "Notification rules"


class NotificationPreference(models.Model):
    """One kind through one channel, where the owner chose other than the kind's own default."""

    kind = models.CharField(max_length=80)
    channel = models.CharField(max_length=5, choices=Channel.choices)
    wanted = models.BooleanField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["kind", "channel"], name="one_choice_for_a_kind_and_channel"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.channel}: {self.wanted}"
