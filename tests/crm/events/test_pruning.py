from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from crm.events.delivering import deliver_due
from crm.events.pruning import prune
from crm.events.reactions import CannotReact
from crm.events.services import record
from crm.models import Delivery, Event, Subject

pytestmark = [pytest.mark.django_db(transaction=True)]


def ring(text: str) -> None:
    with transaction.atomic():
        record("rang", subject=uuid4(), data={"text": text})


def test_prune_forgets_what_was_settled_a_month_ago_and_keeps_what_is_stuck(fails):
    def stumble(event) -> None:
        if event.data["text"] == "loose":
            raise CannotReact("No.")

    fails(stumble)
    with time_machine.travel(timezone.now() - timedelta(days=31)):
        ring("old")
        ring("loose")
        deliver_due()
        ring("old, but delivered today")
    deliver_due()
    ring("new")
    assert prune() == 1
    left = [event.data["text"] for event in Event.objects.order_by("id")]
    assert left == ["loose", "old, but delivered today", "new"]
    assert Delivery.objects.count() == 3
    assert Subject.objects.count() == 4
