from __future__ import annotations

import math
import re
from decimal import Decimal
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.shell.charts import Bars, Chart, Goal, Histogram, Line, Ring, Spark, funnel, scale, short
from crm.shell.charts.bars import ROOM
from crm.shell.charts.drawing import LEAST

values = st.one_of(
    st.integers(-(10**15), 10**15),
    st.floats(-1e12, 1e12, allow_nan=False),
    st.decimals(-(10**12), 10**12, allow_nan=False, places=2),
)
names = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=20)


def drawn(chart: Chart) -> ElementTree.Element:
    """The chart as markup that parses, without any style or script."""
    markup = str(chart)
    assert not re.search(r"<(style|script)|\sstyle=|\son\w+=", markup)
    return ElementTree.fromstring(markup)  # noqa: S314  (our own markup)


@given(st.lists(st.tuples(names, st.lists(values, min_size=2, max_size=2)), max_size=8))
def test_bars_are_as_long_as_their_values(rows: list[tuple[str, list[float]]]) -> None:
    chart = Bars("Commission and cost", rows, ("Commission", "Cost"))
    for (_, given_values), row in zip(rows, chart.bars, strict=True):
        for value, piece in zip(given_values, row.pieces, strict=True):
            right = float(value) / chart.whole * ROOM if chart.whole and value > 0 else 0.0
            assert piece.start == 0.0
            assert piece.width == pytest.approx(max(right, LEAST if value > 0 else 0.0))
            assert piece.width <= ROOM


@given(st.lists(st.lists(st.integers(0, 10**9), min_size=3, max_size=3), min_size=1, max_size=6))
def test_stacked_bars_stand_end_to_end_and_the_longest_fills_the_row(rows: list[list[int]]) -> None:
    chart = Bars("Imports", [("row", row) for row in rows], ("a", "b", "c"), stacked=True)
    for row in chart.bars:
        for left, right in pairwise(row.pieces):
            assert right.start == pytest.approx(left.start + left.width)
    if chart.whole:
        longest = max(piece.start + piece.width for row in chart.bars for piece in row.pieces)
        assert longest == pytest.approx(100, abs=3 * LEAST)


@given(st.lists(st.tuples(names, values), max_size=14), st.booleans())
def test_line_stays_on_the_paper(points: list[tuple[str, float]], unfinished: bool) -> None:
    chart = Line("Back per peso", points, [], unfinished)
    for point in chart.points:
        assert 0 <= point.x <= 100
        assert 0 <= point.y <= chart.height
    drawn(chart)


@given(st.floats(1e-9, 1e15, allow_nan=False, allow_infinity=False))
def test_scale_reaches_the_highest_value_in_a_few_even_steps(highest: float) -> None:
    marks = scale(highest)
    steps = [right - left for left, right in pairwise(marks)]
    assert marks[0] == 0.0
    assert marks[-1] >= highest * (1 - 1e-6)
    assert 2 <= len(marks) <= 6
    assert all(math.isclose(step, steps[0], rel_tol=1e-6) for step in steps)


@pytest.mark.parametrize(
    "chart",
    [
        Bars("Nothing"),
        Bars("One", [("Referral", [1])]),
        Bars("Below zero", [("Referral", [-5])]),
        Bars("Huge", [("Referral", [10**18]), ("Signboard", [1])]),
        Bars("Mail", [("Referral", [5])], mail=True),
        funnel("Nobody", []),
        Line("Nothing"),
        Line("One", [("Jan", 4)]),
        Line("Below zero", [("Jan", -4), ("Feb", -1)]),
        Spark("Nothing"),
        Spark("One", [4]),
        Spark("Flat", [0, 0]),
        Histogram("Nothing"),
        Histogram("One", [("0-5", 3)]),
        Goal("No goal", 5, 0),
        Goal("Past it", 12, 10, 50.0),
        Ring("All", 100, "100%"),
    ],
    ids=lambda chart: f"{type(chart).__name__} {chart.title}",
)
def test_chart_draws_at_the_edges_and_says_its_title(chart: Chart) -> None:
    root = drawn(chart)
    assert root.get("role") == "img"
    assert (root.get("aria-label") or "").startswith(chart.title)


def test_label_holds_every_number() -> None:
    chart = Bars("By source", [("Referral", [1_420_000, 42_000])], ("commission", "cost"))
    assert chart.label == "By source. Referral: commission 1.42M, cost 42k"


def test_funnel_says_the_share_of_the_step_before() -> None:
    chart = funnel("From lead to keys", [("Leads", 886), ("Contacted", 702), ("Qualified", 0)])
    assert [row.note for row in chart.bars] == ["", "79%", "0%"]


def test_unfinished_point_is_hollow_and_its_line_dashed() -> None:
    chart = Line("By month", [("Apr", 7), ("May", 10), ("June so far", 5)], unfinished=True)
    assert [point.partial for point in chart.points] == [False, False, True]
    assert chart.path.count("L") == 1
    assert chart.partial_path.count("L") == 1


def test_what_a_person_typed_cannot_leave_its_place() -> None:
    markup = str(Bars('"><script>alert(1)</script>', [("<b>x</b>", [1])]))
    assert "<script" not in markup
    assert "<b>" not in markup


def test_mail_form_names_its_colours_itself() -> None:
    rect = drawn(Bars("Mail", [("Referral", [5])], mail=True)).find(".//rect")
    assert rect is not None
    assert rect.get("fill") == "#3b5ea3"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0"),
        (12, "12"),
        (999.6, "1k"),
        (1420, "1.42k"),
        (Decimal("9850000"), "9.85M"),
        (-36000, "-36k"),
    ],
)
def test_short_says_a_number_in_few_figures(value: float, said: str) -> None:
    assert short(value) == said
