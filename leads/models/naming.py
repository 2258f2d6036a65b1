"""Short lists of names that the owner keeps: who buys, where from, and what they are called."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Upper

from crm.audit import tracking


class BuyerProfile(models.Model):
    """A kind of buyer whom the agent knows how to serve: an OFW investor, a first-time buyer."""

    name = models.CharField(max_length=60)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        triggers = tracking.triggers()
        ordering: ClassVar[list[str]] = ["order", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(Lower("name"), name="a_profile_is_named_once"),
            models.CheckConstraint(condition=~Q(name=""), name="a_profile_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Source(models.Model):
    """Where people come from: a portal, an advertisement, an open house, a friend."""

    class Kind(models.TextChoices):
        PORTAL = "portal", "Property portal"
        ADS = "ads", "Advertisement"
        WEBSITE = "website", "Own website"
        SOCIAL = "social", "Social media"
        REFERRAL = "referral", "Referral"
        EVENT = "event", "Open house or event"
        WALK_IN = "walk_in", "Walk-in or call"
        OTHER = "other", "Other"

    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.OTHER)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        triggers = tracking.triggers()
        ordering: ClassVar[list[str]] = ["order", "name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(Lower("name"), name="a_source_is_named_once"),
            models.CheckConstraint(condition=~Q(name=""), name="a_source_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Campaign(models.Model):
    """One effort of a source, such as one advertisement, that is paid for by itself."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="campaigns")
    name = models.CharField(max_length=120)

    class Meta:
        triggers = tracking.triggers()
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                "source", Lower("name"), name="a_campaign_of_a_source_is_named_once"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="a_campaign_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    """A word that the agent puts on people."""

    name = models.CharField(max_length=40)

    class Meta:
        triggers = tracking.triggers()
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(Lower("name"), name="a_tag_is_named_once"),
            models.CheckConstraint(condition=~Q(name=""), name="a_tag_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Household(models.Model):
    """People who look for one home together, or share a phone."""

    name = models.CharField(max_length=200)

    class Meta:
        triggers = tracking.triggers()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(name=""), name="a_household_has_a_name"),
        ]
        # There may be as many of them as people; they are looked for as one types.
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                OpClass(Upper("name"), "text_pattern_ops"), name="household_by_beginning"
            ),
            GinIndex(
                OpClass(Upper("name"), "gin_trgm_ops"), name="household_letters",
                gin_pending_list_limit=256,
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name
