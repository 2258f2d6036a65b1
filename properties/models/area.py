from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower

from crm.audit import tracking


class Area(models.Model):
    """A part of town as people name it: Lahug, Banilad, BGC."""

    name = models.CharField(max_length=80)
    city = models.CharField(max_length=80, blank=True)

    class Meta:
        triggers = tracking.triggers()
        ordering: ClassVar[list[str]] = ["name", "city"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                Lower("name"), Lower("city"), name="an_area_of_a_city_is_named_once"
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="an_area_has_a_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.city}" if self.city else self.name
