"""One home out of any number, by what is typed."""

from __future__ import annotations

from html import unescape

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from properties.models import Listing
from properties.picking.fields import HomeField
from properties.picking.queries import called
from tests.leads.factories import a_listing

pytestmark = pytest.mark.django_db


def found(client, text):
    html = unescape(client.post("/homes/found/", {"listing": text}).content.decode())
    return [part.partition('"')[0] for part in html.split('value="')[1:]]


def test_a_home_is_found_by_words_of_name_and_address_what_can_be_had_first(signed_in):
    a_listing("Acacia Lane 12", status="sold")
    a_listing("12 Acacia Lane", address="Lahug")
    a_listing("Maple Row")

    assert found(signed_in, "acácia") == ["12 Acacia Lane · Lahug", "Acacia Lane 12"]
    assert found(signed_in, "lahug aca") == ["12 Acacia Lane · Lahug"]
    assert found(signed_in, "12 Acacia Lane · Lahug") == ["12 Acacia Lane · Lahug"]
    assert found(signed_in, "zzz") == []
    assert found(signed_in, "\0maple\0") == ["Maple Row"]


def test_before_anything_is_typed_the_newest_are_offered_and_never_all(signed_in):
    Listing.objects.bulk_create(Listing(title=f"Home {number}") for number in range(40))
    with CaptureQueriesContext(connection) as queries:
        offered = found(signed_in, "")
    assert len(offered) == 12
    assert sum("properties_listing" in query["sql"] for query in queries) == 1


def test_what_was_chosen_is_read_back(signed_in):
    homes = [a_listing("Maple Row", address=f"Street {number}") for number in range(2)]
    only = a_listing("Tower · North")
    field = HomeField()

    assert [field.clean(called(home)) for home in homes] == homes
    assert field.clean(" maple row · STREET 1 ") == homes[1]
    assert field.clean("Tower · North") == only
    assert field.clean("") is None


@pytest.mark.parametrize(
    ("typed", "why"),
    [("Maple Row", "Several homes"), ("Oak", "No home is called so"), ("x" * 600, "at most 520")],
)
def test_what_is_not_one_home_is_refused_in_a_sentence(typed, why):
    for _ in range(2):
        a_listing("Maple Row")
    with pytest.raises(ValidationError, match=why):
        HomeField().clean(typed)


def test_the_one_that_is_there_stays_however_many_are_called_so():
    one, _ = a_listing("Maple Row"), a_listing("Maple Row")
    field = HomeField()
    field.there = one
    assert field.clean(field.prepare_value(one)) == one
