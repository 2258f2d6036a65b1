"""Areas and tags of a person: looked for by typing, ticked, or new."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from leads.models import Tag
from leads.people import services
from leads.people.forms.parts import DetailsForm, WantsForm
from properties.models import Area
from tests.leads.factories import a_lead

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana(owner):
    lead = a_lead("Dana")
    services.change_lead(lead=lead, values={"tags": ["VIP guest"]})
    return lead


def boxes(client, lead, part="details", **sent):
    """The ticked ones, and all that are offered."""
    url = reverse(f"people:{part}", args=[lead.id])
    page = (client.post(url, sent) if sent else client.get(url)).content.decode()
    name = "tags" if part == "details" else "areas"
    found = re.findall(rf'name="{name}" value="([^"]*)"( checked)?>([^<]*)<', page)
    return [label for _, checked, label in found if checked], [label for *_, label in found]


def saved(client, lead, **sent):
    seen = DetailsForm(lead=lead).seen_now
    sent = {"name": "Dana", "kind": "buyer", "seen": seen, **sent}
    client.post(reverse("people:details", args=[lead.id]), sent)
    return sorted(lead.tags.values_list("name", flat=True))


def test_few_are_offered_however_many_there_are_and_theirs_are_ticked(signed_in, dana):
    Tag.objects.bulk_create(Tag(name=f"Tag {n:03}") for n in range(300))
    ticked, offered = boxes(signed_in, dana)
    assert ticked == ["VIP guest"]
    assert len(offered) == 21


def test_all_of_a_persons_are_ticked_and_kept_however_many(signed_in, dana):
    names = [f"Tag {n:03}" for n in range(40)]
    services.change_lead(lead=dana, values={"tags": names})
    ticked, _ = boxes(signed_in, dana)
    assert ticked == names
    keys = [str(tag.pk) for tag in dana.tags.all()]
    assert saved(signed_in, dana, tags=keys, language="Tagalog") == names


def test_a_piece_of_a_name_that_is_theirs_already_is_not_dropped(signed_in, dana):
    (tag,) = dana.tags.all()
    sent = {"tags": [str(tag.pk)], "typed.tags": "VIP"}
    assert saved(signed_in, dana, **sent) == ["VIP guest"]
    ticked, offered = boxes(signed_in, dana, name="Dana", kind="buyer", **sent)
    assert (ticked, offered) == (["VIP guest"], ["VIP guest", "New: VIP"])
    assert saved(signed_in, dana, **{**sent, "tags": [str(tag.pk), "new:VIP"]}) == [
        "VIP", "VIP guest",
    ]  # fmt: skip


def test_unticked_is_taken_away(signed_in, dana):
    assert saved(signed_in, dana) == []


def test_areas_of_one_name_are_told_apart_by_their_town(signed_in, dana):
    Area.objects.create(name="Poblacion", city="Davao City")
    makati = Area.objects.create(name="Poblacion", city="Makati")
    sent = {"currency": "PHP", "typed.areas": "poblacion"}
    _, offered = boxes(signed_in, dana, "wants", **sent)
    assert offered == ["Poblacion, Davao City", "Poblacion, Makati"]
    form = WantsForm({**sent, "areas": [str(makati.pk)]}, lead=dana)
    assert form.is_valid(), form.errors
    services.change_lead(lead=dana, values=form.values())
    assert list(dana.areas.all()) == [makati]


def test_a_new_area_that_is_there_meanwhile_is_that_one(dana):
    there = Area.objects.create(name="Lahug")
    form = WantsForm({"currency": "PHP", "areas": ["new:lahug", "new:Busay"]}, lead=dana)
    assert form.is_valid(), form.errors
    services.change_lead(lead=dana, values=form.values())
    assert [area.name for area in dana.areas.all()] == ["Busay", "Lahug"]
    assert there in dana.areas.all()


def test_two_tabs_are_told_of_each_others_tags(dana):
    sent = {"name": "Dana", "kind": "buyer", "seen": DetailsForm(lead=dana).seen_now}
    services.change_lead(lead=dana, values={"tags": ["Abroad"]})
    form = DetailsForm({**sent, "typed.tags": "Loan approved"}, lead=dana)
    assert form.errors["tags"] == [
        "Meanwhile set to \N{LEFT DOUBLE QUOTATION MARK}Abroad\N{RIGHT DOUBLE QUOTATION MARK}"
        " elsewhere. Save again to use yours."
    ]


def test_while_one_types_the_search_offers_a_new_one_only_where_that_is_wanted(signed_in):
    Tag.objects.create(name="Viewing")
    url = reverse("list_options", args=["leads", "tags"])
    sent = {"name": "tags", "typed.tags": "view", "tags": "new:Old <b>"}
    page = signed_in.post(url, {**sent, "may_add": "1"}).content.decode()
    assert re.findall(r">([^<>]+)</label>", page) == ["Viewing", "New: Old &lt;b&gt;", "New: view"]
    assert signed_in.post(url, sent).content.decode().count("New") == 0


def test_nothing_of_what_is_typed_is_cut_away(signed_in, dana):
    names = [f"Tag {n:02} {'with a long name ' * 2}".strip() for n in range(20)]
    sent = {"typed.tags": ",".join(names)}
    assert len(sent["typed.tags"]) > 600
    assert saved(signed_in, dana, **sent) == names


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (", ".join(f"T{n}" for n in range(200)), "Up to 30, parted by commas."),
        ("long " * 400, "Each may have 40 letters. Part them by commas."),
    ],
)
def test_too_much_is_refused_before_it_is_looked_for(
    dana, typed, said, django_assert_max_num_queries
):
    sent = {"name": "Dana", "kind": "buyer", "typed.tags": typed}
    form = DetailsForm({**sent, "seen": DetailsForm(lead=dana).seen_now}, lead=dana)
    with django_assert_max_num_queries(10):
        assert form.errors["tags"] == [said]
    with django_assert_max_num_queries(35):
        drawn = str(form["tags"])
    assert f'value="{typed.strip()}"' in drawn
    assert drawn.count("New: ") <= 30
