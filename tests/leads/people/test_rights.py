from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from crm.keep import persons
from crm.keep.registry import categories, holdings
from crm.keep.together import fetched
from crm.models import DataKey, Erasure, SecurityEvent, Trail
from crm.vault.blind import BlindField
from crm.vault.fields import as_stored
from leads.models import (
    Consent,
    ContactPoint,
    CustomValue,
    Deal,
    Duplicate,
    FollowUp,
    Household,
    Interaction,
    Lead,
    LeadTag,
    PutOff,
    Score,
    Stage,
    StageChange,
)
from leads.people import services
from leads.people.rights import services as rights
from leads.roi.services import add_deal
from tests.leads.factories import a_follow_up, a_lead, a_note, a_talk
from tests.leads.people.making import dana
from tests.leads.people.test_page import text_of

pytestmark = pytest.mark.django_db
SECRETS = ("Dana", "Whitfield", "512 555", "dana@example.com", "roof deck", "P123", "cat")


def at(name, lead):
    return reverse(f"rights:{name}", args=[lead.id])


def dana_with_all():
    lead = dana()
    a_note(lead, "Loves the roof deck.")
    a_talk(lead, "call", subject="Re: Dana")
    a_follow_up(lead, title="Call Dana back")
    services.move_stage(lead=lead, to=Stage.objects.first_of("offer"), why="Dana's bank agreed")
    return lead


def test_all_that_is_held_is_shown_and_kept_in_mind(signed_in):
    lead = dana_with_all()
    said = text_of(signed_in.get(at("held", lead)))
    for words in (
        "Dana Whitfield", "+1 512-555-0142", "dana@example.com", "Loves the roof deck.", "P123",
        "SRRV", "Call Dana back", "Marco Abella", "bank agreed", "Townhouse, House", "9,850,000.00",
        "Refused",
    ):  # fmt: skip
        assert words in said
    event = SecurityEvent.objects.filter(kind="export").latest("id")
    assert (event.subject, event.detail["rows"] > 10) == (lead.id, True)


def test_the_same_is_handed_out_as_a_file(signed_in):
    lead = dana_with_all()
    answer = signed_in.get(at("download", lead))
    held = json.loads(answer.content)["held"]
    assert held["lead"][0]["Name"] == "Dana Whitfield"
    assert {row["Phone"] for row in held["contact_points"] if "Phone" in row} == {"+1 512-555-0142"}
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "Dana" not in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("name", ["held", "download", "erase"])
def test_rights_ask_for_a_recent_sign_in(signed_in_an_hour_ago, name):
    answer = signed_in_an_hour_ago.get(at(name, a_lead()))
    assert answer.url.startswith(reverse("sign_in_again"))


def test_an_erasure_is_asked_shown_and_done(signed_in):
    lead = dana_with_all()
    asked = text_of(signed_in.get(at("erase", lead)))
    assert "Ways to reach them 2" in asked
    assert "Tick this first" in text_of(signed_in.post(at("erase", lead), {}))
    receipt = text_of(signed_in.post(at("erase", lead), {"sure": "on"}))
    assert str(lead.id) in receipt
    assert "Dana" not in receipt
    page = signed_in.get(reverse("people:lead", args=[lead.id]))
    assert (page.status_code, "This person was erased" in text_of(page)) == (410, True)
    again = signed_in.post(at("erase", lead), {"sure": "on"})
    assert again.url == reverse("people:lead", args=[lead.id])


def test_an_erased_lead_names_nobody_and_keeps_the_sums():
    lead = dana_with_all()
    rights.erase(lead=lead)

    lead = Lead.objects.get(id=lead.id)
    assert (lead.state, lead.name, lead.about, lead.private) == ("erased", "Erased person", "", {})
    assert (lead.given_name, lead.zone, lead.household, lead.must_have) == ("", "", None, [])
    for model in (ContactPoint, CustomValue, LeadTag, FollowUp):
        assert not model.objects.filter(lead=lead).exists()
    said = list(Interaction.objects.filter(lead=lead))
    assert {(each.subject, each.body, tuple(each.words or ())) for each in said} == {("", "", ())}
    assert len(said) == 2
    assert Deal.objects.filter(lead=lead).count() == 1
    assert not StageChange.objects.filter(lead=lead.id).exclude(why="").exists()
    assert not DataKey.objects.filter(subject_id=lead.id).exists()
    assert Erasure.objects.filter(subject_id=lead.id).count() == 1
    trail = json.dumps(list(Trail.objects.filter(subject=lead.id).values("before", "after")))
    assert [secret for secret in SECRETS if secret in trail] == []
    assert Household.objects.count() == 0  # Marco alone is none
    assert "hitfield" not in str(list(Trail.objects.filter(table_name="leads_household").values()))


def test_an_erasure_runs_again_without_harm():
    lead = dana_with_all()
    rights.erase(lead=lead)
    assert persons.replay() == 1
    assert Lead.objects.get(id=lead.id).name == "Erased person"


def test_who_was_merged_into_them_is_erased_as_well():
    kept, gone = a_lead("Dana Whitfield"), a_lead("D. Whitfield")
    Lead.objects.filter(id=gone.id).update(state="merged", merged_into=kept)
    rights.erase(lead=kept)
    gone.refresh_from_db()
    assert (gone.state, gone.name, gone.merged_into) == ("erased", "Erased person", None)
    assert Erasure.objects.filter(subject_id=gone.id).count() == 1
    trail = json.dumps(list(Trail.objects.filter(subject=gone.id).values("before", "after")))
    assert "Whitfield" not in trail


def category(name):
    return next(each for each in categories() if each.name == name)


def test_lost_people_are_let_go_as_the_owner_sets():
    long_ago = timezone.now() - dt.timedelta(days=400)
    old, dealt, heard, fresh = (a_lead(name, stage="lost") for name in "ABCD")
    Lead.objects.exclude(id=fresh.id).update(stage_since=long_ago)
    add_deal(lead=dealt, amount=Decimal(1), commission_percent=Decimal(0))
    a_talk(heard, days_ago=3)
    lost = category("lost_leads")
    moment = timezone.now() - dt.timedelta(days=365)
    assert (lost.default_days, lost.count(moment)) == (None, 1)
    assert lost.prune(moment) == 1
    assert list(Lead.objects.filter(state="erased")) == [old]


def test_web_visits_are_forgotten_after_ninety_days():
    lead = a_lead()
    a_talk(lead, "visit", direction="", days_ago=91)
    recent = a_talk(lead, "visit", direction="", days_ago=89)
    call = a_talk(lead, days_ago=200)
    activity = category("activity")
    moment = timezone.now() - dt.timedelta(days=activity.default_days)
    assert (activity.count(moment), activity.prune(moment)) == (1, 1)
    assert set(Interaction.objects.all()) == {recent, call}


def _as_held(row):
    """Each column as the row has it, sealed ones as they lie there, and what it points to."""
    with as_stored():
        columns = {
            field.name: getattr(row, field.attname)
            for field in row._meta.concrete_fields
            if not isinstance(field, BlindField)
        }
    near = {
        name: getattr(row, name).pk
        for name in row._state.fields_cache
        if getattr(row, name) is not None
    }
    return columns, near


def test_rows_that_come_together_are_what_each_query_would_give():
    lead = dana_with_all()
    asked = [rows for holding in holdings() for rows in holding.find(lead.id)]
    asked.append(Lead.objects.none())
    alone = [[_as_held(row) for row in rows] for rows in asked]
    for one, other in zip(fetched(asked), alone, strict=True):
        assert [_as_held(row) for row in one] == other
    filled = {rows.model for rows, found in zip(asked, alone, strict=True) if found}
    assert {Lead, ContactPoint, Consent, LeadTag, Interaction, FollowUp, StageChange} <= filled
    assert fetched([]) == []


def test_what_is_held_is_asked_in_few_statements(signed_in):
    lead = dana_with_all()
    for page in ("held", "erase"):
        signed_in.get(at(page, lead))
        with CaptureQueriesContext(connection) as asked:
            assert signed_in.get(at(page, lead)).status_code == 200
        # A test runs within a transaction: a page's own are savepoints there.
        told = [each["sql"] for each in asked if "SAVEPOINT" not in each["sql"]]
        assert len(told) <= 15, "\n".join(told)


def test_reasons_are_told_in_words_and_not_by_the_names_of_rules(signed_in):
    lead, other = dana_with_all(), a_lead("Dana W.")
    reasons = [["stage", 14, "offer"], ["recent", 8, 1], ["silence", -6, 21], ["budget", 4, ""]]
    Score.objects.create(lead=lead.id, score=50, reasons=reasons)
    one, two = sorted([lead, other], key=lambda each: each.id)
    evidence = ["same_phone", "like_name"]
    Duplicate.objects.create(one=one, other=two, confidence=80, evidence=evidence)
    PutOff.objects.create(lead=lead, rule="quiet", until=timezone.now())
    said = text_of(signed_in.get(at("held", lead)))
    words = (
        "Stage: Offer +14, In touch within a day +8, Silent for 3 weeks \N{MINUS SIGN}6, "
        "Budget known +4"
    )
    assert words in said
    assert "same phone, similar name" in said
    held = json.loads(signed_in.get(at("download", lead)).content)["held"]
    assert held["scores"][-1]["Reasons"] == words.split(", ")
    assert held["duplicates"][0]["Evidence"] == ["same phone", "similar name"]
    assert held["put_off"][0]["Reason"] == "Hot and gone quiet"
    rights.erase(lead=lead)
    gone = (Score.objects.filter(lead=lead.id), Duplicate.objects.all(), PutOff.objects.all())
    assert not any(rows.exists() for rows in gone)


def test_planned_things_are_told_as_the_rest(signed_in):
    lead = a_lead()
    a_follow_up(lead, dt.datetime(2027, 1, 5, 1, tzinfo=dt.UTC), title="Call back")
    said = text_of(signed_in.get(at("held", lead)))
    assert "What Call Title Call back Due 5 January 2027, 9:00 State Open" in said
