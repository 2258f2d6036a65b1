from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from crm.audit.services import operation
from crm.audit.undo import undo
from crm.models import Event, Operation, SecurityEvent
from leads.models import (
    Consent,
    ContactPoint,
    CustomField,
    CustomValue,
    Household,
    Lead,
    Relationship,
    Stage,
    StageChange,
    Tag,
)
from leads.people import queries, services
from leads.people.forms.parts import WantsForm
from properties.models import Area
from tests.leads.factories import a_lead, a_phone, an_email

pytestmark = pytest.mark.django_db


def events_of(lead):
    found = Event.objects.filter(subject=lead.id).order_by("number")
    return [(event.kind, event.data) for event in found]


def tags_of(lead):
    return sorted(lead.tags.values_list("name", flat=True))


def test_a_lead_is_added_with_all_its_parts():
    lahug = Area.objects.create(name="Lahug", city="Cebu City")
    arrived = timezone.now() - dt.timedelta(days=3)
    lead = services.add_lead(
        name=" Dana  Whitfield ",
        kind="both",
        phones=["+63 917 555 0142", "+63 918 555 0100"],
        emails=["dana@example.com"],
        arrived_at=arrived,
        budget_max=Decimal(12_000_000),
        tags=["VIP", "vip ", "Relocating"],
        areas=[lahug],
    )

    lead = Lead.objects.get(id=lead.id)
    assert (lead.name, lead.given_name, lead.family_name) == ("Dana Whitfield", "Dana", "Whitfield")
    assert (lead.kind, lead.stage.kind, lead.arrived_at) == ("both", "new", arrived)
    assert tags_of(lead) == ["Relocating", "VIP"]
    assert list(lead.areas.all()) == [lahug]
    points = lead.contact_points.order_by("id")
    assert [(point.kind, point.value, point.is_primary) for point in points] == [
        ("phone", "+63 917 555 0142", True),
        ("phone", "+63 918 555 0100", False),
        ("email", "dana@example.com", True),
    ]
    assert events_of(lead) == [("lead.added", {"kind": "both", "source": None})]


def test_the_same_phone_is_added_once_and_may_be_shared():
    one = services.add_lead(name="Ana", phones=["+63 917 555 0142", "+63 917 555 0142"])
    other = services.add_lead(name="Ben", phones=["+63 917 555 0142"])
    assert (one.contact_points.count(), other.contact_points.count()) == (1, 1)


def test_a_lead_that_was_added_can_be_taken_back():
    with operation("Add a lead") as id:
        lead = services.add_lead(name="Ana", phones=["+63 917 555 0142"], tags=["VIP"])
    undo(id)
    assert not Lead.objects.filter(id=lead.id).exists()
    assert not ContactPoint.objects.exists()


def test_a_change_writes_what_differs_and_says_which():
    lead = a_lead("Dana Whitfield", given_name="Dana", family_name="Whitfield")
    stale = Lead.objects.get(id=lead.id)
    Lead.objects.filter(id=lead.id).update(language="Tagalog")

    id = services.change_lead(
        lead=stale, values={"name": "Dana Abella", "kind": "buyer", "tags": ["Hot"]}
    )

    lead.refresh_from_db()
    assert (lead.name, lead.family_name, lead.language) == ("Dana Abella", "Abella", "Tagalog")
    fields = ["family_name", "name", "tags"]
    assert events_of(lead) == [("lead.changed", {"fields": fields})]
    undo(id)
    lead.refresh_from_db()
    assert (lead.name, lead.family_name, tags_of(lead)) == ("Dana Whitfield", "Whitfield", [])


def test_a_change_of_nothing_leaves_no_trace():
    lead = a_lead(language="English")
    before = Operation.objects.count()
    assert services.change_lead(lead=lead, values={"language": "English", "tags": []}) is None
    assert Operation.objects.count() == before
    assert events_of(lead) == []


def test_parts_of_a_name_that_were_corrected_stay():
    lead = a_lead("Maria Clara", given_name="Maria Clara", family_name="")
    services.change_lead(lead=lead, values={"name": "Maria Clara S."})
    assert lead.given_name == "Maria Clara"


def test_a_stage_is_moved_with_its_reason():
    lead = a_lead()
    lost = Stage.objects.first_of("lost")
    id = services.move_stage(lead=lead, to=lost, why="Bought in Davao", lost_reason="elsewhere")

    lead.refresh_from_db()
    assert (lead.stage, lead.lost_reason) == (lost, "elsewhere")
    change = StageChange.objects.filter(lead=lead.id).latest("id")
    assert (change.to_stage, change.why, change.operation) == (lost.id, "Bought in Davao", id)
    kind, data = events_of(lead)[0]
    assert (kind, data["kind"]) == ("lead.moved", "lost")

    services.move_stage(lead=lead, to=Stage.objects.first_of("new"), lost_reason="elsewhere")
    assert Lead.objects.get(id=lead.id).lost_reason == ""
    assert StageChange.objects.filter(lead=lead.id).latest("id").why == ""


def test_a_move_to_where_one_stands_is_no_move():
    lead = a_lead()
    services.move_stage(lead=lead, to=lead.stage)
    assert events_of(lead) == []
    assert StageChange.objects.filter(lead=lead.id).count() == 1


def test_an_archived_lead_comes_back_by_undo():
    lead = a_lead()
    id = services.archive(leads=[lead])
    assert Lead.objects.get(id=lead.id).state == "archived"
    undo(id)
    assert Lead.objects.get(id=lead.id).state == "present"
    assert [kind for kind, _ in events_of(lead)] == ["lead.archived"]


def test_many_are_archived_as_one_event():
    leads = [a_lead("Ana"), a_lead("Ben")]
    id = services.archive(leads=leads)
    event = Event.objects.get(subject=id)
    assert (event.kind, event.data, event.operation) == ("leads.archived", {"count": 2}, id)
    services.bring_back(leads=leads)
    assert Lead.objects.present().count() == 2


def test_a_contact_point_is_changed_and_made_primary():
    lead = a_lead()
    first = a_phone(lead, is_primary=True)
    second, _ = services.add_point(
        lead=lead, kind="phone", value="+63 918 555 0100", label="Work", network="viber"
    )
    services.change_point(point=second, values={"value": "+63 918 555 0199", "is_primary": True})

    second.refresh_from_db()
    assert (second.value, second.is_primary) == ("+63 918 555 0199", True)
    assert ContactPoint.objects.with_phone("0918 555 0199").get() == second
    assert not ContactPoint.objects.get(id=first.id).is_primary


def test_the_next_becomes_primary_when_the_first_goes():
    lead = a_lead()
    first, second = a_phone(lead, is_primary=True), a_phone(lead, "+63 918 555 0100")
    id = services.remove_point(point=first)
    assert ContactPoint.objects.get(id=second.id).is_primary
    undo(id)
    assert ContactPoint.objects.get(id=first.id).is_primary
    assert not ContactPoint.objects.get(id=second.id).is_primary


def test_a_reveal_is_kept(rf):
    lead = a_lead()
    point = a_phone(lead)
    request = rf.post("/")
    assert services.reveal(point=point, request=request) == "+63 917 555 0142"
    event = SecurityEvent.objects.latest("id")
    assert (event.kind, event.subject) == ("reveal", lead.id)
    assert event.detail["point"] == str(point.id)
    assert "917" not in str(event.detail)


def test_a_consent_is_given_refused_and_forgotten():
    lead = a_lead()
    services.set_consent(lead=lead, channel="text", state="given", how="On the phone")
    services.set_consent(lead=lead, channel="text", state="refused", how="By mail")
    consent = Consent.objects.get(lead=lead)
    assert (consent.state, consent.how) == ("refused", "By mail")
    assert not queries.reachable(lead).allows("text")
    services.set_consent(lead=lead, channel="text", state="")
    assert not Consent.objects.exists()
    assert queries.reachable(lead).allows("text")


def test_custom_values_stand_in_the_column_of_their_kind():
    lead = a_lead()
    kinds = ["text", "number", "date", "yes_no"]
    fields = {kind: CustomField.objects.create(name=kind, kind=kind) for kind in kinds}
    values = {
        "text": "Blue",
        "number": Decimal("3.5"),
        "date": dt.date(2026, 6, 2),
        "yes_no": False,
    }
    services.change_lead(
        lead=lead, values={"custom": {fields[kind].id: values[kind] for kind in kinds}}
    )
    held = {row.field.name: row.value for row in CustomValue.objects.select_related("field")}
    assert held == values
    services.set_custom(lead=lead, values={fields["text"].id: ""})
    assert CustomValue.objects.filter(field=fields["text"]).count() == 0


def test_a_private_custom_value_is_sealed_with_the_lead():
    lead = a_lead()
    field = CustomField.objects.create(name="Passport", kind="text", private=True)
    assert services.set_custom(lead=lead, values={field.id: "P123"}) == [field.id]
    assert services.set_custom(lead=lead, values={field.id: "P123"}) == []
    assert not CustomValue.objects.exists()
    assert Lead.objects.get(id=lead.id).private == {"fields": {str(field.id): "P123"}}


def test_a_household_takes_in_and_ends_with_its_last_couple():
    dana = a_lead("Dana Whitfield", family_name="Whitfield")
    marco = a_lead("Marco Abella", family_name="Abella")
    services.join_household(lead=dana, other=marco, relationship="spouse")
    dana, marco = Lead.objects.get(id=dana.id), Lead.objects.get(id=marco.id)
    assert dana.household == marco.household
    assert dana.household.name == "Whitfield and Abella"
    assert Relationship.objects.get().kind == "spouse"

    id = services.leave_household(lead=dana)
    assert not Household.objects.exists()
    assert Lead.objects.get(id=marco.id).household is None
    undo(id)
    assert Lead.objects.get(id=marco.id).household_id is not None


def test_a_relationship_is_told_once_from_both_sides():
    ana, ben = a_lead("Ana"), a_lead("Ben")
    services.relate(lead=ana, other=ben, kind="parent")
    services.relate(lead=ben, other=ana, kind="child")
    assert Relationship.objects.count() == 1
    services.unrelate(relationship=Relationship.objects.get())
    assert not Relationship.objects.exists()


def test_reach_prefers_the_address_that_did_not_bounce():
    lead = a_lead()
    an_email(lead, "old@example.com", is_primary=True, bounced_at=timezone.now())
    good = an_email(lead, "new@example.com")
    a_phone(lead, is_primary=True, label="Mobile", network="whatsapp")
    reach = queries.reachable(lead)
    assert reach.email.id == good.id
    assert (reach.phone.text, reach.phone.named) == ("+63 917 ••• ••42", "Mobile, WhatsApp")


def test_reach_costs_the_same_for_thirty(django_assert_num_queries):
    leads = [a_lead(f"Lead {n}") for n in range(30)]
    for lead in leads:
        a_phone(lead)
    with django_assert_num_queries(2):
        found = queries.reach_of(leads)
    assert len(found) == 30


def test_a_tag_keeps_to_its_length():
    lead = a_lead()
    services.change_lead(lead=lead, values={"tags": ["x" * 200, " "]})
    assert [len(tag.name) for tag in Tag.objects.all()] == [40]


def test_whoever_moves_to_another_household_leaves_nobody_alone():
    dana, marco, grace = (a_lead(name) for name in ("Dana", "Marco", "Grace"))
    services.join_household(lead=dana, other=marco)
    stale = Lead.objects.get(id=marco.id)
    services.join_household(lead=dana, other=grace)
    homes = dict(Lead.objects.values_list("id", "household"))
    assert homes[dana.id] == homes[grace.id] is not None
    # In the home that stood already, all three.
    assert homes[marco.id] == homes[dana.id]
    services.leave_household(lead=dana)
    services.leave_household(lead=grace)
    assert Lead.objects.get(id=marco.id).household is None
    services.join_household(lead=grace, other=stale)
    assert Lead.objects.get(id=grace.id).household.members.count() == 2


def test_a_tag_of_other_letters_that_the_database_takes_for_one_is_that_one():
    dana = a_lead("Dana")
    services.change_lead(lead=dana, values={"tags": ["I"]})
    for spelled in ("i", "\u0130", "\u0131", "ß", "SS", "\u017f"):
        services.change_lead(lead=dana, values={"tags": [spelled]})
        assert dana.tags.count() == 1


def test_an_area_of_theirs_stays_theirs_where_another_town_has_one_of_its_name():
    Area.objects.create(name="Poblacion", city="Davao City")
    mine = Area.objects.create(name="Poblacion", city="Makati")
    lead = a_lead("Dana")
    services.change_lead(lead=lead, values={"areas": [mine]})
    typed = {"typed.areas": "Lahug, poblacion", "areas": [str(mine.pk)]}
    sent = {"currency": "PHP", **typed, "seen": WantsForm(lead=lead).seen_now}
    form = WantsForm(sent, lead=lead)
    assert form.is_valid(), form.errors
    services.change_lead(lead=lead, values=form.values())
    assert {str(area) for area in lead.areas.all()} == {"Poblacion, Makati", "Lahug"}
