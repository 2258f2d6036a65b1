from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from leads.models import Lead, Score, ScoreWeight
from leads.people import panels
from leads.scoring import queries, services
from leads.scoring.rules import RULES
from leads.scoring.scorer import Contribution
from tests.leads.factories import a_lead

MINUS = "\N{MINUS SIGN}"
pytestmark = pytest.mark.django_db


def own():
    return {rule.name: str(rule.points) for rule in RULES}


def test_the_page_explains_each_rule(signed_in):
    page = signed_in.get(reverse("scoring:points")).content.decode()
    assert [rule.label for rule in RULES if rule.label not in page] == []


def test_other_points_are_saved(signed_in):
    answer = signed_in.post(reverse("scoring:points"), {**own(), "viewed": "30", "budget": "0"})
    assert answer.url == reverse("scoring:points")
    assert dict(ScoreWeight.objects.values_list("rule", "points")) == {"viewed": 30, "budget": 0}


@pytest.mark.parametrize("wrong", ["", "101", "-101", "many", "1.5"])
def test_points_that_are_none_are_refused_and_kept_as_typed(signed_in, wrong):
    answer = signed_in.post(reverse("scoring:points"), {**own(), "viewed": wrong, "budget": "9"})
    assert "Not saved." in answer.content.decode()
    assert (answer.context["form"]["viewed"].value(), answer.context["form"]["budget"].value()) == (
        wrong,
        "9",
    )
    assert not ScoreWeight.objects.exists()


def test_the_usual_points_come_back(signed_in):
    ScoreWeight.objects.create(rule="viewed", points=30)
    signed_in.post(reverse("scoring:points"), {"reset": ""})
    assert not ScoreWeight.objects.exists()


def test_points_come_back_by_undo(signed_in):
    ScoreWeight.objects.create(rule="viewed", points=30)
    signed_in.post(reverse("scoring:points"), {"reset": ""})
    (said,) = signed_in.get(reverse("scoring:points")).context["messages"]
    signed_in.post(said.extra_tags)
    assert dict(ScoreWeight.objects.values_list("rule", "points")) == {"viewed": 30}


def test_the_panel_shows_each_contribution(rf):
    lead = a_lead(budget_max=1, moving="dreaming", stage="qualified")
    services.score(leads=[lead.id])
    lead.refresh_from_db()
    (shown,) = [one for one in panels.shown("left", rf.get("/"), lead) if "score" in one.context]
    words = render_to_string(shown.template, shown.context)
    for piece in ("Score 35 of 100, Cool", "Stage: Qualified", "+5", "Dreaming, some day",
                  f"{MINUS}4", "Budget known", "Starts at 30 for every lead"):  # fmt: skip
        assert piece in words


def test_a_lead_that_was_not_scored_yet_has_no_panel(rf):
    shown = panels.shown("left", rf.get("/"), a_lead())
    assert [one for one in shown if "score" in one.context] == []


def test_a_bar_begins_at_the_middle_line_and_stays_inside():
    up, down = queries.bars([Contribution("viewed", 22, 4), Contribution("ended", -8, "lost")])
    assert (up.x, up.width, up.signed) == (38.0, 52.8, "+22")
    assert (round(down.x, 2), down.width, down.signed) == (18.8, 19.2, f"{MINUS}8")
    huge, low = queries.bars([Contribution("viewed", 100, 4), Contribution("ended", -100, "lost")])
    assert huge.x + huge.width <= 100
    assert low.x >= 0


def test_the_change_is_against_a_week_ago():
    from datetime import timedelta

    from django.utils import timezone

    lead = a_lead()
    Lead.objects.filter(id=lead.id).update(score=86)
    lead.refresh_from_db()
    assert queries.change_this_week(lead) == 0
    now = timezone.now()
    Score.objects.create(lead=lead.id, at=now - timedelta(days=6), score=60)
    assert queries.change_this_week(lead) == 26
    Score.objects.create(lead=lead.id, at=now - timedelta(days=8), score=74)
    assert queries.change_this_week(lead) == 12
