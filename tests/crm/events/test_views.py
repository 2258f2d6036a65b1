from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm.models import Delivery
from tests.crm.events.stuck import make_stuck

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registry")]


def test_stuck_says_what_why_and_how_many_wait(signed_in):
    subject = uuid4()
    make_stuck(subject)
    behind = make_stuck(subject)
    Delivery.objects.filter(id=behind.id).update(state="waiting")
    page = signed_in.get(reverse("stuck")).text
    assert [page.count(text) for text in ("leads.score", "services.py:41", "1 waiting")] == [
        1,
        1,
        1,
    ]


def test_stuck_when_nothing_is_says_so(signed_in):
    assert "Nothing is stuck" in signed_in.get(reverse("stuck")).text


def queries_of_page(client) -> int:
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("stuck"))
    return len(asked)


def test_stuck_costs_as_many_queries_at_1_as_at_30(signed_in):
    make_stuck()
    at_one = queries_of_page(signed_in)
    for _ in range(29):
        make_stuck()
    assert queries_of_page(signed_in) == at_one


def test_retry_and_retry_all_put_it_back_in_line(signed_in):
    one, two = make_stuck(), make_stuck()
    signed_in.post(reverse("stuck_retry", kwargs={"delivery": one.id}))
    assert set(Delivery.objects.set_aside()) == {two}
    signed_in.post(reverse("stuck_retry_all"))
    assert set(Delivery.objects.values_list("state", "attempts")) == {("waiting", 0)}


def test_skip_wants_a_reason(signed_in):
    delivery = make_stuck()
    address = reverse("stuck_skip", kwargs={"delivery": delivery.id})
    signed_in.post(address, {"because": " "})
    assert Delivery.objects.set_aside().count() == 1
    signed_in.post(address, {"because": "Sold in the meantime"})
    delivery.refresh_from_db()
    assert (delivery.state, delivery.skipped_because) == ("skipped", "Sold in the meantime")
