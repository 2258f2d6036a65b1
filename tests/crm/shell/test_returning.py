"""Whatever a form or a browser names as the way back, it leads somewhere in this house."""

from __future__ import annotations

import pytest
from django.urls import reverse

from crm.models import Operation
from tests.leads.duplicates.made import a_pair
from tests.leads.factories import a_follow_up, a_lead

pytestmark = pytest.mark.django_db
STRANGE = ["24:00", "today", "a word", "FREQ=DAILY", "https://evil.example/", "\x00", "x" * 3000]


@pytest.mark.parametrize("target", STRANGE)
def test_a_strange_way_back_is_passed_over(target, signed_in):
    done = Operation.objects.create(name="Nothing", actor="owner")
    undone = signed_in.post(reverse("undo", args=[done.id]), headers={"Referer": target})
    dropped = signed_in.post(
        reverse("followups:drop", args=[a_follow_up(a_lead()).id]), {"next": target}
    )
    apart = signed_in.post(reverse("duplicates:apart", args=[a_pair().id]), {"next": target})
    assert (undone.url, dropped.url, apart.url) == (
        "/", reverse("followups:agenda"), reverse("duplicates:review")
    )  # fmt: skip


def test_a_page_of_ours_is_led_back_to(signed_in):
    follow_up = a_follow_up(a_lead())
    left = signed_in.post(reverse("followups:drop", args=[follow_up.id]), {"next": "/agenda/?on=x"})
    assert left.url == "/agenda/?on=x"
