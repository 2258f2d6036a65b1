from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.functions import Now


class TrailQuerySet(models.QuerySet["Trail"]):
    def changes(self) -> TrailQuerySet:
        return self.filter(op__in=Trail.CHANGES)

    def of_row(self, table: str, row_id: str) -> TrailQuerySet:
        return self.filter(table_name=table, row_id=row_id)

    def of_operation(self, operation: UUID) -> TrailQuerySet:
        return self.filter(operation=operation)


class Trail(models.Model):
    """One record of what happened, written by the database itself and never edited."""

    class Op(models.TextChoices):
        CREATED = "I", "created"
        CHANGED = "U", "changed"
        DELETED = "D", "deleted"
        EVENT = "E", "security event"
        SCRUBBED = "S", "erased from the trail"
        PRUNED = "P", "removed from the trail by age"

    CHANGES = (Op.CREATED, Op.CHANGED, Op.DELETED)

    id = models.BigAutoField(primary_key=True)
    # Where the record stands for sealing: the server's identity, then the transaction.
    era = models.BigIntegerField(editable=False)
    xid = models.BigIntegerField("transaction", editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)
    operation = models.UUIDField(null=True)
    subject = models.UUIDField(null=True)
    op = models.CharField("what", max_length=1, choices=Op.choices)
    scrubbed = models.BooleanField(db_default=False)
    table_name = models.TextField("table")
    row_id = models.TextField("row")
    kind = models.TextField(db_default="")
    actor = models.TextField("who")
    page = models.TextField("from")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    digest = models.BinaryField()

    objects: ClassVar[models.Manager[Trail]] = models.Manager.from_queryset(TrailQuerySet)()

    class Meta:
        db_table = "crm_trail"
        verbose_name = "record of the trail"
        verbose_name_plural = "trail"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["era", "xid", "id"], name="trail_in_sealing_order"),
            models.Index(fields=["table_name", "row_id", "id"], name="trail_of_a_row"),
            models.Index(
                fields=["subject", "id"],
                name="trail_of_a_subject",
                condition=models.Q(subject__isnull=False),
            ),
            models.Index(
                fields=["operation", "id"],
                name="trail_of_an_operation",
                condition=models.Q(operation__isnull=False),
            ),
            # Ids grow with time, so a day lies in few blocks; a tree would cost each insert.
            BrinIndex(fields=["at"], name="trail_by_day", autosummarize=True),
            models.Index(fields=["kind", "id"], name="trail_of_events", condition=models.Q(op="E")),
            models.Index(
                fields=["id"], name="trail_that_is_scrubbed", condition=models.Q(scrubbed=True)
            ),
            models.Index(
                fields=["id"], name="trail_of_removals", condition=models.Q(op__in=["S", "P"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_op_display()} {self.kind or self.table_name} {self.row_id}".strip()
