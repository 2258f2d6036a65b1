from __future__ import annotations

from crm.bench.reporting import circumstances, figure, short_figures, table, timed, verdict


def test_a_figure_is_held_against_its_bar_in_the_right_direction():
    assert figure("watch", "a page", 50.0, "ms", 50).ok is True
    assert figure("watch", "a page", 50.1, "ms", 50).ok is False
    assert figure("events", "delivered", 99.0, "a second", 100, "more").ok is False
    assert figure("events", "delivered", 100.0, "a second", 100, "more").ok is True
    assert figure("vault", "no bar", 1.0, "s", None).ok is None


def test_the_json_has_the_six_promised_keys():
    assert figure("watch", "a page", 12.34567, "ms", 50).as_dict() == {
        "room": "watch",
        "name": "a page",
        "value": 12.346,
        "unit": "ms",
        "bar": 50,
        "ok": True,
    }


def test_the_table_lines_up_and_marks_what_falls_short():
    figures = [
        figure("watch", "a page", 51.5, "ms", 50),
        figure("vault", "seal 1,000,000", 1500000, "values", None),
    ]
    assert table(figures).splitlines() == [
        "room   measure             value  unit    bar",
        "watch  a page              51.50  ms       50  SHORT",
        "vault  seal 1,000,000  1,500,000  values",
    ]


def test_the_verdict_names_what_falls_short():
    slow = figure("watch", "a page", 51.5, "ms", 50)
    quick = figure("watch", "another", 1.0, "ms", 50)
    assert short_figures([slow, quick]) == [slow]
    assert verdict([slow, quick]) == "Short of the bar: a page (51.50 ms)."
    assert verdict([quick]) == "Every bar is met."


def test_a_busy_machine_is_said_to_be_busy():
    assert circumstances(1.94, 2) == "Load 1.9 on 2 cores."
    assert circumstances(7.0, 2) == (
        "Load 7.0 on 2 cores. Others were at work: times are too high, ratios still hold."
    )


def test_a_long_run_says_how_long_it_has_been_at_it():
    assert timed("Making it.\nFor long.", 754) == " 12:34  Making it.\n        For long."
