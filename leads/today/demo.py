"""What is left to say of the demonstration's people: their scores, and whom Today is for."""

from __future__ import annotations

from django.utils import timezone

from leads.models import Deal, Lead
from leads.roi.services import change_deal
from leads.scoring import services as scoring
from leads.today import counting


def build() -> None:
    """After all other parts: a score is made of what they wrote."""
    if Lead.objects.filter(scored_at__isnull=False).exists():
        return
    offer = Deal.objects.filter(lead__name="Grace Tolentino", state=Deal.State.OPEN).first()
    if offer is not None:
        change_deal(deal=offer, values={"expected_on": timezone.localdate()})
    scoring.count_sources()
    scoring.score(leads=list(Lead.objects.present().values_list("id", flat=True)))
    counting.count_anew()
