"""Merges, what there is to move, and the rows of everybody as the database holds them."""

from __future__ import annotations

from decimal import Decimal

from django.db import connection
from django.utils import timezone

from crm.models import Notification
from leads.duplicates.merging import merge
from leads.models import (
    Attachment,
    Consent,
    ContactPoint,
    CustomField,
    CustomValue,
    Deal,
    Duplicate,
    FollowUp,
    Household,
    Interaction,
    Lead,
    LeadTag,
    OutgoingMessage,
    PutOff,
    Relationship,
    Score,
    Tag,
)
from leads.models.lead import STANDING
from tests.leads.factories import a_follow_up, a_phone, a_talk

TABLES = (
    Attachment, Consent, ContactPoint, CustomValue, Deal, Duplicate, FollowUp, Household,
    Interaction, LeadTag, Notification, OutgoingMessage, PutOff, Relationship, Score,
)  # fmt: skip


def dump() -> dict[str, list[object]]:
    """All rows of people as the database holds them, without the standing that it makes itself."""
    standing = ", ".join(f"'{name}'" for name in STANDING)
    statements = {Lead: f"to_jsonb(t) - ARRAY[{standing}]"}
    rows = {}
    with connection.cursor() as cursor:
        for model in (Lead, *TABLES):
            shown = statements.get(model, "to_jsonb(t)")
            cursor.execute(
                f"SELECT {shown} FROM {model._meta.db_table} t ORDER BY t.id"  # noqa: S608
            )
            rows[model.__name__] = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT id, subject_id, wrapped FROM crm_data_key ORDER BY id")
        rows["keys"] = cursor.fetchall()
    return rows


def one_of(kept, *gone, **chosen):
    return merge(kept=kept.id, gone=[lead.id for lead in gone], chosen=chosen)


def now(lead):
    return Lead.objects.get(id=lead.id)


def everything_of(lead, number=1):
    """A row in each table that knows a lead."""
    tag, _ = Tag.objects.get_or_create(name=f"Tag {number}")
    field, _ = CustomField.objects.get_or_create(name="Pets", kind="text")
    talk = a_talk(lead, body="Wants a roof deck")
    return {
        "phone": a_phone(lead, f"+63 917 555 01{number:02}", is_primary=True),
        "talk": talk,
        "attachment": Attachment.objects.create(
            lead=lead, interaction=talk, name="offer.pdf", media_type="application/pdf", size=9
        ),
        "follow_up": a_follow_up(lead),
        "deal": Deal.objects.create(
            lead=lead, amount=Decimal(9), commission_percent=3, commission=1,
            opened_on=timezone.localdate(),
        ),
        "consent": Consent.objects.create(lead=lead, channel="text", state="given"),
        "tag": LeadTag.objects.create(lead=lead, tag=tag),
        "pets": CustomValue.objects.create(lead=lead, field=field, text=f"{number} dogs"),
        "put_off": PutOff.objects.create(lead=lead, until=timezone.now()),
        "score": Score.objects.create(lead=lead.id, score=50),
        "notice": Notification.objects.create(
            kind="k", key=f"k{number}", title="A reply", body="Said yes", about=lead.id
        ),
    }  # fmt: skip
