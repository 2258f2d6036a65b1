from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.models import SecurityEvent
from leads.models import Consent, ContactPoint, Deal, Lead, Stage, StageChange
from leads.people import services
from tests.leads.factories import a_lead, a_phone, a_talk, an_email
from tests.leads.people.making import dana

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}
DIALOG = {**HTMX, "HTTP_HX_TARGET": "ask"}


def at(name, lead, *more):
    return reverse(f"people:{name}", args=[lead.id, *more])


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def toasts(response):
    return [str(message) for message in response.context["messages"]]


def test_the_page_tells_who_they_are(signed_in):
    lead = dana()
    a_talk(lead, days_ago=1)
    said = text_of(signed_in.get(at("lead", lead)))
    for words in (
        "Dana Whitfield", "with Marco Abella", "Chicago to Cebu City", "Moving within 3 months",
        "Last spoke yesterday", "₱8–12M", "House, 3+ bedrooms", "Banilad, Busay, Lahug",
        "Facebook ads, Cebu townhouses", "29 February", "Aileen Santos", "SRRV", "₱9.85M",
        "Calls given", "Texts refused",
    ):  # fmt: skip
        assert words in said.replace("Townhouse or house", "House")


def test_no_number_or_address_is_in_the_page(signed_in):
    lead = dana()
    page = signed_in.get(at("lead", lead)).content.decode()
    for secret in ("555-0142", "5550142", "555 0142", "dana@", "example.com"):
        assert secret not in page
    assert "+1 512 ••• ••42" in page
    assert "d••••@••••.com" in page


def test_the_page_costs_the_same_with_thirty_of_everything(
    signed_in, django_assert_max_num_queries
):
    lead = dana()
    with django_assert_max_num_queries(15) as few:
        signed_in.get(at("lead", lead))
    for n in range(30):
        a_phone(lead, f"+63 917 555 {n:04}")
        services.relate(lead=lead, other=a_lead(f"Friend {n}"), kind="friend")
        services.change_lead(lead=lead, values={"tags": [f"t{m}" for m in range(n)]})
    with django_assert_max_num_queries(15) as many:
        signed_in.get(at("lead", lead))
    assert len(many) <= len(few)


def test_a_merged_lead_leads_to_the_one_who_was_kept(signed_in):
    kept, gone = a_lead("Dana"), a_lead("D.")
    Lead.objects.filter(id=gone.id).update(state="merged", merged_into=kept)
    assert signed_in.get(at("lead", gone)).url == at("lead", kept)


def test_a_lead_with_nothing_but_a_name_has_a_page(signed_in):
    lead = services.add_lead(name="Madonna")
    said = text_of(signed_in.get(at("lead", lead)))
    assert "No phone or e-mail yet" in said
    assert "No deal yet" in said


# Edited in place


def posted(client, lead, part, page, **values):
    """As the form of that page would send it, with these values typed into it."""
    form = page.context["form"]
    data = {name: form[name].value() for name in form.fields}
    data = {name: value for name, value in data.items() if value not in (None, False)}
    sent = {**data, "seen": form.seen_now, **values}
    for name, value in sent.items():
        if name not in values and hasattr(form.fields.get(name), "prepare_value"):
            sent[name] = form.fields[name].prepare_value(value)
    return client.post(at(part, lead), sent, **HTMX)


def test_a_part_is_edited_in_place(signed_in):
    lead = dana()
    form = signed_in.get(at("wants", lead), **HTMX)
    typed = {"areas": [], "typed.areas": "Lahug, IT Park"}
    answer = posted(signed_in, lead, "wants", form, budget_max="15M", **typed)
    lead.refresh_from_db()
    assert (lead.budget_min, lead.budget_max) == (Decimal(8_000_000), Decimal(15_000_000))
    assert sorted(area.name for area in lead.areas.all()) == ["IT Park", "Lahug"]
    assert "₱8–15M" in text_of(answer)
    assert "undo" in answer.headers["HX-Trigger"]


def test_a_part_is_edited_without_script(signed_in):
    lead = dana()
    page = signed_in.get(at("about", lead))
    answer = signed_in.post(
        at("about", lead), {"about": "New words", "seen": page.context["form"].seen_now}
    )
    assert answer.url == at("lead", lead)
    assert Lead.objects.get(id=lead.id).about == "New words"


def test_two_tabs_that_change_different_fields_both_win(signed_in):
    lead = dana()
    first, second = (signed_in.get(at("wants", lead), **HTMX) for _ in range(2))
    posted(signed_in, lead, "wants", first, bedrooms_min="4")
    posted(signed_in, lead, "wants", second, budget_max="15M")
    lead.refresh_from_db()
    assert (lead.bedrooms_min, lead.budget_max) == (4, Decimal(15_000_000))


def test_two_tabs_that_change_one_field_are_shown_each_other(signed_in):
    lead = dana()
    first, second = (signed_in.get(at("wants", lead), **HTMX) for _ in range(2))
    posted(signed_in, lead, "wants", first, bedrooms_min="4")
    refused = posted(signed_in, lead, "wants", second, bedrooms_min="5", budget_max="15M")
    said = text_of(refused)
    assert "Meanwhile set to “4” elsewhere. Save again to use yours." in said
    assert 'value="5"' in refused.content.decode()
    lead.refresh_from_db()
    assert (lead.bedrooms_min, lead.budget_max) == (4, Decimal(12_000_000))
    posted(signed_in, lead, "wants", refused, bedrooms_min="5", budget_max="15M")
    lead.refresh_from_db()
    assert (lead.bedrooms_min, lead.budget_max) == (5, Decimal(15_000_000))


@pytest.mark.parametrize(
    ("part", "values", "sentence"),
    [
        ("wants", {"budget_min": "20M"}, "This is less than where the budget starts."),
        ("wants", {"budget_max": "lots"}, "Type an amount, such as 8M or 8,000,000."),
        ("wants", {"budget_max": "9999999B"}, "That is more than can be kept."),
        ("details", {"name": "\u200b"}, "Type a name; one word is enough."),
        ("details", {"birthday_month": "4", "birthday_day": "31"}, "April has 30 days."),
        ("details", {"birthday_month": ""}, "A birthday has a day and a month."),
        ("details", {"zone": "Mars/Olympus"}, "Choose a zone from the list"),
        ("details", {"home_since": "2025-02-30"}, "Enter a valid date."),
        ("details", {"home_since": "0001-01-01"}, "Type a year between 1900 and 2200."),
        ("details", {"typed.tags": "x" * 41}, "Each may have 40 letters."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_kept(signed_in, part, values, sentence):
    lead = dana()
    form = signed_in.get(at(part, lead), **HTMX)
    answer = posted(signed_in, lead, part, form, **values)
    assert answer.status_code == 200
    assert sentence in text_of(answer)


def test_a_custom_field_is_edited(signed_in):
    lead = dana()
    form = signed_in.get(at("custom", lead), **HTMX)
    names = {field.label: name for name, field in form.context["form"].fields.items()}
    typed = {names["Visa"]: "None", names["Passport"]: "P999"}
    answer = posted(signed_in, lead, "custom", form, **typed)
    said = text_of(answer)
    assert "Visa None" in said
    assert "Passport P999" in said


# Stages


def test_a_click_moves_the_stage_and_says_so(signed_in):
    lead = a_lead()
    to = Stage.objects.first_of("qualified")
    page = signed_in.post(at("stage", lead), {"to": to.id}, follow=True)
    assert toasts(page) == ["Moved to Qualified"]
    assert Lead.objects.get(id=lead.id).stage == to


def test_a_move_to_reserved_asks_for_the_deal(signed_in):
    lead = a_lead()
    reserved = Stage.objects.first_of("reserved")
    page = signed_in.post(at("stage", lead), {"to": reserved.id}, follow=True)
    asked = reverse("roi:add", args=[lead.id]) + "?state=reserved"
    assert f'href="{asked}" data-asks data-asks-now' in page.content.decode()


def test_lost_asks_why(signed_in):
    lead = a_lead()
    lost = Stage.objects.first_of("lost")
    asked = signed_in.post(at("stage", lead), {"to": lost.id})
    assert asked.url == at("lost", lead) + f"?to={lost.id}"
    assert "Choose what came nearest." in text_of(signed_in.post(asked.url, {}))
    signed_in.post(asked.url, {"lost_reason": "budget", "why": "Rates rose"})
    lead.refresh_from_db()
    assert (lead.stage, lead.lost_reason) == (lost, "budget")
    assert StageChange.objects.filter(lead=lead.id).latest("id").why == "Rates rose"


@pytest.mark.parametrize("to", ["", "x", "999999", "٣", "1" * 30])
def test_a_stage_that_is_none_is_not_found(signed_in, to):
    assert signed_in.post(at("stage", a_lead()), {"to": to}).status_code == 404


# Reaching


def test_the_eye_reveals_and_is_kept(signed_in):
    lead = dana()
    point = lead.contact_points.get(kind="phone")
    answer = signed_in.post(at("reveal", lead, point.id), **HTMX)
    assert "+1 512-555-0142" in text_of(answer)
    event = SecurityEvent.objects.filter(kind="reveal").latest("id")
    assert (event.subject, event.detail["point"]) == (lead.id, str(point.id))
    masked = signed_in.get(at("way", lead, point.id), **HTMX)
    assert "555-0142" not in masked.content.decode()


def test_another_leads_point_is_not_found(signed_in):
    point = a_phone(a_lead("Ana"))
    other = a_lead("Ben")
    assert signed_in.post(at("reveal", other, point.id)).status_code == 404
    assert not SecurityEvent.objects.filter(kind="reveal").exists()


def test_call_reveals_logs_and_dials_in_one_step(signed_in):
    lead = dana()
    answer = signed_in.post(at("call", lead), **HTMX)
    assert '"address": "tel:+15125550142"' in answer.headers["HX-Trigger"]
    assert SecurityEvent.objects.filter(kind="reveal", subject=lead.id).count() == 1
    page = signed_in.post(at("call", lead))
    assert 'href="tel:+15125550142"' in page.content.decode()


def test_a_letter_begins_to_the_address(signed_in):
    answer = signed_in.post(at("mail", dana()), **HTMX)
    assert '"address": "mailto:dana@example.com"' in answer.headers["HX-Trigger"]


def test_who_asked_not_to_be_contacted_is_not_called(signed_in):
    lead = dana()
    signed_in.post(at("do_not_contact", lead), {"wanted": "yes"})
    answer = signed_in.post(at("call", lead), **HTMX)
    assert "asked not to be contacted" in answer.headers["HX-Trigger"]
    assert "tel:" not in answer.headers["HX-Trigger"]
    assert not SecurityEvent.objects.filter(kind="reveal").exists()
    assert "Do not contact." in text_of(signed_in.get(at("lead", lead)))


def test_who_has_no_phone_is_not_called(signed_in):
    page = signed_in.post(at("call", a_lead()), follow=True)
    assert toasts(page) == ["There is no phone number yet. Add one under Contact."]


def test_a_point_is_added_in_its_one_spelling(signed_in):
    lead = a_lead()
    values = {"kind": "phone", "value": "0917 555 0142", "label": "Work", "network": "viber"}
    answer = signed_in.post(at("add_point", lead), values, **DIALOG)
    assert answer.headers["HX-Redirect"] == at("lead", lead)
    point = ContactPoint.objects.get()
    assert (point.value, point.label, point.network) == ("+63 917 555 0142", "Work", "viber")
    refused = signed_in.post(at("add_point", lead), {**values, "value": "12"}, **DIALOG)
    assert "That number is too short" in text_of(refused)


def test_a_point_is_changed_without_being_seen(signed_in):
    lead = dana()
    point = lead.contact_points.get(kind="email")
    form = signed_in.get(at("change_point", lead, point.id), **DIALOG)
    assert "dana@" not in form.content.decode()
    signed_in.post(at("change_point", lead, point.id), {"label": "Old", "bounced": "on"}, **DIALOG)
    point = ContactPoint.objects.get(id=point.id)
    assert (point.value, point.label, point.bounced_at is None) == (
        "dana@example.com",
        "Old",
        False,
    )
    assert point.is_primary


def test_an_address_is_kept_in_its_lines(signed_in):
    lead = a_lead()
    signed_in.post(at("add_point", lead), {"kind": "address", "value": "12 Acacia Lane\r\nLahug"})
    assert ContactPoint.objects.get().value == "12 Acacia Lane\nLahug"


def test_a_consent_is_changed(signed_in):
    lead = a_lead()
    signed_in.post(at("consent", lead, "email"), {"state": "given", "how": "At the fair"})
    consent = Consent.objects.get()
    assert (consent.state, consent.how) == ("given", "At the fair")
    assert signed_in.get(at("consent", lead, "smoke")).status_code == 404


# Who belongs to whom


def test_a_household_is_joined_by_name(signed_in):
    lead, marco = a_lead("Dana Whitfield"), a_lead("Marco Abella")
    values = {"who": "marco", "kind": "spouse", "together": "on"}
    signed_in.post(at("relate", lead), values)
    marco.refresh_from_db()
    assert marco.household.members.count() == 2
    assert "with Marco Abella" in text_of(signed_in.get(at("lead", lead)))


def test_of_several_of_a_name_one_is_chosen(signed_in):
    lead = a_lead("Dana Whitfield")
    a_lead("José Cruz")
    second = a_lead("Jose Cruz Jr.")
    asked = signed_in.post(at("referred", lead), {"who": "jose"})
    assert "Choose who of these it is." in text_of(asked)
    signed_in.post(at("referred", lead), {"who": "jose", "other": str(second.id)})
    assert Lead.objects.get(id=lead.id).referred_by == second
    signed_in.post(at("referred", lead), {"nobody": "1"})
    assert Lead.objects.get(id=lead.id).referred_by is None


@pytest.mark.parametrize("other", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_nobody_is_related_to_nobody(signed_in, other):
    lead = a_lead("Dana")
    for who in ("", "Nobody Known", "Dana"):
        page = signed_in.post(
            at("relate", lead), {"who": who, "kind": "spouse", "other": other or str(lead.id)}
        )
        assert "Nobody of that name is here." in text_of(page)


# Archive and back


def test_two_tabs_keep_what_each_says_of_a_way_to_reach_them(signed_in):
    lead = a_lead()
    point = a_phone(lead, label="Home")
    url = at("change_point", lead, point.id)
    seen = signed_in.get(url).context["form"].seen_now
    signed_in.post(url, {"label": "Work", "is_primary": ""})
    signed_in.post(url, {"label": "Home", "bounced": "on", "seen": seen})
    point.refresh_from_db()
    assert (point.label, point.bounced_at is not None) == ("Work", True)


def test_a_consent_noted_elsewhere_meanwhile_is_said_before_it_is_changed(signed_in):
    lead = a_lead()
    url = at("consent", lead, "email")
    seen = signed_in.get(url).context["form"].seen_now
    services.set_consent(lead=lead, channel="email", state="refused", how="By letter")
    answer = signed_in.post(url, {"state": "given", "how": "At the fair", "seen": seen})
    assert "Meanwhile set to “No” elsewhere" in text_of(answer)
    assert lead.consents.get().state == "refused"
    again = answer.context["form"].seen_now
    signed_in.post(url, {"state": "given", "how": "At the fair", "seen": again})
    assert lead.consents.get().state == "given"


def test_an_archived_lead_says_so_and_comes_back(signed_in):
    lead = a_lead()
    page = signed_in.post(at("archive", lead), follow=True)
    assert "Archived. They stand in no list" in text_of(page)
    signed_in.post(at("bring_back", lead))
    assert Lead.objects.get(id=lead.id).is_present


# Deals


def test_a_deal_is_noted_with_the_owners_share(signed_in, owner):
    owner.preferences.commission_percent = Decimal("3.5")
    owner.preferences.save()
    lead = a_lead(budget_max=Decimal(10_000_000))
    url = reverse("roi:add", args=[lead.id])
    form = signed_in.get(url + "?state=closed").context["form"]
    assert (form["commission_percent"].value(), form["state"].value()) == (Decimal("3.5"), "closed")
    values = {"amount": "10M", "currency": "PHP", "commission_percent": "3.5", "state": "closed"}
    signed_in.post(url, values)
    deal = Deal.objects.get()
    assert (deal.amount, deal.commission) == (Decimal(10_000_000), Decimal(350_000))
    assert deal.closed_on == timezone.localdate(timezone=ZoneInfo("Asia/Manila"))


def test_a_deal_is_changed_and_its_sum_follows(signed_in):
    lead = dana()
    deal = lead.deals.get()
    url = reverse("roi:change", args=[lead.id, deal.id])
    form = signed_in.get(url).context["form"]
    data = {
        "amount": "10M", "currency": "PHP", "commission_percent": "3", "state": "reserved",
        "commission": "295,500", "listing": deal.listing.title, "seen": form.seen_now,
        "expected_on": "2026-08-01",
    }  # fmt: skip
    signed_in.post(url, data)
    deal.refresh_from_db()
    assert (deal.amount, deal.commission) == (Decimal(10_000_000), Decimal(300_000))
    assert (deal.state, deal.expected_on) == ("reserved", dt.date(2026, 8, 1))
    signed_in.post(reverse("roi:remove", args=[lead.id, deal.id]))
    assert not Deal.objects.exists()


@pytest.mark.parametrize("amount", ["", "0", "-5", "free"])
def test_a_deal_about_nothing_is_refused(signed_in, amount):
    lead = a_lead()
    values = {"amount": amount, "currency": "PHP", "commission_percent": "3", "state": "open"}
    page = signed_in.post(reverse("roi:add", args=[lead.id]), values)
    assert page.status_code == 200
    assert not Deal.objects.exists()


def test_a_mail_address_is_no_phone(signed_in):
    lead = a_lead()
    point = an_email(lead)
    answer = signed_in.post(at("call", lead), {"point": str(point.id)}, **HTMX)
    assert "There is no phone number" in answer.headers["HX-Trigger"]


def test_their_time_is_told_by_their_clock_and_not_by_the_owners(signed_in):
    lead = dana()
    there = ZoneInfo("America/Chicago")
    before = timezone.now().astimezone(there)
    said = text_of(signed_in.get(at("lead", lead)))
    after = timezone.now().astimezone(there)
    told = {f"{time:%a} {time.hour}:{time.minute:02} in Chicago" for time in (before, after)}
    assert any(words in said for words in told)


@pytest.mark.parametrize(
    ("kind", "direction", "words"),
    [("visit", "", "Looked online"), ("email", "in", "Last wrote"), ("meeting", "out", "Last met")],
)
def test_the_last_touch_is_called_what_it_was(signed_in, kind, direction, words):
    lead = dana()
    a_talk(lead, kind, direction=direction, days_ago=3)
    assert f"{words} 3 days ago" in text_of(signed_in.get(at("lead", lead)))
