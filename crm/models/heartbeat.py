from __future__ import annotations

from django.db import models


class Heartbeat(models.Model):
    """The last sign that a worker or a beat truly does its work, one row for each and machine."""

    class Kind(models.TextChoices):
        WORKER = "worker", "worker"
        BEAT = "beat", "beat"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    machine = models.CharField(max_length=255)
    at = models.DateTimeField()

    class Meta:
        ordering = ["kind", "machine"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "machine"], name="one_heartbeat_a_machine"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["worker", "beat"]), name="heartbeat_of_a_known_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} on {self.machine}"
