from __future__ import annotations

import pytest
from django.urls import reverse

from crm.audit.undo import undo
from crm.models import Operation
from leads.models import BuyerProfile, Campaign, CustomField, Lead, LeadTag, Source, Stage, Tag
from leads.people import services
from leads.people.names import counts
from leads.people.names.kinds import KINDS
from tests.leads.factories import a_lead
from tests.leads.people.test_page import HTMX, text_of

pytestmark = pytest.mark.django_db


def at(name, slug, *more):
    return reverse(f"names:{name}", args=[slug, *more])


def order(model):
    return list(model.objects.order_by("order", "id").values_list("name", flat=True))


def last_operation():
    return Operation.objects.latest("at").id


@pytest.mark.parametrize("slug", sorted(KINDS))
def test_a_list_opens_with_and_without_rows(signed_in, slug):
    Lead.objects.all().delete()
    full = signed_in.get(reverse(f"names:{slug}"))
    assert KINDS[slug].title in text_of(full)
    if slug != "stages":
        KINDS[slug].rows().delete()
        assert f"No {KINDS[slug].one} yet" in text_of(signed_in.get(reverse(f"names:{slug}")))


def test_a_list_costs_the_same_with_thirty(signed_in, django_assert_max_num_queries):
    url = reverse("names:tags")
    with django_assert_max_num_queries(15) as few:
        signed_in.get(url)
    for n in range(30):
        services.change_lead(lead=a_lead(f"L{n}"), values={"tags": [f"tag {n}", "all"]})
    with django_assert_max_num_queries(15) as many:
        said = text_of(signed_in.get(url))
    assert len(many) == len(few)
    assert "30 people" in said


def test_a_stage_is_added_renamed_and_counted(signed_in):
    signed_in.post(
        at("add", "stages"), {"name": "Viewing", "kind": "showing", "likely_percent": 40}
    )
    stage = Stage.objects.get(name="Viewing")
    assert (stage.kind, stage.likely_percent, order(Stage)[-1]) == ("showing", 40, "Viewing")
    signed_in.post(at("change", "stages", stage.pk), {"name": "Tour", "likely_percent": 45})
    stage.refresh_from_db()
    assert (stage.name, stage.likely_percent, stage.kind) == ("Tour", 45, "showing")
    services.move_stage(lead=a_lead(), to=stage)
    assert "Tour Showing, 45% likely 1 person" in text_of(signed_in.get(reverse("names:stages")))


@pytest.mark.parametrize(
    ("to", "moved"),
    [
        ("up", ["Contacted", "New", "Qualified"]),
        ("down", ["New", "Qualified", "Contacted"]),
        ("0", ["Contacted", "New", "Qualified"]),
        ("99999", ["New", "Qualified", "Showing"]),
    ],
)
def test_a_stage_is_moved(signed_in, to, moved):
    stage = Stage.objects.get(name="Contacted")
    answer = signed_in.post(at("move", "stages", stage.pk), {"to": to}, **HTMX)
    assert order(Stage)[:3] == moved
    assert 'id="names"' in answer.content.decode()
    undo(last_operation())
    assert order(Stage)[:3] == ["New", "Contacted", "Qualified"]


@pytest.mark.parametrize("to", ["nowhere", "1"])
def test_a_stage_that_stands_there_already_is_not_moved(signed_in, to):
    stage = Stage.objects.get(name="Contacted")
    page = signed_in.post(at("move", "stages", stage.pk), {"to": to}, follow=True)
    (said,) = page.context["messages"]
    assert (str(said), said.extra_tags) == ("Contacted stands there already", "")
    assert order(Stage)[:3] == ["New", "Contacted", "Qualified"]
    assert not Operation.objects.exists()


def test_a_field_that_is_retired_already_offers_no_undo(signed_in):
    field = CustomField.objects.create(name="Visa", kind="text", retired=True)
    page = signed_in.post(at("retire", "fields", field.pk), {"wanted": "yes"}, follow=True)
    (said,) = page.context["messages"]
    assert (str(said), said.extra_tags) == ("Visa is retired", "")
    assert not Operation.objects.exists()


def test_a_stage_in_use_stays(signed_in):
    extra = Stage.objects.create(name="Viewing", kind="showing", order=20)
    lead = a_lead()
    services.move_stage(lead=lead, to=extra)
    assert "Move them first." in text_of(signed_in.get(at("remove", "stages", extra.pk)))
    signed_in.post(at("remove", "stages", extra.pk))
    assert Stage.objects.filter(pk=extra.pk).exists()
    services.move_stage(lead=lead, to=Stage.objects.first_of("new"))
    signed_in.post(at("remove", "stages", extra.pk))
    assert not Stage.objects.filter(pk=extra.pk).exists()


def test_the_only_stage_of_its_kind_stays(signed_in):
    only = Stage.objects.first_of("offer")
    said = text_of(signed_in.get(at("remove", "stages", only.pk)))
    assert "It is the only one of its kind: Offer." in said


@pytest.mark.parametrize(
    ("slug", "values", "sentence"),
    [
        (
            "stages",
            {"name": "new", "kind": "new", "likely_percent": 1},
            "There is one of that name",
        ),
        (
            "stages",
            {"name": "X", "kind": "new", "likely_percent": 101},
            "less than or equal to",
        ),
        ("profiles", {"name": "\u200b"}, "Type a name."),
        ("profiles", {"name": "x" * 61}, "at most 60 characters"),
        ("tags", {"name": "a, b"}, "Tags are parted by commas"),
        ("fields", {"name": "Visa", "kind": "choice", "choices": " \n "}, "Type what there is"),
        ("fields", {"name": "Visa", "kind": "magic"}, "magic is not one of"),
        ("campaigns", {"name": "X", "source": "999"}, "Select a valid choice"),
    ],
)
def test_a_name_that_will_not_do_is_told_so(signed_in, slug, values, sentence):
    count = KINDS[slug].rows().count()
    assert sentence in text_of(signed_in.post(at("add", slug), values))
    assert KINDS[slug].rows().count() == count


def test_two_sources_may_have_a_campaign_of_one_name(signed_in):
    one, other = Source.objects.all()[:2]
    for source in (one, other, other):
        signed_in.post(at("add", "campaigns"), {"name": "June", "source": source.pk})
    assert Campaign.objects.count() == 2
    assert "It has campaigns." in text_of(signed_in.get(at("remove", "sources", one.pk)))


def test_a_tag_is_merged_and_parted_again(signed_in):
    ana, ben = a_lead("Ana"), a_lead("Ben")
    services.change_lead(lead=ana, values={"tags": ["VIP"]})
    services.change_lead(lead=ben, values={"tags": ["VIP", "vip guest"]})
    vip, guest = Tag.objects.get(name="VIP"), Tag.objects.get(name="vip guest")
    signed_in.post(at("merge", "tags", guest.pk), {"into": vip.pk})
    assert list(LeadTag.objects.values_list("tag__name", flat=True)) == ["VIP", "VIP"]
    undo(last_operation())
    assert sorted(ben.tags.values_list("name", flat=True)) == ["VIP", "vip guest"]


def test_a_tag_is_not_merged_into_itself(signed_in):
    tag = Tag.objects.create(name="VIP")
    signed_in.post(at("merge", "tags", tag.pk), {"into": tag.pk})
    assert Tag.objects.filter(pk=tag.pk).exists()
    assert signed_in.get(at("merge", "stages", 1)).status_code == 404


def test_a_removed_tag_comes_back_with_its_people(signed_in):
    lead = a_lead()
    services.change_lead(lead=lead, values={"tags": ["VIP"]})
    tag = Tag.objects.get()
    asked = text_of(signed_in.get(at("remove", "tags", tag.pk)))
    assert "1 person has it, and lose it." in asked.replace("loses", "lose")
    signed_in.post(at("remove", "tags", tag.pk))
    assert not LeadTag.objects.exists()
    undo(last_operation())
    assert list(lead.tags.all()) == [tag]


def test_a_removed_profile_leaves_its_people(signed_in):
    profile = BuyerProfile.objects.first()
    lead = a_lead(profile=profile)
    signed_in.post(at("remove", "profiles", profile.pk))
    assert Lead.objects.get(id=lead.id).profile is None
    undo(last_operation())
    assert Lead.objects.get(id=lead.id).profile == profile


def test_a_field_is_made_changed_and_retired(signed_in):
    values = {"name": "Visa", "kind": "choice", "choices": "SRRV\nNone\nSRRV"}
    signed_in.post(at("add", "fields"), values)
    field = CustomField.objects.get()
    assert (field.choices, field.private) == (["SRRV", "None"], False)
    signed_in.post(at("change", "fields", field.pk), {"name": "Visa", "choices": "SRRV\n13A"})
    field.refresh_from_db()
    assert (field.choices, field.kind) == (["SRRV", "13A"], "choice")
    lead = a_lead()
    page = reverse("people:lead", args=[lead.id])
    assert "<dt>Visa</dt>" in signed_in.get(page).content.decode()
    signed_in.post(at("retire", "fields", field.pk), {"wanted": "yes"})
    assert "<dt>Visa</dt>" not in signed_in.get(page).content.decode()
    signed_in.post(at("retire", "fields", field.pk), {"wanted": "no"})
    assert not CustomField.objects.get().retired


def test_a_choice_that_was_taken_off_stays_where_it_was_chosen(signed_in):
    field = CustomField.objects.create(name="Visa", kind="choice", choices=["SRRV", "Old"])
    lead = a_lead()
    services.set_custom(lead=lead, values={field.id: "Old"})
    signed_in.post(at("change", "fields", field.pk), {"name": "Visa", "choices": "SRRV"})
    page = signed_in.get(reverse("people:custom", args=[lead.id]))
    assert page.context["form"][f"custom_{field.id}"].value() == "Old"
    assert '<option value="Old" selected>' in page.content.decode()


def test_a_private_field_can_only_be_retired(signed_in):
    field = CustomField.objects.create(name="Passport", kind="text", private=True)
    assert "Retire it instead." in text_of(signed_in.get(at("remove", "fields", field.pk)))


def test_a_list_that_is_none_is_not_found(signed_in):
    assert signed_in.get(at("add", "spells")).status_code == 404
    assert signed_in.post(at("move", "tags", 1)).status_code == 404


def test_where_many_use_a_name_counting_ends(signed_in, monkeypatch):
    for n in range(3):
        services.change_lead(lead=a_lead(f"L{n}"), values={"tags": ["all"]})
    monkeypatch.setattr(counts, "ENDS", (2,))
    assert "2+ people" in text_of(signed_in.get(reverse("names:tags")))
    tag = Tag.objects.get(name="all")
    asked = signed_in.get(reverse("names:remove", args=["tags", tag.pk]))
    assert "2+ people have it, and lose it." in text_of(asked)
