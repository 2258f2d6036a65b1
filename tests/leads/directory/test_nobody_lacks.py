"""Sorted by an own field that everybody has: that nobody lacks it takes a look at all of them."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from crm.lists import pages, paging, walking
from crm.lists.walking import walk
from leads.directory import own
from leads.directory.listing import LEADS
from leads.models import CustomField, CustomValue, Lead
from tests.leads.directory.test_orders import order_of
from tests.leads.factories import a_lead

pytestmark = pytest.mark.django_db
ASKED = "Whether there are others, who have nothing in this column, takes longer to find out."


@pytest.fixture
def name(monkeypatch):
    """Five have it; to look for those who don't takes a twentieth of a second each."""
    field = CustomField.objects.create(name="Own", kind="number")
    for number in range(5):
        CustomValue.objects.create(lead=a_lead(f"P{number}"), field=field, number=number)
    quick = own._without

    def slowly(field):
        stretch = quick(field)
        sleeping = ["pg_sleep(0.05 + 0 * leads_lead.score) IS NOT NULL"]
        return replace(stretch, rows=lambda rows: stretch.rows(rows).extra(where=sleeping))  # noqa: S610

    monkeypatch.setattr(own, "_without", slowly)
    for module in (paging, walking):
        monkeypatch.setattr(module, "REST_MS", 20)
    return f"field-{field.pk}"


def shown(client, **asked):
    answer = client.get("/leads/", {"list": "all", **asked})
    return answer, [row.name for row in answer.context["page"].rows]


@pytest.mark.parametrize("way", ["", "-"])
def test_the_rows_are_shown_and_the_rest_is_looked_for_when_asked(signed_in, name, way):
    sort = way + name
    page, people = shown(signed_in, sort=sort)
    assert people == [f"P{n}" for n in (range(5) if not way else reversed(range(5)))]
    assert ASKED in page.content.decode()
    more = QueryDict(page.context["page"].more_url.partition("?")[2]).dict()
    rest = signed_in.get("/leads/", more, headers={"HX-Target": "more"})
    assert "No more people." in rest.content.decode()


def test_without_script_the_page_after_says_that_there_are_no_more(signed_in, name):
    page, people = shown(signed_in, sort=name)
    link = re.search(r'href="([^"]*)"[^>]*>Look for them', page.content.decode())
    rest = signed_in.get(html.unescape(link[1]))
    said = rest.content.decode()
    assert "No more people" in said
    back = re.search(r'href="([^"]*)"[^>]*>(?:<svg.*?</svg>)?\s*(?:<span>)?Earlier rows', said)
    again = signed_in.get(html.unescape(back[1])).context["page"]
    last = signed_in.get(again.more_url).context["page"]
    assert [row.name for page in (again, last) for row in page.rows] == people


def test_who_lacks_it_is_found_when_asked(signed_in, name):
    a_lead("Nothing")
    page, people = shown(signed_in, sort=name)
    assert len(people) == 5
    more = QueryDict(page.context["page"].more_url.partition("?")[2]).dict()
    rest = signed_in.get("/leads/", more, headers={"HX-Target": "more"}).content.decode()
    assert "Nothing" in rest
    assert ASKED not in rest


def test_a_look_that_takes_longer_than_a_page_may_says_so(signed_in, name, monkeypatch):
    page, _ = shown(signed_in, sort=name)
    more = QueryDict(page.context["page"].more_url.partition("?")[2]).dict()
    monkeypatch.setattr(pages, "PAGE_MS", 50)
    rest = signed_in.get("/leads/", more, headers={"HX-Target": "more"}).content.decode()
    assert "These rows took longer than a second." in rest


def test_all_are_walked_through_once_however_long_it_takes(name):
    nothing = a_lead("Nothing")
    walked = [row.name for batch in paging.walk(LEADS.rows(), order_of(name), 2) for row in batch]
    assert walked == [*(f"P{n}" for n in range(5)), nothing.name]


def test_the_way_back_looks_for_nobody_else_who_lacks_it(name):
    rows, order = LEADS.rows(), order_of(name)
    lacking = [a_lead(f"N{number}").name for number in range(4)]
    page = paging.page_after(rows, order, paging.first_page(rows, order, 5).after, 2)
    further = paging.page_after(rows, order, page.after, 2)
    assert [row.name for row in (*page.rows, *further.rows)] == lacking

    with CaptureQueriesContext(connection) as asked:
        back = paging.page_before(rows, order, further.before, 2)
        begun = paging.page_before(rows, order, page.before, 2)
    looked = [query["sql"] for query in asked if "pg_sleep" in query["sql"]]
    assert [row.name for row in (*begun.rows, *back.rows)] == ["P3", "P4", "N0", "N1"]
    # For the two who are shown, and for no third.
    assert [sql.endswith("LIMIT 2") for sql in looked] == [True]


def test_one_walks_to_the_last_of_those_who_have_it(owner, name):
    request = RequestFactory().get("/")
    request.user = owner
    order = order_of(name)
    last = paging.first_page(LEADS.rows(), order, 5).rows[-1]
    told = QueryDict(mutable=True)
    told.update({"list": "all", "sort": name, "at": order.place(last)})
    found = walk(request, LEADS, told, row=last)
    before = str(Lead.objects.get(name="P3").pk)
    assert (before in found.before, found.after, found.words) == (True, "", "5 of 5+")
