from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.timezone import localtime

from crm.shell.charts import Chart, Line
from crm.watch import queries
from crm.watch.queries import DayRow, Point

NAMES_SHOWN = 5
HEIGHT = 132.0


def charts(*, days: int) -> list[Chart]:
    """Every chart that has something to show."""
    answers = queries.by_day(days=min(days, 30))
    drawn = [*_of_answers(answers), *_of_samples(queries.points(days=days))]
    return [chart for chart in drawn if any(value for _, value in chart.values)]


def _of_answers(rows: Sequence[DayRow]) -> list[Line]:
    counts = [(f"{row.day:%-d %b}", row.count) for row in rows]
    times = [(f"{row.day:%-d %b}", row.p95) for row in rows]
    return [
        _line("Answers a day", counts),
        _line("95 of 100 answers within, ms", times),
    ]


def _of_samples(points: Sequence[Point]) -> list[Line]:
    return [
        _line("Database", _series(points, "database_bytes"), say=filesizeformat),
        _line("Memory in use", _series(points, "memory_bytes"), say=filesizeformat),
        _line("Processor in use, percent of the machine", _series(points, "cpu_percent")),
        _line("Rows written a second", _series(points, "rows_a_second")),
        _line("Work waiting", _series(points, "waiting")),
    ]


def _line(
    title: str, values: Sequence[tuple[str, float]], say: Callable[[Any], str] | None = None
) -> Line:
    every = max(1, len(values) // NAMES_SHOWN)
    given = {"say": say} if say else {}
    return Line(title, values=values, every=every, height=HEIGHT, **given)  # type: ignore[arg-type]


def _series(points: Sequence[Point], name: str) -> list[tuple[str, float]]:
    known = [(point.at, getattr(point, name)) for point in points]
    return [(f"{localtime(at):%-d %b %H:%M}", value) for at, value in known if value is not None]
