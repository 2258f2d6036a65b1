"""A list with something in every column."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from leads.models import CustomField, CustomValue, Lead, LeadArea, LeadTag, Source, Stage, Tag
from properties.models import Area
from tests.leads.factories import a_follow_up, a_lead, a_talk

NAMES = ("Paolo Enriquez", "Grace Tolentino", "Miguel Navarro", "Dana Whitfield", "Nguyễn Thị Minh")


def some_leads(number: int = 12) -> list[Lead]:
    now = timezone.now()
    area, _ = Area.objects.get_or_create(name="Lahug", city="Cebu City")
    tag, _ = Tag.objects.get_or_create(name="Cash buyer")
    floor, _ = CustomField.objects.get_or_create(name="Floor", kind="number")
    kinds = [stage.kind for stage in Stage.objects.all()]
    source = Source.objects.first()
    leads = []
    for place in range(number):
        lead = a_lead(
            f"{NAMES[place % len(NAMES)]} {place}", stage=kinds[place % len(kinds)],
            score=(97 - 7 * place) % 100, source=source, moving="planning",
            budget_min=Decimal(8_000_000), budget_max=Decimal(12_000_000),
        )  # fmt: skip
        LeadArea.objects.create(lead=lead, area=area)
        LeadTag.objects.create(lead=lead, tag=tag)
        CustomValue.objects.create(lead=lead, field=floor, number=place)
        a_talk(lead, days_ago=place)
        a_follow_up(lead, now + timedelta(days=place - 3))
        leads.append(lead)
    return leads
