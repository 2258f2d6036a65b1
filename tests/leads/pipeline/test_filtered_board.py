"""The board under a filter: who fits, and what is said where that takes long."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from crm.lists.limits import TooSlow
from crm.lists.tree import Condition, Group, to_address
from leads.models import Source
from leads.pipeline import chosen, lanes
from tests.leads.pipeline.made import on_the_board, stage, the_lane

pytestmark = pytest.mark.django_db


def filtered(*conditions):
    return urlencode({"q": to_address(Group(parts=conditions))})


def test_filter_counts_adds_up_and_shows_only_who_fits(signed_in, owner):
    on_the_board("Dana Whitfield", source=Source.objects.get(name="Referral"), score=50)
    on_the_board("Kim Reyes", stage="offer")
    on_the_board("Lost Dana", stage="lost")
    query = filtered(Condition("name", "has", ("dana",)))

    page = signed_in.get(f"/pipeline/?{query}")

    board = page.context["board"]
    assert [(lane.stage.kind, lane.count, lane.sums) for lane in board.lanes if lane.count] == [
        ("new", 1, ["₱9.85M"])
    ]
    assert [card.name for lane in board.lanes for card in lane.cards] == ["Dana Whitfield"]
    assert the_lane(board, "lost").came == 1
    html = page.content.decode()
    assert "Remove filter Name contains “dana”" in html
    assert f"tab=sellers&amp;{query}" in html


@pytest.fixture
def hardly_anybody_fits(monkeypatch):
    """Whoever fits is not found as quickly as where many do."""
    ranked = chosen._ranked

    def slowly(*asked):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.1)")
        return ranked(*asked)

    monkeypatch.setattr(chosen, "_ranked", slowly)
    monkeypatch.setattr(chosen, "RANKING_MS", 20)


def test_where_hardly_anybody_fits_the_board_shows_them_all_the_same(hardly_anybody_fits):
    on_the_board("Dana Whitfield", stage="offer")
    on_the_board("Kim Reyes")
    board = lanes.board("buyers", None, only=Q(name__startswith="Dana"))
    shown = [(lane.stage.kind, card.name) for lane in board.lanes for card in lane.cards]
    assert (board.too_slow, shown) == (False, [("offer", "Dana Whitfield")])


@pytest.mark.parametrize("how", ["ranked", "passed"])
def test_filtered_lane_shows_its_best_and_then_the_rest_each_once(monkeypatch, request, how):
    if how == "passed":
        request.getfixturevalue("hardly_anybody_fits")
    monkeypatch.setattr(lanes, "A_LANE", 2)
    for number, score in enumerate([50, 90, 50, 50, 70]):
        on_the_board(f"Lead {number}", score=score, kind="investor" if number % 2 else "buyer")
    on_the_board("Somebody else", score=99)
    only = Q(name__startswith="Lead")
    lane = the_lane(lanes.board("buyers", None, only=only), "new")
    scores, seen = [card.score for card in lane.cards], {card.id for card in lane.cards}
    while lane.following:
        lane = lanes.more(lane.stage, "buyers", lane.following, only=only)
        scores += [card.score for card in lane.cards]
        seen |= {card.id for card in lane.cards}
    assert (scores, len(seen)) == ([90, 70, 50, 50, 50], 5)


def test_moved_under_a_filter_the_counts_are_the_filters(signed_in):
    lead = on_the_board("Dana Whitfield")
    on_the_board("Kim Reyes", stage="contacted")
    q = to_address(Group(parts=(Condition("name", "has", ("dana",)),)))
    sent = {"to": stage("contacted").id, "tab": "buyers", "q": q}
    answer = signed_in.post(f"/pipeline/{lead.id}/move/", sent, headers={"HX-Request": "true"})
    counts = re.findall(r'class="count">(\d+)', answer.content.decode())
    assert counts[:2] == ["0", "1"]


def test_filter_that_is_too_slow_or_wrong_is_said(signed_in, monkeypatch):
    on_the_board()

    def slow(*_):
        raise TooSlow

    monkeypatch.setattr("leads.pipeline.chosen.best", slow)
    html = signed_in.get(f"/pipeline/?{filtered(Condition('name', 'has', ('dana',)))}")
    assert "needs longer than a second" in html.content.decode()
    asked = f"after=90-{lanes.NOBODY}&{filtered(Condition('name', 'has', ('dana',)))}"
    monkeypatch.setattr("leads.pipeline.chosen.further", slow)
    more = signed_in.get(f"/pipeline/lane/{stage('new').id}/?{asked}").content.decode()
    assert ("More took longer than a second" in more, "after=90-" in more) == (True, True)
    assert "can't be read" in signed_in.get("/pipeline/?q=@@").content.decode()
    wrong = signed_in.get(f"/pipeline/?{filtered(Condition('shoe', 'has', ('dana',)))}")
    assert "A condition needs another look" in unescape(wrong.content.decode())
    assert [lane.cards for lane in wrong.context["board"].lanes if lane.cards] == []


@pytest.fixture
def counts_slowly(monkeypatch):
    """A tenth of a second, where a board gives them no time at all."""
    counted = lanes.chosen.counted

    def slowly(*asked):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.1)")
        return counted(*asked)

    monkeypatch.setattr(lanes.chosen, "counted", slowly)
    monkeypatch.setattr(lanes, "QUICK_MS", 20)


def asked_for(html):
    found = re.search(r'id="board-counts"[^>]* hx-get="([^"]+)" hx-trigger="load"', html)
    return unescape(found[1]) if found else ""


def test_cards_of_a_filter_come_before_counts_that_take_long(signed_in, counts_slowly):
    on_the_board("Dana Whitfield")
    on_the_board("Kim Reyes")
    page = signed_in.get(f"/pipeline/?{filtered(Condition('name', 'has', ('dana',)))}")
    html = page.content.decode()
    cards = [card.name for lane in page.context["board"].lanes for card in lane.cards]
    assert (cards, 'class="count"' in html, "Counting …" in html) == (
        ["Dana Whitfield"], False, True,
    )  # fmt: skip
    told = signed_in.get(asked_for(html)).content.decode()
    assert re.findall(r'class="count">(\d+)', told)[:2] == ["1", "0"]
    assert "₱9.85M open" in told
    assert asked_for(told) == ""


def test_without_script_the_counts_are_one_link_away(signed_in, counts_slowly):
    on_the_board("Dana Whitfield")
    page = signed_in.get(f"/pipeline/?{filtered(Condition('name', 'has', ('dana',)))}")
    (link,) = re.findall(r'<noscript><a class="link" href="([^"]+)"', page.content.decode())
    told = signed_in.get(unescape(link)).content.decode()
    assert ("₱9.85M open" in told, "Counting …" in told, "<noscript><a" in told) == (
        True, False, False,
    )  # fmt: skip


def test_counts_that_take_longer_than_a_second_are_given_up(signed_in, counts_slowly, monkeypatch):
    on_the_board("Dana Whitfield")
    page = signed_in.get(f"/pipeline/?{filtered(Condition('name', 'has', ('dana',)))}")
    monkeypatch.setattr("leads.pipeline.views.PAGE_MS", 20)
    told = signed_in.get(asked_for(page.content.decode())).content.decode()
    assert ("Too many to count in a second" in told, "Not counted" in told) == (True, True)
    assert asked_for(told) == ""


def test_a_move_under_such_a_filter_asks_for_its_counts_after(signed_in, counts_slowly):
    lead = on_the_board("Dana Whitfield")
    q = to_address(Group(parts=(Condition("name", "has", ("dana",)),)))
    sent = {"to": stage("contacted").id, "tab": "buyers", "q": q}
    answer = signed_in.post(f"/pipeline/{lead.id}/move/", sent, headers={"HX-Request": "true"})
    told = signed_in.get(asked_for(answer.content.decode())).content.decode()
    assert re.findall(r'class="count">(\d+)', told)[:2] == ["0", "1"]


def test_a_board_that_is_counted_asks_for_nothing_more(signed_in):
    on_the_board("Dana Whitfield")
    query = filtered(Condition("name", "has", ("dana",)))
    for url in ("/pipeline/", f"/pipeline/?{query}"):
        assert asked_for(signed_in.get(url).content.decode()) == ""


def test_filtered_board_asks_as_much_for_thirty_as_for_one(signed_in):
    url = f"/pipeline/?{filtered(Condition('budget', 'at_least', ('1',)))}"

    def asked():
        with CaptureQueriesContext(connection) as queries:
            signed_in.get(url)
        return sum("SAVEPOINT" not in query["sql"] for query in queries)

    on_the_board()
    one = asked()
    for number in range(30):
        on_the_board(f"Lead {number}")
    assert asked() == one <= 15
