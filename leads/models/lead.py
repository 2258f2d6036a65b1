from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, ExtractDay, ExtractMonth, Greatest, Upper
from django.utils import timezone

from crm.audit import tracking
from crm.models.folded import Folded
from crm.vault.fields import EncryptedJSON, EncryptedText
from crm.vault.rows import SealedQuerySet, SealedRow
from leads.models.folded_words import FoldedWords
from leads.models.naming import BuyerProfile, Campaign, Household, Source, Tag
from leads.models.stage import Stage
from properties.models import Area, Listing

PRESENT = Q(state="present")
# Where an absent time stands in a list that is sorted by it.
LONG_AGO = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
FAR_OFF = dt.datetime(9000, 1, 1, tzinfo=dt.UTC)

# Written by the database itself from what was said and what is due (sql/standing.sql), or made
# anew by scoring: no one's edit, so no history of its own.
STANDING = (
    "folded_name", "stage_since", "last_touch_at", "last_touch_kind", "last_in_at", "last_out_at",
    "unanswered_since", "first_attempt_at", "next_follow_up_at", "score", "score_reasons",
    "scored_at",
)  # fmt: skip


class LeadQuerySet(SealedQuerySet):
    def present(self) -> LeadQuerySet:
        """Neither archived, merged away nor erased."""
        return self.filter(PRESENT)

    def open(self) -> LeadQuerySet:
        return self.present().exclude(stage__kind__in=Stage.ENDED)

    def unanswered(self) -> LeadQuerySet:
        return self.present().filter(unanswered_since__isnull=False)

    def never_tried(self) -> LeadQuerySet:
        """New people whom nobody has tried to reach yet."""
        return self.present().filter(stage__kind=Stage.Kind.NEW, first_attempt_at__isnull=True)

    def going_quiet(self, *, days: int, now: dt.datetime | None = None) -> LeadQuerySet:
        since = (now or timezone.now()) - dt.timedelta(days=days)
        return self.open().filter(last_touch_at__lt=since)


class Lead(SealedRow):
    """A person whom the agent works with."""

    class State(models.TextChoices):
        PRESENT = "present", "Present"
        ARCHIVED = "archived", "Archived"
        MERGED = "merged", "Merged into another"
        ERASED = "erased", "Erased"

    class Kind(models.TextChoices):
        BUYER = "buyer", "Buyer"
        SELLER = "seller", "Seller"
        BOTH = "both", "Buyer and seller"
        RENTER = "renter", "Renter"
        LANDLORD = "landlord", "Landlord"
        INVESTOR = "investor", "Investor"

    class Moving(models.TextChoices):
        IMMEDIATE = "immediate", "At once, within 3 months"
        PLANNING = "planning", "Planning, within 6 months"
        RESEARCHING = "researching", "Researching, within a year"
        DREAMING = "dreaming", "Dreaming, some day"

    class LostReason(models.TextChoices):
        BUDGET = "budget", "Could not afford it"
        FINANCING = "financing", "The loan was refused"
        ELSEWHERE = "elsewhere", "Bought or rented elsewhere"
        OTHER_AGENT = "other_agent", "Went with another agent"
        UNREACHABLE = "unreachable", "Never answered"
        CHANGED_PLANS = "changed_plans", "Changed plans"
        NOT_SERIOUS = "not_serious", "Was never serious"
        WRONG_CONTACT = "wrong_contact", "Wrong number or spam"
        OTHER = "other", "Something else"

    state = models.CharField(max_length=8, choices=State.choices, default=State.PRESENT)
    # Who they are.
    name = models.CharField(max_length=200)
    folded_name = models.GeneratedField(
        expression=Folded("name"), output_field=models.TextField(), db_persist=True
    )
    given_name = models.CharField(max_length=200, blank=True)
    family_name = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.BUYER)
    profile = models.ForeignKey(BuyerProfile, models.SET_NULL, null=True, blank=True)
    language = models.CharField(max_length=20, blank=True)
    zone = models.CharField("time zone", max_length=64, blank=True)
    birthday_month = models.PositiveSmallIntegerField(null=True, blank=True)
    birthday_day = models.PositiveSmallIntegerField(null=True, blank=True)
    home_since = models.DateField("in their home since", null=True, blank=True)
    household = models.ForeignKey(
        Household, models.SET_NULL, null=True, blank=True, related_name="members"
    )
    referred_by = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="referrals"
    )
    about = EncryptedText("private notes on them", blank=True)
    # Custom fields that are marked private, by their id, and the year of birth.
    private = EncryptedJSON(default=dict, blank=True)
    # What they want.
    budget_min: models.DecimalField[Decimal | None, Decimal | None] = models.DecimalField(
        "budget from", max_digits=14, decimal_places=2, null=True, blank=True
    )
    budget_max: models.DecimalField[Decimal | None, Decimal | None] = models.DecimalField(
        "budget up to", max_digits=14, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(max_length=3, default="PHP")
    moving = models.CharField("time frame", max_length=11, choices=Moving.choices, blank=True)
    home_kinds = ArrayField(
        models.CharField(max_length=12, choices=Listing.Kind.choices), default=list, blank=True
    )
    bedrooms_min = models.PositiveSmallIntegerField("bedrooms, at least", null=True, blank=True)
    must_have = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    nice_to_have = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    areas = models.ManyToManyField(Area, through="LeadArea", related_name="leads")
    tags = models.ManyToManyField(Tag, through="LeadTag", related_name="leads")
    # How it stands.
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="leads")
    stage_since = models.DateTimeField(default=timezone.now, editable=False)
    lost_reason = models.CharField(max_length=13, choices=LostReason.choices, blank=True)
    source = models.ForeignKey(Source, models.SET_NULL, null=True, blank=True)
    campaign = models.ForeignKey(Campaign, models.SET_NULL, null=True, blank=True)
    arrived_at = models.DateTimeField(default=timezone.now)
    do_not_contact = models.BooleanField(default=False)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="merged"
    )
    # The standing: see STANDING.
    last_touch_at: models.DateTimeField[dt.datetime | None, dt.datetime | None] = (
        models.DateTimeField(null=True, editable=False)
    )
    last_touch_kind = models.CharField(max_length=9, blank=True, default="", editable=False)
    last_in_at: models.DateTimeField[dt.datetime | None, dt.datetime | None] = models.DateTimeField(
        null=True, editable=False
    )
    last_out_at: models.DateTimeField[dt.datetime | None, dt.datetime | None] = (
        models.DateTimeField(null=True, editable=False)
    )
    unanswered_since: models.DateTimeField[dt.datetime | None, dt.datetime | None] = (
        models.DateTimeField(null=True, editable=False)
    )
    first_attempt_at: models.DateTimeField[dt.datetime | None, dt.datetime | None] = (
        models.DateTimeField(null=True, editable=False)
    )
    next_follow_up_at: models.DateTimeField[dt.datetime | None, dt.datetime | None] = (
        models.DateTimeField(null=True, editable=False)
    )
    score = models.PositiveSmallIntegerField(default=0, editable=False)
    # [rule, points] each, the weightiest first; words come from the rules.
    score_reasons: models.JSONField[list[Any], list[Any]] = models.JSONField(
        default=list, editable=False
    )
    scored_at: models.DateTimeField[dt.datetime | None, dt.datetime | None] = models.DateTimeField(
        null=True, editable=False
    )

    objects: ClassVar[models.Manager[Lead]] = models.Manager.from_queryset(LeadQuerySet)()

    class Meta:
        triggers = tracking.triggers(subject="id", exclude=STANDING)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(name=""), name="a_lead_has_a_name"),
            models.CheckConstraint(
                condition=Q(budget_min__isnull=True)
                | Q(budget_max__isnull=True)
                | Q(budget_min__lte=F("budget_max")),
                name="a_budget_goes_upwards",
            ),
            models.CheckConstraint(
                condition=(Q(budget_min__isnull=True) | Q(budget_min__gte=0))
                & (Q(budget_max__isnull=True) | Q(budget_max__gte=0)),
                name="a_budget_is_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(currency__regex="^[A-Z]{3}$"), name="a_budget_names_its_currency"
            ),
            models.CheckConstraint(
                condition=Q(birthday_month__isnull=True, birthday_day__isnull=True)
                | Q(birthday_month__range=(1, 12), birthday_day__range=(1, 31)),
                name="a_birthday_has_month_and_day",
            ),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into__isnull=True)),
                name="only_a_merged_lead_has_gone_into_another",
            ),
            models.CheckConstraint(
                condition=~Q(merged_into=F("id")), name="a_lead_is_not_merged_into_itself"
            ),
            models.CheckConstraint(
                condition=~Q(referred_by=F("id")), name="nobody_refers_themselves"
            ),
            models.CheckConstraint(condition=Q(score__lte=100), name="a_score_ends_at_100"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-score", "id"], name="lead_by_score", condition=PRESENT),
            models.Index(
                fields=["stage", "-score", "id"], name="lead_by_stage", condition=PRESENT
            ),
            models.Index(
                fields=["stage", "kind", "-score", "id"], name="lead_on_the_board",
                condition=PRESENT,
            ),
            models.Index(fields=["folded_name", "id"], name="lead_by_name", condition=PRESENT),
            models.Index(
                OpClass("folded_name", "text_pattern_ops"), name="lead_by_beginning"
            ),
            models.Index(fields=["-arrived_at", "id"], name="lead_by_arrival", condition=PRESENT),
            models.Index(
                Coalesce("last_touch_at", LONG_AGO).desc(), "id",
                name="lead_by_touch", condition=PRESENT,
            ),
            models.Index(
                Coalesce("next_follow_up_at", FAR_OFF).asc(), "id",
                name="lead_by_follow_up", condition=PRESENT,
            ),
            models.Index(
                Coalesce("budget_max", Decimal(0)).desc(), "id",
                name="lead_by_budget", condition=PRESENT,
            ),
            # Also how the planner knows how common a language is, whatever its letters' case.
            models.Index(Upper("language"), name="lead_by_language", condition=PRESENT),
            models.Index(
                fields=["unanswered_since"], name="lead_unanswered",
                condition=PRESENT & Q(unanswered_since__isnull=False),
            ),
            models.Index(
                fields=["birthday_month", "birthday_day", "stage"], name="lead_by_birthday",
                condition=PRESENT & Q(birthday_month__isnull=False),
            ),
            models.Index(
                ExtractMonth("home_since"), ExtractDay("home_since"), "stage",
                name="lead_by_anniversary",
                condition=PRESENT & Q(home_since__isnull=False),
            ),
            # What Today looks for: nobody tried them yet; hot, and nobody said anything since.
            models.Index(
                fields=["-arrived_at"], name="lead_never_tried",
                condition=PRESENT & Q(first_attempt_at__isnull=True),
            ),
            models.Index(
                fields=["-last_touch_at"], name="lead_hot_and_quiet",
                condition=PRESENT & Q(score__gte=75, next_follow_up_at__isnull=True),
            ),
            models.Index(
                "stage", Greatest(Coalesce("last_touch_at", "arrived_at"), "stage_since"), "id",
                name="lead_gone_quiet",
                condition=PRESENT & Q(next_follow_up_at__isnull=True),
            ),
            # What is newly written waits in a list that every search reads: a short one.
            GinIndex(
                OpClass("folded_name", "gin_trgm_ops"), name="lead_name_letters",
                gin_pending_list_limit=256,
            ),
            GinIndex(
                FoldedWords("folded_name"), name="lead_by_name_words", gin_pending_list_limit=256
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def is_present(self) -> bool:
        return self.state == self.State.PRESENT

    @property
    def kept(self) -> Lead:
        """Who this is today: after merges, the lead that was kept."""
        lead = self
        while lead.merged_into is not None:
            lead = lead.merged_into
        return lead

    @property
    def first_name(self) -> str:
        return self.given_name or self.name.split(" ")[0]
