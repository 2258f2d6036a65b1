"""From one person's page to the next, in the list or the day that one came from."""

from __future__ import annotations

import re
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm.lists.tree import Condition, Group, to_address
from leads.directory.listing import LEADS
from leads.models import Lead
from leads.people import services, walking
from tests.leads.factories import a_lead, a_talk

pytestmark = pytest.mark.django_db
LIST = "/leads/"


def people(*scores):
    made = [a_lead(f"Person {score}") for score in scores]
    for lead, score in zip(made, scores, strict=True):
        Lead.objects.filter(id=lead.id).update(score=score)
    return made


def opened(client, lead, **query):
    """The address by which the list opens this person."""
    html = client.get(LIST, query).content.decode()
    walk = re.search(r'data-walk="([^"]*)"', html)[1].replace("&amp;", "&")
    at = re.search(rf'data-row="{lead.id}" data-at="([^"]*)"', html)[1]
    return f"{reverse('people:lead', args=[lead.id])}?{walk}&at={at}"


def steps(client, url):
    """Words, and where J and K lead."""
    html = client.get(url).content.decode()
    words = re.search(r'class="walk">(?:<span>([^<]*)</span>)?', html)
    links = {
        key: href.replace("&amp;", "&")
        for href, key in re.findall(r'<a href="([^"]*)" data-key="([JK])"', html)
    }
    return words and words[1], links.get("J", ""), links.get("K", "")


def whose(url):
    return Lead.objects.get(id=url.split("/")[2]).score


def test_j_and_k_walk_the_list_that_one_came_from(signed_in):
    _, middle, _ = people(90, 60, 30)

    words, after, before = steps(signed_in, opened(signed_in, middle, list="all"))

    assert (words, whose(after), whose(before)) == ("2 of 3", 30, 90)
    words, after, before = steps(signed_in, after)
    assert (words, after, whose(before)) == ("3 of 3", "", 60)


def test_whoever_left_the_list_is_still_followed_by_the_next(signed_in):
    people(90, 80)
    _, worked, _ = people(95, 85, 76)
    url = opened(signed_in, worked, list="hot")
    services.move_stage(lead=worked, to=type(worked.stage).objects.first_of("closed"))

    words, after, before = steps(signed_in, url)

    assert (words, whose(after), whose(before)) == ("3 of 5", 80, 90)


def test_walk_keeps_a_filter_and_an_order_and_says_neither_in_the_address(signed_in):
    made = people(90, 60, 30)
    services.change_lead(lead=made[0], values={"name": "Zita Other"})
    asked = to_address(Group(parts=(Condition("name", "has", ("person",)),)))

    url = opened(signed_in, made[1], list="all", q=asked, sort="name")
    words, after, before = steps(signed_in, url)

    assert (words, after, whose(before)) == ("2 of 2", "", 30)
    assert "person" not in before.lower()


def test_every_order_can_be_walked(signed_in):
    made = people(90, 60, 30)
    a_talk(made[0])
    Lead.objects.filter(id=made[1].id).update(budget_max=5)
    for column in LEADS.columns:
        for sort in (column.name, f"-{column.name}") if column.sort else ():
            order = [row.name for row in signed_in.get(LIST, {"sort": sort}).context["page"].rows]
            middle = next(lead for lead in made if lead.name == order[1])
            words, after, before = steps(signed_in, opened(signed_in, middle, sort=sort))
            there = Lead.objects.in_bulk([url.split("/")[2] for url in (before, after)])
            assert (words, sort) == ("2 of 3", sort)
            assert [there[UUID(url.split("/")[2])].name for url in (before, after)] == order[::2]


def test_what_is_done_on_the_page_does_not_lose_the_way(signed_in):
    first, second = people(90, 60)
    url = opened(signed_in, first, list="all")
    signed_in.get(url)
    page = reverse("people:lead", args=[first.id])

    assert steps(signed_in, page)[0] == "1 of 2"
    assert steps(signed_in, reverse("people:lead", args=[second.id]))[0] is None


def test_a_place_that_is_none_leads_nowhere(signed_in):
    (lead,) = people(90)
    page = reverse("people:lead", args=[lead.id])
    for told in ("at=x", "at=", "list=hot&at=x", "day=x", "day="):
        assert steps(signed_in, f"{page}?{told}")[0] is None


def test_the_day_is_walked_as_it_was_when_one_left_it(signed_in):
    made = people(10, 20, 30)
    told = walking.of_the_day([lead.id for lead in made])

    words, after, before = steps(signed_in, f"{reverse('people:lead', args=[made[1].id])}?{told}")

    assert (words, whose(after), whose(before)) == ("2 of 3", 30, 10)
    stranger = a_lead("Not of today")
    page = reverse("people:lead", args=[stranger.id])
    assert steps(signed_in, f"{page}?{told}")[0] is None


def test_todays_queue_tells_its_order_along(signed_in):
    first = a_lead("Just came")
    html = signed_in.get("/").content.decode()
    told = re.search(r'data-walk="([^"]*)"', html)[1]
    page = reverse("people:lead", args=[first.id])
    assert steps(signed_in, f"{page}?{told}") == ("1 of 1", "", "")


def test_a_step_costs_two_queries_however_long_the_list(signed_in):
    made = people(*range(40, 80))
    asked = to_address(Group(parts=(Condition("stage", "any_of", (str(made[0].stage_id),)),)))
    url = opened(signed_in, made[20], list="all", q=asked)
    page = reverse("people:lead", args=[made[20].id])

    def queries(address):
        with CaptureQueriesContext(connection) as found:
            signed_in.get(address)
        return sum("SAVEPOINT" not in query["sql"] for query in found)

    signed_in.cookies.pop(walking.COOKIE, None)
    without = queries(page)
    assert queries(url) == without + 2 <= 15
    assert urlencode({"q": asked}) in url
