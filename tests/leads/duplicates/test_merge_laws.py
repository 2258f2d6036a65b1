"""Whatever was merged, undone leaves the rows as they were."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from crm.audit.undo import undo
from leads.duplicates.merging import merge
from leads.models import (
    Consent,
    ContactPoint,
    CustomField,
    CustomValue,
    Deal,
    Duplicate,
    Household,
    Lead,
    LeadTag,
    Merge,
    Relationship,
    Tag,
)
from leads.people import defaults
from tests.leads.duplicates.merges import dump, now, one_of
from tests.leads.factories import a_follow_up, a_lead, a_note, a_phone, a_talk, an_email

pytestmark = pytest.mark.django_db


KINDS = ("phone", "email", "talk", "note", "follow_up", "consent", "tag", "custom", "pair", "deal")
GIVEN = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, 3), st.integers(0, 2)), max_size=14
)
STEPS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=3)
CHOSEN = st.dictionaries(
    st.sampled_from(["name", "kind", "stage", "budget", "language", "household", "referred_by"]),
    st.integers(0, 3),
)


class Laws(TestCase):
    def setUp(self):
        defaults.ensure()

    def make(self, rows):
        tags = [Tag.objects.create(name=f"Tag {n}") for n in range(3)]
        field = CustomField.objects.create(name="Pets", kind="text")
        people = [
            a_lead(
                f"Dana {n}", stage=("new", "showing", "closed", "lost")[n], language=f"L{n}",
                budget_max=Decimal(n), about=f"About {n}", must_have=[f"thing {n % 2}"],
                household=Household.objects.create(name=f"House {n}"),
                arrived_at=timezone.now() - timedelta(days=n),
            )
            for n in range(4)
        ]  # fmt: skip
        Lead.objects.filter(id=people[1].id).update(referred_by=people[2])
        for kind, who, what in rows:
            self.give(kind, people, who, what, tags, field)
        return people

    def give(self, kind, people, who, what, tags, field):
        lead, other = people[who], people[(who + 1 + what) % 4]
        if kind == "phone":
            a_phone(lead, f"+63 917 555 014{what}")
        elif kind == "email":
            first = not lead.contact_points.filter(kind="email").exists()
            an_email(lead, f"dana{what}@example.com", is_primary=first)
        elif kind in ("talk", "note"):
            a_talk(lead, days_ago=what) if kind == "talk" else a_note(lead)
        elif kind == "follow_up":
            a_follow_up(lead)
        elif kind == "consent":
            state = ("given", "refused")[what % 2]
            Consent.objects.get_or_create(lead=lead, channel="text", defaults={"state": state})
        elif kind == "tag":
            LeadTag.objects.get_or_create(lead=lead, tag=tags[what])
        elif kind == "custom":
            CustomValue.objects.get_or_create(lead=lead, field=field, defaults={"text": str(what)})
        elif kind == "pair":
            one, two = sorted((lead, other), key=lambda each: each.id)
            state = ("open", "distinct", "household")[what]
            values = {"confidence": 80, "state": state}
            Duplicate.objects.get_or_create(one=one, other=two, defaults=values)
            Relationship.objects.get_or_create(lead=lead, other=other, kind="spouse")
        else:
            everything_deal(lead)

    @settings(max_examples=40, suppress_health_check=list(HealthCheck))
    @given(GIVEN, CHOSEN, st.integers(1, 3))
    def test_merge_and_undo_leave_the_rows_as_they_were(self, rows, chosen, gone):
        people = self.make(rows)
        before = dump()
        kept, *rest = people[: gone + 1]
        whose = {name: people[n % (gone + 1)].id for name, n in chosen.items()}
        made = merge(kept=kept.id, gone=[lead.id for lead in rest], chosen=whose)
        assert not ContactPoint.objects.filter(lead__in=rest).exists()
        undo(made.pk)
        assert dump() == before

    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    @given(
        GIVEN, st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=3), st.randoms()
    )
    def test_merges_in_any_order_come_apart_in_any_order(self, rows, steps, random):
        people = self.make(rows)
        before = dump()
        for one, other in steps:
            kept, gone = now(people[one]).kept, now(people[other]).kept
            if kept != gone:
                one_of(kept, gone, name=gone.id)
        while standing := list(Merge.objects.filter(undone_at=None)):
            undo(random.choice(standing).pk)
        assert dump() == before

    def test_the_two_of_a_pair_come_apart_in_either_order(self):
        """Each was merged into somebody else, and the row between them follows both."""
        people = self.make([("pair", 0, 1)])
        before = dump()
        for which in (0, -1):
            one_of(people[1], people[2], name=people[2].id)
            one_of(people[3], people[0], name=people[0].id)
            while standing := list(Merge.objects.filter(undone_at=None).order_by("at")):
                undo(standing[which].pk)
            assert dump() == before


def everything_deal(lead):
    Deal.objects.create(
        lead=lead, amount=Decimal(9), commission_percent=3, commission=1,
        opened_on=timezone.localdate(),
    )  # fmt: skip
