from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from crm.events import checks
from crm.events.services import record
from crm.models import Delivery

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("heard")]


def ring() -> None:
    with transaction.atomic():
        record("rang", subject=uuid4(), data={"text": "one"})


def test_outbox_is_well_when_nothing_is_late():
    ring()
    health = checks.outbox()
    assert (health.ok, health.measured["waiting"], health.measured["stuck"]) == (True, 1, 0)


def test_outbox_says_when_nobody_delivers():
    ring()
    with time_machine.travel(timezone.now() + timedelta(seconds=90), tick=False):
        health = checks.outbox()
    assert health.ok is False
    assert health.sentence.startswith("Follow-up work has been waiting for ")


def test_outbox_counts_what_is_stuck():
    ring()
    Delivery.objects.update(state="set aside")
    health = checks.outbox()
    assert (health.ok, health.measured["stuck"]) == (False, 1)
