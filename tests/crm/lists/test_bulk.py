"""Many rows at once: ticked, or all that match; in the page, or by the worker, which may die."""

from __future__ import annotations

import json
import random
import signal
import time

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from crm.audit.undo import undo
from crm.lists import bulk, taking_back, tree
from crm.lists.declaration import Outcome
from crm.lists.tree import Condition, Group
from crm.models import BulkRun, Notification, Operation, Trail
from tests.crm.events.worker import run as work_until_killed
from tests.crm.events.worker import start, worker
from tests.listed.guests import GUESTS, close
from tests.listed.made import make_guest, make_guests, make_run
from tests.listed.models import Guest, Tag, Tagging

NEW = Group(parts=(Condition("stage", "any_of", ("new",)),))


def post(client, action, **form):
    address = f"/lists/guests/bulk/{action}/"
    return client.post(address, {"list": "all", **form}, headers={"HX-Request": "true"})


def toast_of(response):
    return json.loads(response.headers["HX-Trigger"])["toast"]


def closed():
    return Guest.objects.filter(stage="closed").count()


def test_ticked_rows_are_closed_and_undone(signed_in):
    ana, ben, cy = make_guest("Ana"), make_guest("Ben"), make_guest("Cy")

    response = post(signed_in, "close", id=[ana.id, ben.id])

    toast = toast_of(response)
    assert toast["text"] == "2 closed."
    assert "rows-changed" in response.headers["HX-Trigger"]
    assert closed() == 2

    undone = signed_in.post(toast["undo"], {"here": "1"})
    assert closed() == 0
    assert toast_of(undone)["text"] == "Undone."

    signed_in.post(toast_of(undone)["undo"], {"here": "1"})
    assert set(Guest.objects.filter(stage="closed")) == {ana, ben}
    cy.refresh_from_db()
    assert cy.stage == "new"


def test_all_that_match_are_done_whatever_was_ticked(signed_in):
    for number in range(60):
        make_guest(str(number), stage="new" if number % 2 else "showing")

    response = post(signed_in, "close", scope="all", q=tree.to_address(NEW), id=["x"])

    assert toast_of(response)["text"] == "30 closed."
    assert Guest.objects.filter(stage="showing").count() == 30


def test_form_of_an_action_is_asked_and_judged(signed_in):
    guest, tag = make_guest(), Tag.objects.create(name="Viewing")

    assert "<select" in signed_in.get("/lists/guests/bulk/tag/").content.decode()
    refused = post(signed_in, "tag", id=[guest.id], tag="99")
    assert "errorlist" in refused.content.decode()
    assert Tagging.objects.count() == 0

    said = toast_of(post(signed_in, "tag", id=[guest.id], tag=tag.id))
    assert said["text"] == "1 tagged Viewing."


def test_what_was_left_is_said(signed_in):
    ana, ben = make_guest("Ana"), make_guest("Ben")
    tag = Tag.objects.create(name="Viewing")
    Tagging.objects.create(guest=ana, tag=tag)

    said = toast_of(post(signed_in, "tag", id=[ana.id, ben.id], tag=tag.id))

    assert said["text"] == "1 tagged Viewing. 1 left: they have it already."


def test_undo_says_what_it_left(signed_in):
    ana, ben = make_guest("Ana"), make_guest("Ben")
    toast = toast_of(post(signed_in, "close", id=[ana.id, ben.id]))
    Guest.objects.filter(id=ana.id).update(stage="showing")

    said = toast_of(signed_in.post(toast["undo"], {"here": "1"}))

    assert said["text"] == "Undone. 1 left as it is: changed since."
    assert said["tone"] == "good"


def test_undo_twice_is_refused_in_words(signed_in):
    toast = toast_of(post(signed_in, "close", id=[make_guest().id]))
    signed_in.post(toast["undo"], {"here": "1"})

    again = toast_of(signed_in.post(toast["undo"], {"here": "1"}))

    assert again == {"text": "Not undone. This was undone already.", "tone": "bad", "undo": ""}


def test_undo_without_script_leads_back(signed_in):
    toast = toast_of(post(signed_in, "close", id=[make_guest().id]))

    response = signed_in.post(
        toast["undo"], headers={"Referer": "http://testserver/listed/guests/"}
    )

    assert response.headers["Location"] == "http://testserver/listed/guests/"
    assert "Undone." in signed_in.get("/listed/guests/").content.decode()
    elsewhere = signed_in.post(toast["undo"], headers={"Referer": "https://evil.example/"})
    assert elsewhere.headers["Location"] == "/"


def test_an_action_without_script_comes_back_to_the_list_and_says_so(signed_in):
    form = {"list": "hot", "id": make_guest(score=80).id}

    response = signed_in.post("/lists/guests/bulk/close/", form)

    assert response.headers["Location"] == "/listed/guests/?list=hot"
    assert "1 closed." in signed_in.get("/listed/guests/").content.decode()


def test_undo_of_very_many_is_left_to_the_worker(signed_in, monkeypatch):
    monkeypatch.setattr(taking_back, "AT_ONCE", 3)
    guests = [make_guest(str(number)) for number in range(5)]
    toast = toast_of(post(signed_in, "close", id=[guest.id for guest in guests]))
    Guest.objects.filter(id=guests[0].id).update(stage="showing")

    said = toast_of(signed_in.post(toast["undo"], {"here": "1"}))
    assert (said["text"], said["tone"]) == ("Being undone. You are told when it is done.", "good")
    twice = toast_of(signed_in.post(toast["undo"], {"here": "1"}))
    assert twice["text"] == "Not undone. It is being undone already."
    assert closed() == 4

    bulk.run_due()
    assert closed() == 0
    told = Notification.objects.get(kind="lists.bulk")
    assert (told.title, told.body) == (
        "Undo: done", "4 of 4 changes. 1 left: changed since.",
    )  # fmt: skip
    run = BulkRun.objects.get()
    again = toast_of(signed_in.get(f"/lists/runs/{run.id}/"))["undo"]
    said = toast_of(signed_in.post(again, {"here": "1"}))
    assert said["text"] == "Being done again. You are told when it is done."
    bulk.run_due()
    assert closed() == 4
    told = Notification.objects.filter(kind="lists.bulk")
    assert {each.title for each in told} == {"Undo: done", "Do again: done"}


def test_undo_of_what_never_was_is_not_found(signed_in):
    assert signed_in.post("/undo/00000000-0000-0000-0000-000000000001/").status_code == 404


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"id": ["not-an-id"]},
        {"scope": "all", "q": "@@@"},
        {"scope": "all", "q": tree.to_address(Group(parts=(Condition("shoe"),)))},
    ],
)
def test_nothing_is_done_where_nothing_was_chosen(signed_in, form):
    make_guest()

    response = post(signed_in, "close", **form)

    assert closed() == 0
    assert toast_of(response)["text"] in (
        "Nothing was done. Tick some rows first.", "0 closed.",
    )  # fmt: skip


def test_an_action_that_is_not_there_is_not_found(signed_in):
    assert post(signed_in, "burn").status_code == 404
    assert signed_in.get("/lists/guests/bulk/close/").status_code == 404


def test_one_operation_holds_the_whole_change(signed_in):
    guests = [make_guest(str(number)) for number in range(3)]

    post(signed_in, "close", id=[guest.id for guest in guests])

    done = Operation.objects.get()
    assert (done.name, done.summary) == (
        "Close",
        {"list": "guests", "done": 3, "left": 0},
    )
    assert Trail.objects.filter(operation=done.id, op="U").count() == 3


# --- By the worker ---


@pytest.fixture
def many(monkeypatch):
    """Three are too many for a page, and a batch."""
    monkeypatch.setattr(bulk, "AT_ONCE", 3)
    monkeypatch.setattr(bulk, "BATCH", 3)


def test_many_rows_are_left_to_the_worker_and_shown_as_they_go(signed_in, many):
    make_guests(40)
    before = closed()

    response = post(signed_in, "close", scope="all", q="")
    run = BulkRun.objects.get()
    assert toast_of(response)["text"] == "Close has begun. It goes on by itself."
    assert closed() == before
    assert f"/lists/runs/{run.id}/" in signed_in.get("/listed/guests/").content.decode()

    assert bulk.run_due() == 14
    run.refresh_from_db()
    assert (run.state, run.total, run.done) == ("done", 40, 40 - before)
    # What was typed for it, and for whom it was, is forgotten with its end.
    assert (run.scope, run.data) == ({}, {})
    assert closed() == 40

    shown = signed_in.get(f"/lists/runs/{run.id}/")
    assert toast_of(shown)["text"] == f"Close: done. {40 - before} of 40 guests."
    undo(run.operation_id)
    assert closed() == before


def test_the_owner_hears_of_it_wherever_they_are(owner, many):
    make_guests(4)
    make_run()

    bulk.run_due()

    told = Notification.objects.get(kind="lists.bulk")
    assert told.title == "Close: done"


def test_who_acts_is_the_owner_and_the_operation_theirs(owner, many):
    make_guest()
    run = make_run(actor="owner:7")

    bulk.run_due()

    record = Trail.objects.filter(table_name="listed_guest", op="U").get()
    assert (record.actor, record.operation) == ("owner:7", run.operation_id)


def test_ticked_rows_may_be_many_too(signed_in, many):
    guests = make_guests(8)[:5]
    Guest.objects.update(stage="new")

    post(signed_in, "close", id=[guest.id for guest in guests])
    bulk.run_due()

    assert set(Guest.objects.filter(stage="closed")) == set(guests)


def test_a_stopped_run_stays_where_it_is(signed_in, many, monkeypatch):
    make_guests(9)
    Guest.objects.update(stage="new")
    run = make_run()
    bulk.run_due(seconds=0)
    monkeypatch.setattr(bulk, "failpoint", lambda _: None)
    claimed = bulk.claim()
    bulk._work(claimed, until=time.monotonic())

    answer = signed_in.post(f"/lists/runs/{run.id}/stop/")

    assert toast_of(answer)["text"].startswith("Close: stopped. 3 of 9")
    assert bulk.run_due() == 0
    assert closed() == 3
    assert toast_of(signed_in.post(f"/lists/runs/{run.id}/stop/"))["text"].startswith(
        "Close: stopped"
    )


def test_what_is_still_going_on_is_not_undone(signed_in):
    run = make_run()

    said = toast_of(signed_in.post(f"/undo/{run.operation_id}/", {"here": "1"}))

    assert said["text"] == "Not undone. It is still being done. Stop it first, or wait."


def test_an_action_that_fails_ends_its_run_and_keeps_what_was_done(owner, many, monkeypatch):
    make_guests(9)
    Guest.objects.update(stage="new")
    calls = []

    def close_twice(rows, _data):
        calls.append(1)
        if len(calls) > 2:
            raise LookupError
        return Outcome(rows.update(stage="closed"))

    closing = {action.name: action for action in GUESTS.bulk}["close"]
    object.__setattr__(closing, "run", close_twice)
    run = make_run()
    try:
        bulk.run_due()
    finally:
        object.__setattr__(closing, "run", close)

    run.refresh_from_db()
    assert (run.state, run.error, run.done, closed()) == ("failed", "LookupError", 6, 6)
    assert "Undo takes it back" in Notification.objects.get(kind="lists.bulk").body


def test_a_run_that_ends_every_worker_is_given_up(owner, many):
    make_guest()
    run = make_run(attempts=bulk.MOST_ATTEMPTS)

    bulk.run_due()

    run.refresh_from_db()
    assert (run.state, run.error, closed()) == ("failed", "WorkerEnded", 0)


def test_old_runs_are_forgotten(db):
    ended = timezone.now() - bulk.FORGOTTEN_AFTER - timezone.timedelta(seconds=1)
    make_run(state="done", ended_at=ended)
    kept = make_run(state="done", ended_at=timezone.now())

    bulk.prune()

    assert list(BulkRun.objects.all()) == [kept]


def work(armed, lease):
    work_until_killed(bulk, bulk.run_due, armed, lease)


PLACES = ["lists.after_claim", "lists.after_effect", "lists.before_commit"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
@pytest.mark.parametrize("place", PLACES)
def test_a_worker_killed_there_leaves_nothing_undone_and_nothing_done_twice(owner, many, place):
    guests = make_guests(12)
    Guest.objects.update(score=0)
    tag = Tag.objects.create(name="Viewing")
    Tagging.objects.all().delete()
    make_run(action="tag", data={"tag": [str(tag.id)]})

    process = start(armed=f"{place}:2" if place != PLACES[0] else place, work=work)
    process.join(20)
    assert process.exitcode == -signal.SIGKILL
    with worker(work=work):
        wait_until(lambda: BulkRun.objects.get().state == "done")

    run = BulkRun.objects.get()
    assert (run.done, run.left) == (12, {})
    assert Tagging.objects.count() == len(guests)
    records = Trail.objects.filter(table_name="listed_tagging", operation=run.operation_id, op="I")
    assert records.count() == 12


@pytest.mark.django_db(transaction=True)
@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
def test_workers_killed_at_random_do_each_row_once(owner, many, monkeypatch):
    monkeypatch.setattr(bulk, "MOST_ATTEMPTS", 100)
    make_guests(60)
    tag = Tag.objects.create(name="Viewing again")
    make_run(action="tag", data={"tag": [str(tag.id)]})
    chance = random.Random(11)
    for _ in range(8):
        process = start(lease=0.2, work=work)
        process.join(chance.uniform(0.02, 0.25))
        process.kill()
        process.join(10)
    with worker(lease=0.2, work=work):
        wait_until(lambda: BulkRun.objects.get().state == "done")

    run = BulkRun.objects.get()
    assert (run.done, run.left) == (60, {})
    assert Tagging.objects.filter(tag=tag).count() == 60


def wait_until(condition, *, seconds=90):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come to pass"
        connection.close()
        time.sleep(0.05)


REFUSED = [
    ({"state": "running"}, "only_a_running_bulk_run_has_a_claim"),
    ({"claim": "00000000-0000-0000-0000-000000000001"}, "only_a_running_bulk_run_has_a_claim"),
    ({"state": "done"}, "a_bulk_run_ends_when_it_is_over"),
    ({"ended_at": timezone.now()}, "a_bulk_run_ends_when_it_is_over"),
]


@pytest.mark.parametrize(("values", "name"), REFUSED)
def test_database_refuses(db, values, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        make_run(**values)
