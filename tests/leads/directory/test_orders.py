"""Orders that are put together: by the owner's own fields, and by stage as the owner put them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from crm.lists import cursors, orders, paging
from crm.lists.shape import Shape
from crm.lists.walking import walk
from leads.directory.listing import LEADS
from leads.models import CustomField, CustomValue, Lead, Stage
from tests.leads.directory.making import some_leads
from tests.leads.factories import a_lead

# No test makes as many.
MOST = 100
CHOICES = ["Low", "Medium", "High", "high"]
VALUES = {
    "text": ["Ana", "ana", "Élan", "elan", "Zed", "李", "x" * 250, "x" * 249 + "y"],
    "number": [Decimal(-3), Decimal(0), Decimal("0.5"), Decimal(12)],
    "date": [dt.date(2026, 1, 31), dt.date(2026, 2, 1), dt.date(1999, 12, 31)],
    "choice": [*CHOICES, "Once a choice"],
    "yes_no": [True, False],
}
# Few values, so that most tie; and some have none.
OWN = st.sampled_from(sorted(VALUES)).flatmap(
    lambda kind: st.tuples(
        st.just(kind), st.lists(st.none() | st.sampled_from(VALUES[kind]), max_size=12)
    )
)


def order_of(name):
    return orders.order("leads", name, Shape(LEADS).column(name.removeprefix("-")).sort)


def walked(order, size):
    """All pages forward, then all back, each way in the list's order."""
    page = paging.first_page(LEADS.rows(), order, size)
    forward = list(page.rows)
    while page.after:
        page = paging.page_after(LEADS.rows(), order, page.after, size)
        forward += page.rows
        assert len(forward) <= MOST, "the pages go round"
    backward = list(page.rows)
    while page.before:
        assert len(backward) <= MOST, "the pages go round"
        page = paging.page_before(LEADS.rows(), order, page.before, size)
        backward = [*page.rows, *backward]
    return [row.pk for row in forward], [row.pk for row in backward]


def an_own_field(kind, values):
    """The field's column, and who has which value."""
    choices = CHOICES if kind == "choice" else []
    field = CustomField.objects.create(name="Own", kind=kind, choices=choices)
    other = CustomField.objects.create(name="Other", kind="number")
    had = {}
    for value in values:
        lead = a_lead()
        had[lead.pk] = value
        CustomValue.objects.create(lead=lead, field=other, number=7)
        if value is not None:
            CustomValue.objects.create(lead=lead, field=field, **{field.column: value})
    return f"field-{field.pk}", had


def expected(kind, had, *, down):
    """What Python makes of it: those without are last whichever way it goes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t, left(crm_folded(t), 200) FROM unnest(%s::text[]) t", [VALUES["text"]]
        )
        folded = dict(cursor.fetchall())

    def key(pk):
        value = had[pk]
        if kind == "choice":
            return CHOICES.index(value) if value in CHOICES else len(CHOICES), pk
        return folded[value] if kind == "text" else value, pk

    there = sorted((pk for pk in had if had[pk] is not None), key=key, reverse=down)
    return there + sorted(pk for pk in had if had[pk] is None)


class TestOwnFields(TestCase):
    @hypothesis_settings(max_examples=80, deadline=None)
    @given(OWN, st.booleans(), st.integers(1, 5))
    def test_each_row_comes_once_and_in_order_both_ways(self, own, down, size):
        kind, values = own
        name, had = an_own_field(kind, values)

        forward, backward = walked(order_of(f"-{name}" if down else name), size)

        assert forward == expected(kind, had, down=down)
        assert backward == forward

    @hypothesis_settings(max_examples=40, deadline=None)
    @given(
        st.permutations(list(Stage.Kind.values)),
        st.lists(st.tuples(st.sampled_from(Stage.Kind.values), st.integers(0, 2)), max_size=12),
        st.booleans(),
        st.integers(1, 5),
    )
    def test_stages_come_as_the_owner_put_them(self, kinds, people, down, size):
        for place, kind in enumerate(kinds):
            Stage.objects.filter(kind=kind).update(order=place)
        leads = [a_lead(stage=kind, score=score) for kind, score in people]

        forward, backward = walked(order_of("-stage" if down else "stage"), size)

        leads.sort(key=lambda lead: lead.pk)
        leads.sort(key=lambda lead: -lead.score)
        leads.sort(key=lambda lead: kinds.index(Stage.objects.get(pk=lead.stage_id).kind))
        assert forward == [lead.pk for lead in (leads[::-1] if down else leads)]
        assert backward == forward


def follow(name, request):
    """From the first row's own page to the last, and back, by the links that J and K take."""
    order = order_of(name)
    (first,) = paging.first_page(LEADS.rows(), order, 1).rows
    at, seen = order.place(first), [first.pk]
    words = []
    for way in ("after", "before"):
        while True:
            told = QueryDict(mutable=True)
            told.update({"list": "all", "sort": name, "at": at})
            found = walk(request, LEADS, told, row=Lead.objects.get(pk=seen[-1]))
            words.append(found.words)
            url = getattr(found, way)
            if not url:
                break
            path, _, query = url.partition("?")
            at = QueryDict(query)["at"]
            assert len(seen) <= MOST, "the walk goes round"
            seen.append(next(pk for pk in Lead.objects.values_list("pk", flat=True)
                             if str(pk) in path))  # fmt: skip
    return seen, words


@pytest.mark.django_db
@pytest.mark.parametrize("kind", sorted(VALUES))
def test_one_walks_through_it_from_a_row_to_the_next(owner, kind):
    request = RequestFactory().get("/")
    request.user = owner
    name, had = an_own_field(kind, [VALUES[kind][0], None, VALUES[kind][1], None])

    seen, words = follow(f"-{name}", request)

    there = expected(kind, had, down=True)
    assert seen == [*there, *there[-2::-1]]
    assert words[:4] == ["1 of 4", "2 of 4", "3 of 4", "4 of 4"]


@pytest.mark.django_db
def test_one_walks_from_stage_to_stage(owner):
    request = RequestFactory().get("/")
    request.user = owner
    Stage.objects.filter(kind="lost").update(order=0)
    Stage.objects.filter(kind="new").update(order=99)
    leads = [a_lead(stage=kind) for kind in ("new", "lost", "offer")]

    seen, _ = follow("stage", request)

    there = [leads[1].pk, leads[2].pk, leads[0].pk]
    assert seen == [*there, *there[-2::-1]]


@pytest.mark.django_db
def test_the_page_sorts_by_an_own_field_from_its_head(signed_in):
    some_leads(3)
    name = f"field-{CustomField.objects.get(name='Floor').pk}"
    page = signed_in.get("/leads/", {"list": "all", "sort": f"-{name}"}).context["page"]

    assert [row.name[-1] for row in page.rows] == ["2", "1", "0"]
    assert Shape(LEADS).column(name).sort is not None


@pytest.mark.django_db
@pytest.mark.parametrize("sort", ["stage", "own"])
def test_such_an_order_costs_as_many_queries_at_1_as_at_30(signed_in, sort):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            signed_in.get("/leads/", {"list": "all", "sort": sort})
        return len(captured)

    some_leads(1)
    sort = f"field-{CustomField.objects.get(name='Floor').pk}" if sort == "own" else sort
    queries()
    one = queries()
    some_leads(29)
    assert (queries(), one <= 15) == (one, True)


@pytest.mark.django_db
def test_a_place_in_a_stage_that_is_gone_is_none():
    a_lead(stage="new")
    order = order_of("stage")
    place = paging.first_page(LEADS.rows(), order, 1)
    place = order.place(place.rows[0])
    Lead.objects.update(stage=Stage.objects.first_of("lost"))
    Stage.objects.filter(kind="new").delete()

    with pytest.raises(cursors.NoPlace):
        paging.page_after(LEADS.rows(), order_of("stage"), place, 1)


@pytest.mark.django_db
def test_a_choice_is_asked_of_its_index():
    name, _ = an_own_field("choice", ["High", "Low", None])
    low = order_of(name).branches(LEADS.rows())[0]
    with connection.cursor() as cursor:
        for other in ("seqscan", "sort", "incremental_sort", "bitmapscan", "hashjoin", "mergejoin"):
            cursor.execute(f"SET LOCAL enable_{other} = off")
    plan = low.rows[:51].explain()

    assert ("custom_value_by_words" in plan, "Sort" in plan) == (True, False)
