"""The rows of the bench are as the application would have made them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.models import Count
from django.urls import resolve

from crm.bench import registry
from crm.bench.house import pages, rows
from crm.bench.house.honesty import unrecorded_changes, unsealed_columns
from crm.bench.house.pages import NOT_WALKED
from crm.bench.stage import Stage
from leads.bench import drawing, making, others
from leads.models import ContactPoint, CustomValue, FollowUp, Interaction, Lead
from properties import bench as homes
from tests.routes import ROUTES

pytestmark = pytest.mark.django_db

STANDING = (
    *("last_touch_at", "last_touch_kind", "last_in_at", "last_out_at", "unanswered_since"),
    *("first_attempt_at", "next_follow_up_at"),
)


@pytest.fixture
def made(monkeypatch):
    monkeypatch.setattr(drawing, "HEAVY", 50)
    monkeypatch.setattr(making, "BATCH", 60)
    stage = Stage(rows=150, seed=7, today=datetime(2026, 6, 16, tzinfo=UTC))
    homes.make_listings(stage)
    making.make_leads(stage)
    return stage


def test_rows_are_sealed_trailed_and_skewed(made):
    assert Lead.objects.count() == 150
    assert unsealed_columns(made) == []
    # The defaults of a house stand in a test's database without their trail.
    made_here = ("leads_lead ", "leads_contactpoint", "leads_interaction", "leads_follow_up ")
    assert [line for line in unrecorded_changes(made) if line.startswith(made_here)] == []
    most = Interaction.objects.values("lead").annotate(n=Count("id")).order_by("-n")[0]
    assert most["n"] == 50


def test_what_was_drawn_opens_and_is_found(made):
    phone = ContactPoint.objects.with_phone("0917 000 0011").get()
    email = ContactPoint.objects.with_email("person11@example11.com").get()
    assert (phone.lead_id, phone.value) == (email.lead_id, "+639170000011")
    assert FollowUp.objects.first().title == "Call back about the loan"


def test_the_standing_that_was_drawn_is_what_the_database_would_write(made):
    before = list(Lead.objects.order_by("id").values_list("id", *STANDING))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT leads_stand(array_agg(id)), leads_follow_up_due(array_agg(id)) FROM leads_lead"
        )
    assert list(Lead.objects.order_by("id").values_list("id", *STANDING)) == before


@pytest.fixture
def walks(monkeypatch):
    monkeypatch.setattr(registry, "_walks", dict(registry._walks))
    pages.register_all()
    return registry.pages()


def test_every_page_is_walked_or_says_why_not(made, walks):
    rows.make_watched(made)
    others.make_deals(made)
    others.make_duplicates(made)
    walked = {
        resolve(path.partition("?")[0]).view_name for walk in walks for path in walk.paths(made)
    }
    of_the_house = {name for name, route in ROUTES.items() if route.page and "listed:" not in name}
    assert of_the_house - walked == NOT_WALKED.keys() - {"settings"}


def test_lists_in_the_order_of_own_fields_are_walked_from_their_beginning_to_their_end(
    made, walks, signed_in
):
    shown = {
        walk.name.removeprefix("Leads: all, "): [
            row.pk for row in signed_in.get(walk.paths(made)[0]).context["page"].found.rows
        ]
        for walk in walks
        if walk.name.startswith(("Leads: all, by stage", "Leads: all, by Floor"))
    }
    everybody = Lead.objects.count()
    lengths = {name: len(rows) for name, rows in shown.items()}
    assert lengths == {
        "by stage, up": 50, "by stage, up, the end": 49,
        "by stage, down": 50, "by stage, down, the end": 49,
        "by Floor, up": 50, "by Floor, up, in the middle": 50,
        "by Floor, up, the last value": 24,
        "by Floor, down": 50, "by Floor, down, in the middle": 50,
        "by Floor, down, the last value": 24,
    }  # fmt: skip
    floors = {
        value.lead_id: value.number for value in CustomValue.objects.filter(field__name="Floor")
    }
    assert len(floors) == everybody
    seen = [floors[pk] for name in ("by Floor, up", "by Floor, up, in the middle",
            "by Floor, up, the last value") for pk in shown[name]]  # fmt: skip
    assert seen == sorted(seen)
    assert seen[-1] == max(floors.values())
