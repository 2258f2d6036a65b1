"""What one unit of another currency is worth in the owner's: each deal keeps its own."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from leads.models import Deal

LEAST = Decimal("0.00000001")


def rate_field(**given: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label="Rate", required=False, min_value=LEAST, max_digits=18, decimal_places=8, **given
    )


def asked(currency: str, home: str) -> str:
    return f"Type what 1 {currency} is worth in {home}."


def last_known(currency: str) -> Decimal | None:
    """As it was for the latest deal in this currency."""
    deals = Deal.objects.filter(currency=currency).exclude(rate=1).order_by("-opened_on", "-id")
    found: Decimal | None = deals.values_list("rate", flat=True).first()
    return found and plain(found)


def plain(rate: Decimal) -> Decimal:
    """Without the zeros that the database adds."""
    return Decimal(f"{rate:f}".rstrip("0").rstrip("."))
