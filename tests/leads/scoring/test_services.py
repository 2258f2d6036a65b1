from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.audit.services import operation
from crm.audit.undo import undo
from crm.models import Trail
from leads.models import Lead, Score, ScoreDue, ScoreWalk, ScoreWeight, Source, SourceRecord, Stage
from leads.people.services import move_stage
from leads.scoring import ageing, services
from tests.leads.factories import a_lead, a_listing, a_talk

pytestmark = pytest.mark.django_db


def scored(lead):
    services.score(leads=[lead.id])
    lead.refresh_from_db()
    return lead.score, {rule: (points, fact) for rule, points, fact in lead.score_reasons}


def a_visit(lead, listing, **values):
    return a_talk(lead, "visit", direction="", listing=listing, **values)


def test_a_new_lead_starts_at_thirty():
    lead = a_lead()
    assert scored(lead) == (30, {})
    assert lead.scored_at is not None


def test_every_fact_is_read_from_where_it_stands():
    friend, home, other = a_lead("Friend"), a_listing("Acacia"), a_listing("Maple")
    lead = a_lead(stage="showing", moving="planning", budget_max=12_000_000, referred_by=friend)
    a_talk(lead, "text", days_ago=3, sentiment="bad")
    a_talk(lead, "text", direction="in", days_ago=3 - 0.01, listing=home)
    a_talk(lead, "showing", days_ago=2, outcome="held", feedback="loved", listing=home)
    a_talk(lead, "showing", days_ago=1.9, outcome="no_show", listing=other)
    a_talk(lead, "call", days_ago=1.5, sentiment="good")
    for hours in (1, 2, 3):
        a_visit(lead, home, days_ago=hours / 24)
    a_visit(lead, other)

    assert scored(lead) == (
        96,
        {
            "viewed": (10, 3), "speed": (10, "hour"), "stage": (9, "showing"), "recent": (8, 1),
            "missed": (-8, ""), "showings": (7, 1), "referred": (6, ""),
            "moving": (5, "planning"), "loved": (5, ""), "asked": (4, 1), "mood": (4, "good"),
            "budget": (4, ""), "replies": (2, 1),
        },
    )  # fmt: skip
    assert [points for _, points, _ in lead.score_reasons] == sorted(
        (points for _, points, _ in lead.score_reasons), key=abs, reverse=True
    )


def test_tries_end_with_an_answer():
    lead = a_lead()
    for days in (5, 4, 3):
        a_talk(lead, days_ago=days, outcome="no_answer")
    assert scored(lead)[1]["tries"] == (-5, 3)
    a_talk(lead, days_ago=2, outcome="reached")
    assert set(scored(lead)[1]) == {"recent"}


def test_what_is_automatic_or_long_past_is_not_read():
    lead = a_lead()
    a_talk(lead, "email", direction="in", days_ago=91)
    a_talk(lead, "email", direction="in", automatic=True)
    assert set(scored(lead)[1]) == {"silence"}


def test_what_lies_ahead_is_not_read_yet():
    lead = a_lead()
    a_talk(lead, "showing", days_ago=-2)
    assert scored(lead) == (30, {})


def test_a_score_that_stays_writes_nothing():
    lead = a_lead(budget_max=1)
    assert services.score(leads=[lead.id]) == 1
    before = Lead.objects.get(id=lead.id).scored_at
    assert services.score(leads=[lead.id]) == 0
    assert Lead.objects.get(id=lead.id).scored_at == before
    assert [row.score for row in Score.objects.filter(lead=lead.id)] == [34]


def test_a_score_that_moved_has_a_history():
    lead = a_lead()
    services.score(leads=[lead.id])
    Lead.objects.filter(id=lead.id).update(budget_max=1)
    services.score(leads=[lead.id])
    rows = Score.objects.filter(lead=lead.id).order_by("id")
    assert [(row.score, row.reasons) for row in rows] == [(30, []), (34, [["budget", 4, ""]])]


def test_scoring_leaves_no_trail():
    lead = a_lead(budget_max=1)
    before = Trail.objects.count()
    services.score(leads=[lead.id])
    assert Trail.objects.count() == before


def test_an_absent_or_unknown_lead_is_left_alone():
    lead = a_lead(state="archived", budget_max=1)
    assert services.score(leads=[lead.id, a_listing().id]) == 0
    assert Lead.objects.get(id=lead.id).scored_at is None


def test_many_take_as_many_statements_as_one():
    leads = [a_lead(f"Lead {number}").id for number in range(30)]
    with CaptureQueriesContext(
        connection,
    ) as one:
        services.score(leads=leads[:1])
    with CaptureQueriesContext(connection) as many:
        services.score(leads=leads)
    assert len(many) == len(one)


def test_what_would_be_scored_is_what_is_scored():
    leads = [a_lead("One", budget_max=1), a_lead("Two", stage="lost")]
    said = dict(services.scores(leads=[lead.id for lead in leads]))
    assert said == {lead.id: scored(lead)[0] for lead in leads}


def test_a_scored_lead_can_still_be_undone_and_takes_its_scores_along():
    with operation("Add") as done:
        lead = a_lead(budget_max=1)
        a_talk(lead)
    services.score(leads=[lead.id])
    undo(done)
    assert not Lead.objects.filter(id=lead.id).exists()
    assert not Score.objects.filter(lead=lead.id).exists()
    assert not ScoreDue.objects.filter(lead=lead.id).exists()


def test_whom_an_undo_gives_back_their_stage_is_scored_anew():
    lead = a_lead(budget_max=1, stage="qualified")
    ageing.age()
    before = scored(lead)
    done = move_stage(lead=lead, to=Stage.objects.first_of("lost"), lost_reason="unreachable")
    services.score(leads=[lead.id])
    ageing.age()
    lead.refresh_from_db()
    assert lead.score != before[0]
    undo(done)
    ageing.age()
    lead.refresh_from_db()
    assert lead.score == before[0]


def test_other_points_are_kept_and_everybody_is_scored_anew():
    lead = a_lead(budget_max=1)
    ageing.age()
    done = services.save_points(points={"budget": 20, "viewed": 14})
    ageing.age()
    lead.refresh_from_db()
    assert list(ScoreWeight.objects.values_list("rule", "points")) == [("budget", 20)]
    assert (lead.score, ScoreWalk.objects.get().ended_at is not None) == (50, True)
    assert services.save_points(points={"budget": 20}) is None
    undo(done)
    assert not ScoreWeight.objects.exists()
    ageing.age()
    lead.refresh_from_db()
    assert lead.score == 34
    assert services.save_points(points={"budget": 20})
    assert services.save_points(points={"budget": 4})
    assert not ScoreWeight.objects.exists()


def test_a_house_that_was_never_walked_is_walked_once():
    leads = [a_lead(f"Lead {number}", budget_max=1) for number in range(3)]
    assert ageing.age() == 3
    assert ageing.age() == 0
    assert set(Lead.objects.values_list("score", flat=True)) == {34}
    assert len(leads) == 3


def test_a_walk_goes_on_where_it_stopped(monkeypatch):
    monkeypatch.setattr(ageing, "AT_ONCE", 2)
    for number in range(5):
        a_lead(f"Lead {number}", budget_max=1)
    ageing.begin_if_the_rules_are_new()
    assert ageing._walk_on() == 2
    assert Lead.objects.filter(score=34).count() == 2
    assert ageing.age() == 3


def test_a_new_version_of_the_rules_walks_again():
    a_lead()
    ageing.age()
    ScoreWalk.objects.update(version=0)
    assert ageing.age() == 1


def test_who_ages_is_scored_when_the_time_has_come(time_machine):
    now = timezone.now()
    lead = a_lead(arrived_at=now)
    time_machine.move_to(now, tick=False)
    ageing.age()
    assert ScoreDue.objects.get(lead=lead.id).at == now + timedelta(days=21)

    time_machine.move_to(now + timedelta(days=21) - timedelta(seconds=1), tick=False)
    assert ageing.age() == 0
    time_machine.move_to(now + timedelta(days=21), tick=False)
    assert ageing.age() == 1
    lead.refresh_from_db()
    assert lead.score == 24
    assert ScoreDue.objects.get(lead=lead.id).at == now + timedelta(days=45)


def test_who_left_does_not_stand_in_line_for_ever(time_machine):
    lead = a_lead()
    ageing.age()
    Lead.objects.filter(id=lead.id).update(state="archived")
    time_machine.move_to(timezone.now() + timedelta(days=30))
    assert (ageing.age(), ageing.age()) == (1, 0)


def test_the_records_of_sources_are_counted():
    portal, ads = Source.objects.all()[:2]
    for number in range(4):
        a_lead(f"Lead {number}", source=portal, stage="closed" if number == 0 else "new")
    a_lead("Gone", source=ads, state="archived")
    services.count_sources()
    assert [(row.source, row.closed, row.leads) for row in SourceRecord.objects.all()] == [
        (portal.id, 1, 4)
    ]
    Lead.objects.all().delete()
    services.count_sources()
    assert not SourceRecord.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_the_one_who_reads_later_saves_later(owner, monkeypatch):
    lead = a_lead()
    services.score(leads=[lead.id])
    has_read, may_save = threading.Event(), threading.Event()
    read = services.read

    def read_slowly(leads, *, now):
        known = read(leads, now=now)
        if threading.current_thread() is early:
            has_read.set()
            may_save.wait(20)
        return known

    def score():
        services.score(leads=[lead.id])
        connection.close()

    def talk_and_score():
        a_talk(lead, "text", direction="in", days_ago=0.01)
        score()

    monkeypatch.setattr(services, "read", read_slowly)
    early, late = threading.Thread(target=score), threading.Thread(target=talk_and_score)
    early.start()
    assert has_read.wait(20)
    late.start()
    late.join(0.5)
    may_save.set()
    early.join(20)
    late.join(20)

    lead.refresh_from_db()
    assert [(lead.id, lead.score)] == list(services.scores(leads=[lead.id]))
    assert lead.score > 30
