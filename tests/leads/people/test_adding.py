from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from crm.models import Event, Operation
from crm.vault.ids import uuid7
from leads.models import Lead, Source, Stage
from leads.people import arrivals, wanting
from properties.models import Area
from tests.leads.people.test_page import DIALOG, HTMX, text_of

pytestmark = pytest.mark.django_db


def values(**typed):
    return {"name": "Dana Whitfield", "kind": "buyer", "once": str(uuid7()), **typed}


def add(client, **typed):
    return client.post(reverse("people:add"), values(**typed))


def test_a_lead_is_added_and_opened(signed_in):
    Area.objects.create(name="Lahug", city="Cebu City")
    source = Source.objects.get(name="Referral")
    typed = {
        "reach": "0917 555 0142, dana@example.com",
        "source": source.id,
        "wants": "3 bedroom house in Lahug, 8-12M",
    }
    answer = add(signed_in, **typed)
    lead = Lead.objects.get()
    assert answer.url == reverse("people:lead", args=[lead.id])
    assert (lead.name, lead.source, lead.currency) == ("Dana Whitfield", source, "PHP")
    assert (lead.budget_min, lead.budget_max) == (Decimal(8_000_000), Decimal(12_000_000))
    assert (lead.bedrooms_min, lead.home_kinds) == (3, ["house"])
    assert [area.name for area in lead.areas.all()] == ["Lahug"]
    assert lead.about == "3 bedroom house in Lahug, 8-12M"
    assert Event.objects.get(kind="lead.added").data["origin"] == "typed"
    assert {point.value for point in lead.contact_points.all()} == {
        "+63 917 555 0142",
        "dana@example.com",
    }


def test_a_form_that_is_sent_twice_adds_one_lead(signed_in):
    once = str(uuid7())
    first = add(signed_in, once=once)
    second = add(signed_in, once=once)
    assert first.url == second.url
    assert Lead.objects.count() == 1


def test_a_form_brought_back_for_somebody_else_loses_nobody(signed_in):
    once = str(uuid7())
    add(signed_in, once=once, reach="0917 555 0142")
    add(signed_in, once=once, name="Grace Tolentino")
    add(signed_in, once=once, reach="0917 555 0143")
    assert sorted(Lead.objects.values_list("name", flat=True)) == [
        "Dana Whitfield", "Dana Whitfield", "Grace Tolentino",
    ]  # fmt: skip


def test_a_lane_of_the_board_adds_to_its_stage_and_comes_back(signed_in):
    stage = Stage.objects.first_of("qualified")
    url = f"{reverse('people:add')}?stage={stage.id}&kind=seller"
    assert 'value="seller" selected' in signed_in.get(url).content.decode()
    board = "http://testserver/pipeline/?tab=sellers"
    answer = signed_in.post(url, values(kind="seller"), **DIALOG, HTTP_HX_CURRENT_URL=board)
    assert answer.headers["HX-Redirect"] == "/pipeline/?tab=sellers"
    assert Lead.objects.get().stage == stage


@pytest.mark.parametrize("told", ["x", "0", "99999", "closed"])
def test_a_stage_where_nobody_begins_is_left_aside(signed_in, told):
    told = Stage.objects.first_of("closed").id if told == "closed" else told
    signed_in.post(f"{reverse('people:add')}?stage={told}", values())
    assert Lead.objects.get().stage.kind == "new"


def test_one_more_can_be_added_at_once(signed_in):
    answer = signed_in.post(reverse("people:add"), values(another="1"), **DIALOG)
    assert answer.headers["HX-Redirect"] == reverse("people:add")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": " "}, "Type a name; one word is enough."),
        ({"name": "\u200b\u200b"}, "Type a name; one word is enough."),
        ({"name": "x" * 201}, "Ensure this value has at most 200 characters"),
        ({"reach": "12"}, "That number is too short or too long."),
        ({"reach": "dana@"}, "That is no e-mail address."),
        ({"reach": "carrier pigeon"}, "Type a phone number or an e-mail address."),
        ({"kind": "wizard"}, "wizard is not one of the available choices"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_kept(signed_in, typed, sentence):
    answer = add(signed_in, wants="A garden", **typed)
    assert sentence in text_of(answer)
    assert "A garden" in answer.content.decode()
    assert not Lead.objects.exists()


def test_hints_say_what_is_understood_and_who_is_known(signed_in, monkeypatch):
    monkeypatch.setattr(arrivals, "_lookups", [])
    known = Lead.objects.create(name="Dana W.", stage_id=_first_stage())
    asked = []

    def lookup(name, phones, emails):
        asked.append((name, phones, emails))
        return [known, known]

    arrivals.register_lookup(lookup)
    typed = values(reach="0917 555 0142", wants="condo, up to 6M")
    answer = signed_in.post(reverse("people:hints"), typed, **HTMX)
    said = text_of(answer)
    assert asked == [("Dana Whitfield", ["+63 917 555 0142"], [])]
    assert "Maybe you know them already" in said
    assert said.count("Dana W.") == 1
    assert "Understood: up to ₱6M, condo" in said


def _first_stage():
    from leads.models import Stage

    return Stage.objects.first_of("new").id


@pytest.mark.parametrize(
    ("line", "low", "high", "bedrooms", "kinds"),
    [
        ("3br townhouse 8M to 12M", "8000000", "12000000", 3, ["townhouse"]),
        ("condo or apartment, ₱15,000,000", None, "15000000", None, ["condo", "apartment"]),
        ("from 5.5M, 2+ bedrooms", "5500000", None, 2, []),
        ("800k - 1.2M lot", "800000", "1200000", None, ["lot"]),
        ("12 Acacia Lane", None, None, None, []),
        ("parking for 2 cars, 24/7 guard", None, None, None, []),
        ("99999999999999B", None, None, None, []),
        ("12M-8M", None, "8000000", None, []),
    ],
)
def test_a_line_is_understood_as_far_as_it_is_clear(line, low, high, bedrooms, kinds):
    wanted = wanting.understood(line)
    found = (wanted.low, wanted.high, wanted.bedrooms, wanted.kinds)
    assert found == (low and Decimal(low), high and Decimal(high), bedrooms, kinds)


def test_undo_on_the_page_of_whom_it_takes_away_leads_to_the_list(signed_in):
    signed_in.post(reverse("people:add"), {"name": "Juan Luna", "kind": "buyer", "once": uuid7()})
    lead, added = Lead.objects.get(), Operation.objects.get()
    page = f"http://testserver{reverse('people:lead', args=[lead.id])}"

    answer = signed_in.post(
        reverse("undo", args=[added.id]), headers={"hx-request": "true", "hx-current-url": page}
    )

    assert answer["HX-Redirect"] == reverse("directory:leads")
    listed = signed_in.get(reverse("directory:leads")).content.decode()
    assert ">Redo<" in listed
    assert signed_in.get(page).status_code == 404
    again = re.search(r'action="(/undo/[^"]+\?again)"', listed)[1]
    brought = signed_in.post(again, headers={"referer": page})
    assert brought["Location"] == page
