from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import Q

from crm.audit import tracking
from crm.vault import normal
from crm.vault.blind import BlindIndex
from crm.vault.fields import EncryptedText
from crm.vault.rows import SealedQuerySet, SealedRow
from leads.models.lead import Lead
from leads.models.normal import handle, postal


class ContactPointQuerySet(SealedQuerySet):
    def with_phone(self, number: str) -> ContactPointQuerySet:
        return self.filter(phone_hash=number)

    def with_email(self, address: str) -> ContactPointQuerySet:
        return self.filter(email_hash=address)


class ContactPoint(SealedRow):
    """One way to reach a lead, sealed; found by its hashes, shown masked until revealed."""

    sealed_for = "lead"

    class Kind(models.TextChoices):
        PHONE = "phone", "Phone"
        EMAIL = "email", "E-mail"
        MESSENGER = "messenger", "Messenger"
        ADDRESS = "address", "Address"

    class Network(models.TextChoices):
        WHATSAPP = "whatsapp", "WhatsApp"
        VIBER = "viber", "Viber"
        MESSENGER = "messenger", "Messenger"
        TELEGRAM = "telegram", "Telegram"
        INSTAGRAM = "instagram", "Instagram"
        LINE = "line", "LINE"
        WECHAT = "wechat", "WeChat"
        OTHER = "other", "Other"

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="contact_points")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    label = models.CharField(max_length=40, blank=True)
    network = models.CharField(max_length=9, choices=Network.choices, blank=True)
    # Each kind has a column of its own, for what is right for one would be wrong for another.
    phone = EncryptedText(blank=True, one_line=True, max_length=60)
    email = EncryptedText(blank=True, one_line=True, max_length=254)
    messenger = EncryptedText(blank=True, one_line=True, max_length=120)
    address = EncryptedText(blank=True, max_length=500)
    phone_hash = BlindIndex("phone", normal.phone)
    phone_last_four = BlindIndex("phone", normal.last_four)
    phone_last_seven = BlindIndex("phone", normal.last_seven)
    email_hash = BlindIndex("email", normal.email)
    email_domain_hash = BlindIndex("email", normal.email_domain)
    messenger_hash = BlindIndex("messenger", handle)
    address_hash = BlindIndex("address", postal)
    is_primary = models.BooleanField(default=False)
    bounced_at: models.DateTimeField[dt.datetime | None, dt.datetime | None] = models.DateTimeField(
        null=True, blank=True
    )
    made_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[ContactPoint]] = models.Manager.from_queryset(
        ContactPointQuerySet
    )()

    class Meta:
        triggers = tracking.triggers(subject="lead")
        ordering: ClassVar[list[str]] = ["-is_primary", "kind", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["lead", "kind"], condition=Q(is_primary=True),
                name="a_lead_has_one_primary_of_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind="phone", email__isnull=True, messenger__isnull=True,
                            address__isnull=True)
                | Q(kind="email", phone__isnull=True, messenger__isnull=True, address__isnull=True)
                | Q(kind="messenger", phone__isnull=True, email__isnull=True, address__isnull=True)
                | Q(kind="address", phone__isnull=True, email__isnull=True,
                    messenger__isnull=True),
                name="a_contact_point_is_of_one_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind="messenger") | Q(network="") | Q(kind="phone"),
                name="a_network_belongs_to_a_messenger_or_phone",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def value(self) -> str:
        return str(getattr(self, self.kind))

    @value.setter
    def value(self, text: str) -> None:
        setattr(self, self.kind, text)
