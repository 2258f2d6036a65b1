"""The board: counts and sums, the best of each stage, moves with what belongs to them."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from crm.audit.undo import undo
from crm.models import Operation
from leads.models import Deal, Lead, Stage, StageChange, StageTally
from leads.pipeline import lanes, services
from leads.pipeline.registration import fold_tallies
from leads.pipeline.services import Agreed
from tests.leads.factories import a_follow_up, a_lead, a_listing
from tests.leads.pipeline.made import on_the_board, stage, the_lane

pytestmark = pytest.mark.django_db


def test_lanes_count_and_add_up_and_the_head_says_what_may_be_earned(owner):
    on_the_board(stage="new", budget_max=Decimal(10_000_000))
    on_the_board("Kim Reyes", stage="offer", budget_max=None, budget_min=Decimal(20_000_000))
    on_the_board("Gone", stage="offer", state="archived")
    on_the_board("Done", stage="closed")
    board = lanes.board("buyers", owner.preferences)
    assert [(lane.stage.kind, lane.count, lane.sums) for lane in board.lanes if lane.count] == [
        ("new", 1, ["₱10M"]),
        ("offer", 1, ["₱20M"]),
    ]
    # 3 % of 5 % of ten million, and of 60 % of twenty.
    assert (board.open, board.expected) == (["₱30M"], ["₱375k"])


def test_currencies_are_added_apart_the_owners_first(owner):
    on_the_board(budget_max=Decimal(500_000), currency="AUD")
    on_the_board("Kim Reyes", budget_max=Decimal(10_000_000))
    assert lanes.board("buyers", owner.preferences).open == ["₱10M", "A$500k"]


@pytest.mark.parametrize(
    ("kind", "tabs"),
    [("buyer", ["buyers"]), ("investor", ["buyers"]), ("both", ["buyers", "sellers"]),
     ("seller", ["sellers"]), ("renter", ["rentals"]), ("landlord", ["rentals"])],
)  # fmt: skip
def test_each_kind_stands_under_its_tab(kind, tabs):
    on_the_board(kind=kind)
    found = [tab for tab in lanes.TABS if the_lane(lanes.board(tab, None), "new").cards]
    assert found == tabs


def test_lane_shows_its_best_and_then_the_rest_each_once(monkeypatch):
    monkeypatch.setattr(lanes, "A_LANE", 2)
    for number, score in enumerate([50, 90, 50, 50, 70]):
        kind = "investor" if number % 2 else "buyer"
        on_the_board(f"Lead {number}", score=score, kind=kind)
    lane = the_lane(lanes.board("buyers", None), "new")
    scores, seen = [card.score for card in lane.cards], {card.id for card in lane.cards}
    while lane.following:
        lane = lanes.more(lane.stage, "buyers", lane.following)
        scores += [card.score for card in lane.cards]
        seen |= {card.id for card in lane.cards}
    assert (scores, len(seen)) == ([90, 70, 50, 50, 50], 5)


@pytest.mark.parametrize("after", ["", "x", "50-x", "9" * 50, "-"])
def test_place_that_is_none_begins_the_lane(after):
    on_the_board()
    assert len(lanes.more(stage("new"), "buyers", after).cards) == 1


def test_card_says_home_worth_and_what_is_next():
    home = a_listing("12 Acacia Lane")
    lead = on_the_board(stage="showing", score=86)
    Deal.objects.create(
        lead=lead, listing=home, amount=Decimal(9), commission_percent=3, commission=1,
        opened_on=timezone.localdate(),
    )  # fmt: skip
    a_follow_up(lead, timezone.now() - timedelta(days=2))
    (card,) = the_lane(lanes.board("buyers", None), "showing").cards
    assert (card.line, card.worth, card.due, card.late) == (
        "12 Acacia Lane", "₱9.85M", "2 d late", True,
    )  # fmt: skip
    assert (card.tone, card.waiting) == ("hot", False)


def test_ended_stages_tell_who_came_this_month_and_stayed():
    moved, back = on_the_board(), on_the_board("Kim Reyes")
    services.move(lead=moved, to=stage("lost"), lost_reason="budget")
    undo(services.move(lead=back, to=stage("lost"), lost_reason="budget"))
    old = on_the_board("Long ago", stage="lost", stage_since=timezone.now() - timedelta(days=99))
    assert StageChange.objects.get(lead=old.id).at < timezone.now() - timedelta(days=90)
    assert the_lane(lanes.board("buyers", None), "lost").came == 1


def test_a_deal_that_was_agreed_in_another_tab_is_not_agreed_twice(owner):
    lead = on_the_board()
    agreed = Agreed(Decimal(9_000_000), Decimal(3), timezone.localdate())
    services.move(lead=lead, to=stage("closed"), agreed=agreed)
    before = Operation.objects.count()
    assert services.move(lead=lead, to=stage("closed"), agreed=agreed) is None
    assert (Deal.objects.filter(lead=lead).count(), Operation.objects.count()) == (1, before)


def test_a_card_that_is_lost_already_keeps_why(signed_in):
    lead = on_the_board("Ana Cruz", stage="lost", lost_reason="budget")
    url = reverse("pipeline:move", args=[lead.id])
    page = signed_in.post(url, {"to": stage("lost").id}, follow=True)
    (said,) = page.context["messages"]
    assert (str(said), said.extra_tags) == ("Ana Cruz is in Lost already.", "")
    lead.refresh_from_db()
    assert lead.lost_reason == "budget"


def test_reserving_and_closing_keep_one_deal(owner):
    lead = on_the_board()
    day = timezone.localdate()
    services.move(
        lead=lead, to=stage("reserved"), agreed=Agreed(Decimal(9_000_000), Decimal(3), None)
    )
    done = services.move(
        lead=lead, to=stage("closed"), agreed=Agreed(Decimal(8_900_000), Decimal("2.5"), day)
    )
    deal = Deal.objects.get()
    assert (deal.state, deal.amount, deal.commission, deal.closed_on) == (
        "closed", Decimal(8_900_000), Decimal(222_500), day,
    )  # fmt: skip

    undo(done)

    deal.refresh_from_db()
    lead.refresh_from_db()
    assert (lead.stage.kind, deal.state, deal.amount) == (
        "reserved",
        "reserved",
        Decimal(9_000_000),
    )


def test_who_is_lost_loses_the_open_deal_and_an_undo_brings_it_back():
    lead = on_the_board()
    Deal.objects.create(
        lead=lead, amount=Decimal(9), commission_percent=3, commission=1,
        opened_on=timezone.localdate(),
    )  # fmt: skip
    done = services.move(lead=lead, to=stage("lost"), lost_reason="elsewhere", why="Took a flat")
    assert (Deal.objects.get().state, StageChange.objects.last().why) == (
        "fell_through",
        "Took a flat",
    )
    undo(done)
    lead.refresh_from_db()
    assert (Deal.objects.get().state, lead.stage.kind, lead.lost_reason) == ("open", "new", "")


def move(client, lead, kind, **values):
    address = reverse("pipeline:move", args=[lead.id])
    given = {"to": stage(kind).id, "tab": "buyers", **values}
    return client.post(address, given, headers={"HX-Request": "true"})


def test_move_answers_with_the_new_counts_a_toast_and_a_way_back(signed_in):
    lead = on_the_board()
    answer = move(signed_in, lead, "offer")
    lead.refresh_from_db()
    assert lead.stage.kind == "offer"
    assert f'"to": {stage("offer").id}' in answer.headers["HX-Trigger"]
    assert "/undo/" in answer.headers["HX-Trigger"]
    page = answer.content.decode()
    assert re.search(r'hx-swap-oob="true"><h2>.*Offer.*<span class="count">1<', page, re.DOTALL)


@pytest.mark.parametrize("kind", ["lost", "closed", "reserved"])
def test_stage_with_a_question_asks_first(signed_in, kind):
    lead = on_the_board()
    answer = move(signed_in, lead, kind)
    lead.refresh_from_db()
    assert lead.stage.kind == "new"
    assert "board-question" in answer.content.decode()
    assert "HX-Trigger" not in answer.headers


def test_lost_needs_a_reason(signed_in):
    lead = on_the_board()
    page = move(signed_in, lead, "lost", asked="1", why="They went quiet").content.decode()
    assert "This field is required" in page
    assert "They went quiet" in page
    move(signed_in, lead, "lost", asked="1", reason="unreachable")
    lead.refresh_from_db()
    assert (lead.stage.kind, lead.lost_reason) == ("lost", "unreachable")


def test_closing_in_another_currency_asks_what_it_is_worth(signed_in):
    lead = on_the_board(currency="USD")
    good = {"asked": "1", "amount": "200000", "commission_percent": "3", "day": "2026-01-05"}
    page = move(signed_in, lead, "closed", **good).content.decode()
    assert "Type what 1 USD is worth in PHP." in page
    move(signed_in, lead, "closed", **good, rate="56.5")
    deal = Deal.objects.get()
    assert (deal.currency, deal.commission, deal.rate) == ("USD", Decimal(6000), Decimal("56.5"))


@pytest.mark.parametrize(
    "wrong",
    [{"amount": "0"}, {"amount": "x"}, {"amount": "1" * 40}, {"commission_percent": "101"},
     {"day": "2026-02-30"}, {"day": ""}, {"day": "9999-12-31"}],
)  # fmt: skip
def test_closing_with_what_can_not_be_is_asked_again(signed_in, wrong):
    lead = on_the_board()
    good = {"asked": "1", "amount": "9000000", "commission_percent": "3", "day": "2026-01-05"}
    page = move(signed_in, lead, "closed", **{**good, **wrong}).content.decode()
    assert "errorlist" in page
    assert not Deal.objects.exists()
    move(signed_in, lead, "closed", **good)
    assert Deal.objects.get().commission == Decimal(270_000)


@pytest.mark.parametrize("to", ["", "x", "0", "9" * 30])
def test_stage_that_is_none_is_not_found(signed_in, to):
    lead = on_the_board()
    assert signed_in.post(reverse("pipeline:move", args=[lead.id]), {"to": to}).status_code == 404


def test_board_works_without_script(signed_in):
    lead = on_the_board()
    address = reverse("pipeline:move", args=[lead.id])
    answer = signed_in.post(address, {"to": stage("offer").id, "tab": "sellers"})
    assert (answer.status_code, answer.url) == (302, "/pipeline/?tab=sellers")
    asked = signed_in.post(address, {"to": stage("lost").id})
    assert "What happened" in asked.content.decode()


def test_board_asks_as_little_for_thirty_as_for_one_and_for_more_stages(signed_in):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert signed_in.get("/pipeline/").status_code == 200
        return len(queries)

    on_the_board()
    asked()
    few = asked()
    for number in range(30):
        on_the_board(f"Lead {number}", stage=("new", "offer", "showing")[number % 3])
    for number in range(5):
        Stage.objects.create(name=f"Visit {number}", kind="showing", order=4)
    assert asked() == few <= 15


def test_names_are_text_on_the_board(signed_in):
    on_the_board('"><img src=x onerror=alert(1)>')
    page = signed_in.get("/pipeline/").content.decode()
    assert "<img src=x" not in page
    assert Lead.objects.count() == page.count("data-lead=")


def test_folded_tallies_say_the_same_in_fewer_rows(owner):
    for number in range(5):
        on_the_board(f"Lead {number}")
    before = [(lane.count, lane.worth) for lane in lanes.board("buyers", None).lanes]
    fold_tallies()
    assert [(lane.count, lane.worth) for lane in lanes.board("buyers", None).lanes] == before
    assert StageTally.objects.count() == 1


def test_empty_board_opens(signed_in):
    assert "No budgets yet" in signed_in.get("/pipeline/?tab=nonsense").content.decode()


def test_archived_card_is_not_moved(signed_in):
    assert move(signed_in, a_lead(state="archived"), "offer").status_code == 404
