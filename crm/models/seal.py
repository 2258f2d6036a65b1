from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class Seal(models.Model):
    """A link of the hash chain: it covers every record after the last link's end, up to its own."""

    position = models.BigIntegerField(primary_key=True)
    era = models.BigIntegerField()
    end_xid = models.BigIntegerField()
    end_id = models.BigIntegerField()
    rows = models.IntegerField("records")
    previous = models.BinaryField()
    hash = models.BinaryField()
    at = models.DateTimeField(db_default=Now())
    # The records under it, and every link before it, were removed by age.
    pruned = models.BooleanField(db_default=False)

    class Meta:
        db_table = "crm_seal"
        ordering: ClassVar[list[str]] = ["position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(position__gte=1), name="the_chain_begins_at_one"
            ),
        ]

    def __str__(self) -> str:
        return f"seal {self.position}"
