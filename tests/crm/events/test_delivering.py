from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from crm.events import delivering, services
from crm.events.delivering import claim_some, deliver, deliver_due
from crm.events.reactions import CannotReact, register
from crm.events.services import record
from crm.models import Delivery

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("registry")]


def ring(*texts: str, subject: UUID) -> None:
    for text in texts:
        with transaction.atomic():
            record("rang", subject=subject, data={"text": text})


def states() -> list[str]:
    return list(Delivery.objects.order_by("id").values_list("state", flat=True))


def test_deliver_due_tells_each_subject_in_order(heard):
    door = uuid4()
    ring("one", "two", "three", subject=door)
    assert deliver_due() == 3
    assert heard == [("one", 1), ("two", 2), ("three", 3)]
    assert states() == ["done", "done", "done"]
    assert deliver_due() == 0


def test_deliver_due_inside_a_transaction_is_refused(heard):
    with transaction.atomic(), pytest.raises(transaction.TransactionManagementError):
        deliver_due()


def test_a_failing_delivery_holds_back_its_subject_only(fails):
    door, window = uuid4(), uuid4()
    told = []

    def stumble(event) -> None:
        if event.data["text"] == "loose":
            raise ValueError("Ramon Villareal, 0917 555 0100")
        told.append(event.data["text"])

    fails(stumble)
    ring("loose", "after", subject=door)
    ring("fine", subject=window)
    assert deliver_due() == 2
    assert told == ["fine"]
    assert states() == ["waiting", "waiting", "done"]


def test_a_failed_attempt_leaves_no_effect_and_no_personal_data(fails):
    def stumble(event) -> None:
        Group.objects.create(name="half done")
        raise ValueError("Ramon Villareal, 0917 555 0100")

    fails(stumble)
    ring("loose", subject=uuid4())
    before = timezone.now()
    deliver_due()
    delivery = Delivery.objects.get()
    assert Group.objects.count() == 0
    assert delivery.last_error.startswith("ValueError at tests/crm/events/test_delivering.py:")
    assert (delivery.state, delivery.attempts, delivery.claim) == ("waiting", 1, None)
    assert timedelta(seconds=2.9) < delivery.due_at - before < timedelta(seconds=6)


def test_attempts_come_later_and_later_then_it_is_set_aside(fails):
    tries = []

    def stumble(event) -> None:
        tries.append(timezone.now())
        raise ValueError

    fails(stumble)
    ring("loose", subject=uuid4())
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(20):
            deliver_due()
            clock.move_to(Delivery.objects.get().due_at)
    delivery = Delivery.objects.get()
    pauses = [(later - earlier).total_seconds() for earlier, later in pairwise(tries)]
    assert (delivery.state, len(tries)) == ("set aside", delivering.MOST_ATTEMPTS)
    assert [round(pause / 3**turn / 4) for turn, pause in enumerate(pauses)] == [1] * 7


def test_what_waits_behind_something_set_aside_goes_on_after_a_skip(fails):
    told = []

    def stumble(event) -> None:
        if event.data["text"] == "loose":
            raise CannotReact("The listing is gone.")
        told.append(event.data["text"])

    fails(stumble)
    ring("loose", "after", subject=uuid4())
    deliver_due()
    stuck = Delivery.objects.set_aside().with_waiting_behind().get()
    assert (stuck.last_error, stuck.waiting_behind) == ("The listing is gone.", 1)
    assert told == []
    assert services.skip(delivery=stuck.id, because="Sold in the meantime")
    deliver_due()
    assert (told, states()) == (["after"], ["skipped", "done"])
    assert not services.retry(delivery=stuck.id)


def test_retry_starts_the_attempts_again(fails):
    broken = [True]

    def stumble(event) -> None:
        if broken:
            raise CannotReact("Not now.")

    fails(stumble)
    ring("loose", "after", subject=uuid4())
    deliver_due()
    broken.clear()
    assert services.retry_all() == 1
    assert deliver_due() == 2
    assert states() == ["done", "done"]


def test_a_reaction_that_is_gone_is_set_aside(registry, heard):
    ring("one", subject=uuid4())
    registry.clear()
    deliver_due()
    assert Delivery.objects.get().last_error == "This version of Porchlight has no such reaction."


def test_a_lease_that_ran_out_is_taken_over_and_the_late_worker_does_nothing(heard):
    ring("one", subject=uuid4())
    (late,) = claim_some()
    assert late is not None
    assert claim_some() == []
    with time_machine.travel(timezone.now() + delivering.LEASE + timedelta(seconds=1)):
        assert deliver_due() == 1
    deliver(late)
    assert heard == [("one", 1)]


def test_a_delivery_that_ends_its_worker_each_time_is_set_aside(heard):
    ring("one", subject=uuid4())
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(delivering.MOST_ATTEMPTS):
            claim_some()
            clock.shift(delivering.LEASE + timedelta(seconds=1))
        deliver_due()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.last_error) == (
        "set aside",
        "The worker ended during each attempt.",
    )
    assert heard == []


def test_a_reaction_may_record_the_next_event(heard):
    door = uuid4()
    register("echo", kind="knocked", react=lambda _event: ring("heard", subject=door))
    with transaction.atomic():
        record("knocked", subject=door, data={})
    assert deliver_due() == 2
    assert heard == [("heard", 2)]
