from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection
from django.utils import timezone

from crm.audit.undo import undo
from crm.events import reactions
from crm.models import Event, Owner
from crm.vault.ids import uuid7
from leads.followups import proposals
from leads.models import ContactPoint, FollowUp, Interaction, Lead
from leads.timeline import services
from properties.models import Listing
from tests.leads.factories import a_follow_up, a_lead, a_phone, a_talk, an_email

pytestmark = pytest.mark.django_db


def proposed(owner: Owner, outcome: str = "left_message") -> proposals.Proposal:
    return proposals.after(outcome, now=timezone.now(), preferences=owner.preferences)


def test_log_writes_what_was_said() -> None:
    lead = a_lead()
    at = timezone.now() - dt.timedelta(hours=2)

    made = services.log(
        lead=lead, kind="call", direction="in", at=at, outcome="reached", minutes=7,
        body="Asked about dues.", sentiment="good",
    )  # fmt: skip

    kept = Interaction.objects.get()
    assert kept == made
    assert (kept.kind, kept.direction, kept.at, kept.outcome) == ("call", "in", at, "reached")
    assert (kept.minutes, kept.body, kept.sentiment) == (7, "Asked about dues.", "good")


@pytest.mark.parametrize("kind", ["note", "visit"])
def test_log_gives_no_direction_to_what_is_no_talk(kind: str) -> None:
    assert services.log(lead=a_lead(), kind=kind, direction="out").direction == ""


def test_log_finishes_what_it_did_and_plans_what_comes_next(owner: Owner) -> None:
    lead = a_lead()
    due = a_follow_up(lead, title="Ask about the loan")

    logged = services.enter(
        lead=lead, kind="call", outcome="left_message", minutes=2, follow_up=due,
        next=proposed(owner),
    )  # fmt: skip

    due.refresh_from_db()
    assert (due.state, due.outcome, due.actual_minutes) == ("done", "left_message", 2)
    assert due.interaction == logged.interaction
    assert logged.next is not None
    assert FollowUp.objects.open().get() == logged.next
    assert logged.next.title == proposed(owner).title
    assert logged.next.origin == "after:left_message"


def test_follow_up_that_was_done_elsewhere_stays_as_it_is() -> None:
    lead = a_lead()
    due = a_follow_up(lead)
    first = services.log(lead=lead, kind="call", outcome="reached", follow_up=due)

    services.log(lead=lead, kind="call", outcome="no_answer", follow_up=due)

    due.refresh_from_db()
    assert (due.outcome, due.interaction) == ("reached", first)


def test_log_records_one_event_of_ids_and_facts() -> None:
    lead = a_lead()

    made = services.log(lead=lead, kind="call", outcome="reached", body="Secret words")

    event = Event.objects.get(kind="interaction.logged")
    assert event.subject == lead.id
    assert event.data == {
        "interaction": str(made.id), "kind": "call", "direction": "out", "outcome": "reached",
        "automatic": False, "listing": None,
    }  # fmt: skip


def test_undo_takes_back_entry_follow_up_and_wrong_number(owner: Owner) -> None:
    lead = a_lead()
    phone = a_phone(lead)
    due = a_follow_up(lead)
    logged = services.enter(
        lead=lead, kind="call", outcome="wrong_number", follow_up=due,
        next=proposed(owner, "wrong_number"),
    )  # fmt: skip
    assert logged.operation is not None

    report = undo(logged.operation)

    assert report.left == []
    assert Interaction.objects.count() == 0
    assert FollowUp.objects.get() == due
    due.refresh_from_db()
    phone.refresh_from_db()
    assert (due.state, phone.bounced_at) == ("open", None)


def test_amended_follow_up_goes_with_one_undo(owner: Owner) -> None:
    logged = services.enter(
        lead=a_lead(), kind="call", outcome="left_message", next=proposed(owner)
    )
    assert logged.operation is not None
    week = proposals.amended(
        proposed(owner), "W", now=timezone.now(), preferences=owner.preferences
    )

    moved = services.amend(
        logged=logged.interaction, operation=logged.operation, follow_up=logged.next, to=week
    )

    assert FollowUp.objects.get().due == week.due == moved.due
    assert undo(logged.operation).left == []
    assert FollowUp.objects.count() == 0


def test_amend_plans_one_where_there_was_none(owner: Owner) -> None:
    logged = services.enter(lead=a_lead(), kind="call", outcome="reached")
    assert logged.operation is not None

    services.amend(
        logged=logged.interaction, operation=logged.operation, follow_up=None, to=proposed(owner)
    )

    assert FollowUp.objects.get().due == proposed(owner).due


def test_wrong_number_marks_the_primary_phone_alone() -> None:
    lead = a_lead()
    other, primary = a_phone(lead, "+63 917 555 0143"), a_phone(lead, is_primary=True)
    address = an_email(lead)
    at = timezone.now() - dt.timedelta(minutes=1)

    services.log(lead=lead, kind="call", outcome="wrong_number", at=at)

    marked = dict(ContactPoint.objects.values_list("id", "bounced_at"))
    assert marked == {other.id: None, primary.id: at, address.id: None}


def test_wrong_address_marks_the_address() -> None:
    lead = a_lead()
    phone, address = a_phone(lead), an_email(lead)

    services.log(lead=lead, kind="email", outcome="wrong_number")

    phone.refresh_from_db()
    address.refresh_from_db()
    assert (phone.bounced_at, address.bounced_at is None) == (None, False)


def test_same_form_twice_is_one_entry(owner: Owner) -> None:
    lead, token = a_lead(), uuid7()
    first = services.enter(
        lead=lead, kind="call", outcome="reached", next=proposed(owner), id=token
    )

    second = services.enter(
        lead=lead, kind="call", outcome="reached", next=proposed(owner), id=token
    )

    assert second.interaction == first.interaction
    assert (second.again, second.operation) == (True, None)
    assert (Interaction.objects.count(), FollowUp.objects.count()) == (1, 1)


def test_token_of_somebody_elses_entry_is_no_excuse() -> None:
    theirs = a_talk(a_lead("Ramon Villareal"))

    made = services.log(lead=a_lead(), kind="note", body="Mine", id=theirs.id)

    assert made.id != theirs.id
    assert Interaction.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_same_form_twice_at_once_is_one_entry() -> None:
    lead, token = a_lead(), uuid7()
    begin = threading.Barrier(4)

    def submit() -> None:
        try:
            begin.wait()
            services.log(lead=lead, kind="note", body="Once", id=token)
        finally:
            connection.close()

    threads = [threading.Thread(target=submit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Interaction.objects.count() == 1


def test_change_sets_right_and_can_be_undone() -> None:
    lead = a_lead()
    entry = services.log(lead=lead, kind="call", outcome="reached", body="Likes the roof deck")

    done = services.change(interaction=entry, values={"body": "Likes the garden", "minutes": 5})

    assert done is not None
    kept = Interaction.objects.get()
    assert (kept.body, kept.minutes, kept.outcome) == ("Likes the garden", 5, "reached")
    assert Event.objects.get(kind="interaction.changed").data["fields"] == ["minutes", "body"]
    undo(done)
    kept = Interaction.objects.get()
    assert (kept.body, kept.minutes) == ("Likes the roof deck", None)


def test_change_to_the_same_is_none() -> None:
    entry = services.log(lead=a_lead(), kind="note", body="As it is")

    assert services.change(interaction=entry, values={"body": "As it is"}) is None
    assert Event.objects.filter(kind="interaction.changed").count() == 0


def test_removed_entry_returns_by_undo() -> None:
    lead = a_lead()
    entry = services.log(lead=lead, kind="call", outcome="reached", body="Loan letter this week")
    lead.refresh_from_db()
    touched = lead.last_touch_at

    done = services.remove(interaction=entry)

    lead.refresh_from_db()
    assert (Interaction.objects.count(), lead.last_touch_at) == (0, None)
    undo(done)
    lead.refresh_from_db()
    assert Interaction.objects.get().body == "Loan letter this week"
    assert lead.last_touch_at == touched


def test_automatic_answer_is_no_attempt() -> None:
    lead = a_lead(arrived_at=timezone.now() - dt.timedelta(minutes=9))

    services.log(lead=lead, kind="email", automatic=True, origin="sent")

    assert Lead.objects.get().first_attempt_at is None


def test_home_is_found_by_its_name_or_added() -> None:
    there = Listing.objects.create(title="12 Acacia Lane")

    assert services.home_named(" 12  acacia lane ") == (there, False)
    added, new = services.home_named("Casa Amihan")
    assert (new, added) == (True, Listing.objects.get(title="Casa Amihan"))
    assert services.home_named("  ") == (None, False)


def test_nothing_of_ours_reacts_unnamed() -> None:
    """Whoever reacts to what was logged stands in leads/reactions.py, and nowhere here."""
    assert all(not name.startswith("timeline") for name in reactions.names("interaction.logged"))
