"""The agenda, its forms, and the panel on a lead's page."""

from __future__ import annotations

import datetime as dt
import json
from zoneinfo import ZoneInfo

import pytest
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from crm.audit.undo import undo
from crm.models import Operation, SecurityEvent
from crm.vault.ids import uuid7
from leads.followups import pages, queries, services, sets
from leads.models import (
    Cadence,
    CalendarFeed,
    FollowUp,
    FollowUpRules,
    FollowUpTemplate,
    Reminder,
)
from leads.people import gathering
from tests.leads.factories import a_follow_up, a_lead, a_listing
from tests.leads.followups.weeks import make_week

pytestmark = pytest.mark.django_db
MANILA = ZoneInfo("Asia/Manila")
HTMX = {"HX-Request": "true"}


def tomorrow(hour=10, minute=0) -> dt.datetime:
    day = timezone.now().astimezone(MANILA).date() + dt.timedelta(days=1)
    return dt.datetime.combine(day, dt.time(hour, minute), MANILA)


def typed(**values):
    due = tomorrow()
    return {
        "kind": "call", "title": "Ask about the loan", "who": "", "day": due.date().isoformat(),
        "time": "10:00", "minutes": "", "repeats": "", "rule": "", "reminders": ["0", "60"],
        "priority": "2", "listing": "", "notes": "", **values,
    }  # fmt: skip


def path(name, follow_up=None):
    return reverse(f"followups:{name}", args=[follow_up.id] if follow_up else [])


def toast(answer):
    return json.loads(answer["HX-Trigger"])["toast"]


def test_a_notice_of_nobody_leads_to_its_day(signed_in):
    planned = services.plan(lead=None, title="Ask", due=tomorrow())
    answer = signed_in.get(path("one", planned))
    assert answer["Location"] == f"/agenda/?on={tomorrow().date()}"


def test_a_follow_up_is_planned_and_undone(signed_in):
    lead = a_lead()
    answer = signed_in.post(path("add"), typed(lead=str(lead.id)), headers=HTMX)
    planned = FollowUp.objects.get()
    assert (planned.lead, planned.due, planned.title) == (lead, tomorrow(), "Ask about the loan")
    assert json.loads(answer["HX-Trigger"])["follow-ups-changed"] == {}
    assert toast(answer)["text"].startswith("Planned: ")
    signed_in.post(toast(answer)["undo"])
    assert not FollowUp.objects.exists()


def test_a_second_click_plans_nothing_more(signed_in):
    shown = signed_in.get(path("add"))
    data = typed(id=str(shown.context["form"].initial["id"]))
    for _ in range(2):
        signed_in.post(path("add"), data)
    assert FollowUp.objects.count() == 1


def test_a_name_finds_its_person_whatever_its_case_and_accents(signed_in):
    lead = a_lead("Ramón Villareal")
    signed_in.post(path("add"), typed(who="ramon villareal"))
    assert FollowUp.objects.get().lead == lead


@pytest.mark.parametrize(
    ("given", "field", "says"),
    [
        ({"title": ""}, "title", "required"),
        ({"title": "x" * 301}, "title", "300"),
        ({"day": "2026-02-30"}, "day", "valid date"),
        ({"day": "9999-12-31"}, "day", "20 years"),
        ({"time": "25:00"}, "time", "valid time"),
        ({"who": "Nobody Here"}, "who", "Nobody is called Nobody Here"),
        ({"repeats": "own", "rule": ""}, "rule", "Write the rule"),
        ({"repeats": "own", "rule": "FREQ=SECONDLY"}, "rule", "Once a day is the most"),
        ({"repeats": "own", "rule": "each full moon"}, "rule", "no rule for repeating"),
        ({"minutes": "0"}, "minutes", "greater than or equal to 1"),
        ({"listing": "not-a-home"}, "listing", "No home is called so."),
        ({"reminders": ["13"]}, "reminders", "valid choice"),
        ({"kind": "<b>call</b>"}, "kind", "valid choice"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(signed_in, given, field, says):
    answer = signed_in.post(path("add"), typed(notes="Prefers calls after 17:00", **given))
    form = answer.context["form"]
    assert (answer.status_code, list(form.errors)) == (200, [field])
    assert says in str(form.errors[field])
    assert "Prefers calls after 17:00" in answer.content.decode()
    assert not FollowUp.objects.exists()


NAUGHTY = [
    "<script>alert(1)</script>",
    "\u202etest",
    "\u03a9\u2248\u00e7\u221a",
    "' OR 1=1 --",
    "\u793e\u6703\u79d1\u5b78\u9662",
    "{{7*7}}",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467",
    "a" * 300,
    "${jndi:x}",
    "../../etc/passwd",
]


@pytest.mark.parametrize("text", NAUGHTY)
def test_odd_words_are_kept_and_shown_as_words(signed_in, text):
    signed_in.post(path("add"), typed(title=text, notes=text))
    planned = FollowUp.objects.get()
    assert (planned.title, planned.notes) == (text, text)
    page = signed_in.get(path("agenda")).content.decode()
    assert "<script>alert" not in page


def test_without_a_time_it_is_for_the_whole_day(signed_in):
    signed_in.post(path("add"), typed(time=""))
    planned = FollowUp.objects.get()
    assert (planned.due_on, planned.reminders) == (tomorrow().date(), [-540])


def test_a_change_moves_renames_and_gives_it_to_somebody_else(signed_in):
    first, second = a_lead(), a_lead("Patricia Lim")
    planned = services.plan(lead=first, title="Ask", due=tomorrow())
    shown = signed_in.get(path("edit", planned)).context["form"].initial
    data = typed(title="Ask again", who=second.name, time="11:30", seen=shown["seen"])
    signed_in.post(path("edit", planned), data)
    planned = FollowUp.objects.get()
    assert (planned.title, planned.lead, planned.due) == ("Ask again", second, tomorrow(11, 30))


def test_a_second_tab_hears_what_changed_and_loses_nothing(signed_in):
    planned = services.plan(lead=None, title="Ask", due=tomorrow())
    seen = signed_in.get(path("edit", planned)).context["form"].initial["seen"]
    services.change(follow_up=planned, values={"title": "Ask the bank"})
    answer = signed_in.post(path("edit", planned), typed(title="Ask her", seen=seen))
    form = answer.context["form"]
    assert "now says: Ask the bank" in str(form.non_field_errors())
    assert "Ask her" in answer.content.decode()
    assert FollowUp.objects.get().title == "Ask the bank"
    signed_in.post(path("edit", planned), typed(title="Ask her", seen=form["seen"].value()))
    assert FollowUp.objects.get().title == "Ask her"


def test_a_form_that_the_browser_went_back_to_plans_another(signed_in):
    once = str(uuid7())
    for title in ("Ask about the loan", "Ask about the loan", "Ask about the deck"):
        signed_in.post(path("add"), typed(title=title, id=once))
    assert sorted(one.title for one in FollowUp.objects.all()) == [
        "Ask about the deck", "Ask about the loan",
    ]  # fmt: skip


def test_done_can_tell_how_long_it_took(signed_in):
    planned = services.plan(lead=None, title="Print", kind="task", due=tomorrow(), minutes=20)
    asked = signed_in.get(path("done", planned)).context["form"]
    assert (list(asked.fields), asked["actual_minutes"].value()) == (["actual_minutes"], 20)
    wrong = signed_in.post(path("done", planned), {"actual_minutes": "1441"}, headers=HTMX)
    assert list(wrong.context["form"].errors) == ["actual_minutes"]
    signed_in.post(path("done", planned), {"actual_minutes": "35"}, headers=HTMX)
    planned.refresh_from_db()
    assert (planned.state, planned.minutes, planned.actual_minutes) == ("done", 20, 35)


def test_done_says_when_it_comes_again_and_can_be_undone(signed_in):
    planned = services.plan(lead=None, title="Ask", due=tomorrow(), rule="FREQ=WEEKLY")
    answer = signed_in.post(path("done", planned), {"outcome": "reached"}, headers=HTMX)
    again = tomorrow() + dt.timedelta(days=7)
    assert toast(answer)["text"] == f"Done. Again on {again:%a} {again.day} {again:%B}, 10:00."
    undo(Operation.objects.latest("at").id)
    assert [(one.id, one.state) for one in FollowUp.objects.all()] == [(planned.id, "open")]


def test_done_twice_is_said_and_changes_nothing(signed_in):
    planned = services.plan(lead=None, title="Ask", due=tomorrow())
    signed_in.post(path("done", planned), headers=HTMX)
    answer = signed_in.post(path("done", planned), headers=HTMX)
    assert toast(answer)["text"] == "It was done or dropped already."


@pytest.mark.parametrize("choice", ["tomorrow", "days", "monday", "month"])
def test_a_snooze_moves_it_to_the_morning(signed_in, choice):
    planned = services.plan(lead=None, title="Ask", due=timezone.now())
    signed_in.post(path("snooze", planned), {"choice": choice}, headers=HTMX)
    planned.refresh_from_db()
    local = planned.due.astimezone(MANILA)
    assert (local.time(), planned.snoozes, local.date() > timezone.localdate()) == (
        dt.time(9), 1, True,
    )  # fmt: skip


def test_an_unknown_snooze_offers_the_choices_again(signed_in):
    planned = services.plan(lead=None, title="Ask", due=tomorrow())
    answer = signed_in.post(path("snooze", planned), {"choice": "never"})
    assert "Next Monday" in answer.content.decode()


@pytest.mark.parametrize(("time", "all_day"), [("13:30", False), ("", True)])
def test_a_drag_moves_to_a_slot_or_to_the_whole_day(signed_in, time, all_day):
    planned = services.plan(lead=None, title="Ask", due=tomorrow())
    day = (tomorrow() + dt.timedelta(days=3)).date()
    answer = signed_in.post(path("move", planned), {"day": str(day), "time": time}, headers=HTMX)
    planned.refresh_from_db()
    local = planned.due.astimezone(MANILA)
    assert (local.date(), planned.all_day) == (day, all_day)
    assert toast(answer)["undo"]


@pytest.mark.parametrize("given", [{"day": "x"}, {}, {"day": "2026-13-01", "time": "99"}])
def test_a_drag_to_nowhere_is_refused(signed_in, given):
    planned = services.plan(lead=None, title="Ask", due=tomorrow())
    answer = signed_in.post(path("move", planned), given, headers=HTMX)
    assert toast(answer)["text"].startswith("Not moved.")
    planned.refresh_from_db()
    assert planned.due == tomorrow()


def test_a_showing_is_confirmed_once(signed_in):
    home = a_listing()
    due = timezone.now() + dt.timedelta(hours=3)
    shown = services.plan(lead=a_lead(), title="Show it", kind="showing", due=due, listing=home)
    assert queries.to_confirm(timezone.now(), MANILA) == [shown]
    signed_in.post(path("confirm", shown))
    assert queries.to_confirm(timezone.now(), MANILA) == []


def test_a_set_is_begun_in_one_click_and_undone(signed_in):
    lead, template = a_lead(), FollowUpTemplate.objects.get(name="New buyer")
    data = {"lead": lead.id, "template": template.id}
    answer = signed_in.post(path("begin_set"), data, headers=HTMX)
    again = signed_in.post(path("begin_set"), data, headers=HTMX)
    assert toast(again)["text"].endswith(" was begun already.")
    assert FollowUp.objects.filter(lead=lead).count() == template.steps.count() == 5
    assert toast(answer)["text"] == "New buyer: 5 follow-ups planned."
    signed_in.post(toast(answer)["undo"])
    assert (FollowUp.objects.count(), Reminder.objects.count()) == (0, 0)


def test_the_agenda_shows_week_and_day_with_what_is_late(signed_in):
    make_week()
    week = signed_in.get(path("agenda")).context["shown"]
    assert (len(week.columns), sum(column.today for column in week.columns)) == (7, 1)
    assert {entry.one.title for entry in week.overdue} >= {"Send the floor plan"}
    day = signed_in.get(path("agenda") + "?span=day&on=2026-06-17").context["shown"]
    assert [column.day for column in day.columns] == [dt.date(2026, 6, 17)]


@pytest.mark.parametrize(
    "query", ["?on=2026-02-30", "?on=x&span=year", "?on=0001-01-01", "?on=9999-12-31"]
)
def test_days_that_do_not_exist_are_today(signed_in, query):
    shown = signed_in.get(path("agenda") + query).context["shown"]
    assert any(column.today for column in shown.columns)


def test_the_agenda_costs_the_same_for_many(signed_in, django_assert_max_num_queries):
    def count():
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as caught:
            signed_in.get(path("agenda"))
        return len(caught)

    services.plan(lead=a_lead(), title="Ask", due=tomorrow())
    one = count()
    for number in range(30):
        services.plan(lead=a_lead(f"Lead {number}"), title="Ask", due=tomorrow(),
                      listing=a_listing(f"Home {number}"))  # fmt: skip
    assert (count(), one <= 15) == (one, True)


def test_archived_people_are_not_on_the_agenda(signed_in):
    planned = services.plan(lead=a_lead(state="archived"), title="Ask", due=tomorrow())
    assert planned not in queries.between(tomorrow().date(), tomorrow().date(), MANILA)


def test_the_panel_shows_the_next_one_and_the_others(signed_in):
    lead = a_lead()
    later = a_follow_up(lead, tomorrow(12))
    first = a_follow_up(lead, tomorrow(9))
    shown = pages.panel(RequestFactory().get("/"), gathering.found().get(id=lead.id))
    assert (shown["next"], shown["others"]) == (first, [later])


def test_names_are_offered_as_they_are_typed(signed_in):
    a_lead("Ñora Évora")
    a_lead("Norman Cruz")
    found = signed_in.post(path("people"), {"who": "nor"}).content.decode()
    assert "Ñora Évora" in found
    assert "Norman Cruz" in found


def test_rules_are_saved_and_used(signed_in):
    data = {
        "reminders": ["30"], "day_reminder": "", "morning_at": "06:30", "evening_mail": "on",
        "evening_at": "19:00",
    }  # fmt: skip
    signed_in.post(path("settings"), data)
    rules = FollowUpRules.objects.get()
    assert (rules.reminders, rules.morning_mail, rules.evening_mail) == ([30], False, True)
    planned = services.plan(lead=None, title="Ask", due=tomorrow())
    assert planned.reminders == [30]
    assert services.plan(lead=None, title="Ask", due_on=tomorrow().date()).reminders == []


def test_an_evening_before_the_morning_is_refused(signed_in):
    data = {"morning_at": "18:00", "evening_at": "07:00"}
    answer = signed_in.post(path("settings"), data)
    assert "comes after the morning" in answer.content.decode()


def test_the_calendar_address_is_shown_once_renewed_and_ended(signed_in, settings):
    settings.PUBLIC_URL = "https://crm.agent.example"
    made = signed_in.post(path("calendar_renew"))
    address = made.context["address"]
    assert address.startswith("https://crm.agent.example/calendar/")
    page = signed_in.get(path("settings")).content.decode()
    assert address not in page
    signed_in.post(path("calendar_names"), {"with_names": "on"})
    assert CalendarFeed.objects.get().with_names is True
    signed_in.post(path("calendar_end"))
    assert not CalendarFeed.objects.exists()
    told = SecurityEvent.objects.filter(kind__startswith="calendar.").order_by("id")
    assert [one.kind for one in told] == ["calendar.made", "calendar.ended"]


def test_a_set_is_written_changed_and_deleted(signed_in):
    data = {
        "name": "After an open house", "steps-TOTAL_FORMS": "2", "steps-INITIAL_FORMS": "0",
        "steps-0-days_after": "1", "steps-0-at": "10:00", "steps-0-kind": "call",
        "steps-0-title": "Ask what they thought", "steps-1-days_after": "0",
        "steps-1-kind": "call", "steps-1-title": "",
    }  # fmt: skip
    signed_in.post(path("set_add"), data)
    made = FollowUpTemplate.objects.get(name="After an open house")
    assert [step.title for step in made.steps.all()] == ["Ask what they thought"]
    step = made.steps.get()
    without = {
        **data, "steps-INITIAL_FORMS": "1", "steps-0-id": step.id, "steps-0-DELETE": "on",
    }  # fmt: skip
    signed_in.post(reverse("followups:set", args=[made.pk]), without)
    assert not made.steps.exists()
    undo_last(signed_in)
    assert made.steps.get() == step
    signed_in.post(reverse("followups:set_delete", args=[made.pk]))
    assert not FollowUpTemplate.objects.filter(pk=made.pk).exists()


def undo_last(client):
    *_, said = client.get(path("sets")).context["messages"]
    client.post(said.extra_tags)


def test_what_is_set_comes_back_by_undo(signed_in):
    before = list(FollowUpRules.objects.values())
    rules = {"morning_at": "06:15", "evening_at": "21:00", "day_reminder": "09:00"}
    signed_in.post(path("settings"), rules)
    undo_last(signed_in)
    settings = signed_in.get(path("settings")).context["form"]
    same = {each.html_name: each.value() for each in settings}
    signed_in.post(path("settings"), {k: v for k, v in same.items() if v is not None})
    *_, said = signed_in.get(path("sets")).context["messages"]
    assert (str(said), said.extra_tags) == ("Nothing changed.", "")
    cadence = Cadence.objects.filter(occasion="every").first()
    told = {"name": "Other", "audience": "nurture", "occasion": "every", "days": "7"}
    signed_in.post(reverse("followups:cadence", args=[cadence.pk]), told)
    undo_last(signed_in)
    assert list(FollowUpRules.objects.values()) == before
    assert Cadence.objects.get(pk=cadence.pk).name == cadence.name


def test_a_rule_of_keeping_in_touch_needs_its_days_and_its_tag(signed_in):
    data = {"name": "Sphere", "audience": "tagged", "occasion": "every", "active": "on"}
    answer = signed_in.post(path("cadence_add"), data)
    assert set(answer.context["form"].errors) == {"tag", "days"}
    signed_in.post(path("cadence_add"), {**data, "audience": "nurture", "days": "45"})
    assert Cadence.objects.get(name="Sphere").days == 45


def test_defaults_come_once():
    FollowUpTemplate.objects.filter(name="New buyer").delete()
    sets.ensure_defaults()
    assert [one.name for one in FollowUpTemplate.objects.all()] == ["After a showing"]
