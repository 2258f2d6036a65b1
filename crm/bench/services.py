from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from statistics import median
from time import perf_counter

from crm.bench import database, indexes, refusing, registry, reporting
from crm.bench.apart import apart, remove
from crm.bench.hands import share_out
from crm.bench.registry import Maker, Measure, Walk
from crm.bench.reporting import Figure, figure
from crm.bench.stage import Stage
from crm.bench.walking import Timed, Walker

PAGE_QUERIES = 15
RATIO_BAR = 2
# Below a millisecond a page's own work is lost in the noise of any machine.
SMALLEST_MS = 1.0
MAKING_BAR_S = 300
PASSES = 3

Say = Callable[[str], object]


class Refused(Exception):
    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("No figures: " + " ".join(reasons))
        self.reasons = list(reasons)


@dataclass(frozen=True)
class Wanted:
    rows: int
    against: int
    seed: int
    room: str = ""
    system: bool = False
    keep: bool = False
    requests: int = 20


def bench(wanted: Wanted, *, say: Say) -> list[Figure]:
    """Makes the rows, checks that nothing is switched off, measures, checks again."""
    stages = [_stage(wanted, rows) for rows in sorted({wanted.against, wanted.rows})]
    stages = [stage for stage in stages if stage.rows <= wanted.rows]
    with ExitStack() as afterwards:
        if not wanted.keep:
            afterwards.callback(database.drop, database.pattern())
            for stage in stages:
                afterwards.callback(_leave_nothing, database.name_for(stage.rows))
        figures = [each for stage in stages for each in _prepare(stage, wanted, say)]
        figures += _measure_pages(stages, wanted, say)
        figures += _measure_rooms(stages[-1], wanted, say)
        with _opened(database.name_for(wanted.rows)):
            _demand_honesty(stages[-1])
    return figures


@contextmanager
def _opened(name: str, *, as_owner: bool = False) -> Iterator[None]:
    with apart(name), database.opened(name, as_owner=as_owner):
        yield


def _leave_nothing(name: str) -> None:
    database.drop(name)
    remove(name)


def _stage(wanted: Wanted, rows: int) -> Stage:
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return Stage(rows=rows, seed=wanted.seed, today=midnight)


def _prepare(stage: Stage, wanted: Wanted, say: Say) -> list[Figure]:
    """Only the large database's making is a figure; a reused one was timed when it was made."""
    name = database.name_for(stage.rows)
    if database.is_ready(name, stage):
        say(f"Reusing {name}.")
        with _opened(name, as_owner=True):
            database.catch_up()
        with _opened(name):
            _demand_honesty(stage)
        return []
    say(f"Making {name}.")
    database.make_empty(name)
    started = perf_counter()
    remove(name)
    with _opened(name, as_owner=True):
        _demand_honesty(stage)
        _fill(stage, say)
        _demand_honesty(stage)
    seconds = perf_counter() - started
    database.mark_ready(name, stage)
    if stage.rows != wanted.rows:
        return []
    return [figure("bench", f"making {stage.rows:,} rows of each", seconds, "s", MAKING_BAR_S)]


def _fill(stage: Stage, say: Say) -> None:
    makers = [maker for maker in registry.makers() if not maker.settles]
    settling = [maker for maker in registry.makers() if maker.settles]
    along = {maker.along: partial(_make, stage, [maker], say) for maker in settling if maker.along}
    with indexes.built_afterwards(along):
        _make_side_by_side(stage, makers, say)
        made_at = perf_counter()
    say(f"  bench: indexes in {perf_counter() - made_at:.1f} s")
    # Plans want statistics; the server's own would come too late for the first page.
    figures = Maker("bench", "tables known to the planner", _analyze)
    last = [maker for maker in settling if not maker.along]
    _make_side_by_side(stage, [figures, *last], say)


def _analyze(_stage: Stage) -> int:
    return indexes.each_table("ANALYZE {}")


def _make_side_by_side(stage: Stage, makers: list[Maker], say: Say) -> None:
    share_out(
        partial(_make, stage, [maker for maker in makers if maker.beside is beside], say)
        for beside in (False, True)
    )


def _make(stage: Stage, makers: list[Maker], say: Say) -> None:
    for maker in makers:
        started = perf_counter()
        made = maker.make(stage)
        say(f"  {maker.room}: {made:,} {maker.name} in {perf_counter() - started:.1f} s")


def _demand_honesty(stage: Stage) -> None:
    reasons = refusing.reasons(stage)
    if reasons:
        raise Refused(reasons)


def _measure_pages(stages: list[Stage], wanted: Wanted, say: Say) -> list[Figure]:
    """Room by room, so that each room's figures can be read while the next is walked."""
    walks, figures = registry.pages(room=wanted.room), []
    for room in dict.fromkeys(walk.room for walk in walks):
        own = [walk for walk in walks if walk.room == room]
        say(f"Walking {len(own)} pages of {room}.")
        found = _walk_room(stages, own, wanted)
        say(reporting.table(found, head=False))
        figures += found
    return figures


def _walk_room(stages: list[Stage], walks: list[Walk], wanted: Wanted) -> list[Figure]:
    """Passes over the small and the large database alternate, so that a slow minute hits both."""
    timed = {stage.rows: {walk: Timed() for walk in walks} for stage in stages}
    bare = {stage.rows: Timed() for stage in stages}
    for _ in range(PASSES):
        for stage in stages:
            _walk_all(stage, walks, timed[stage.rows], bare[stage.rows], wanted.requests)
    figures = []
    for walk in walks:
        large = timed[wanted.rows][walk]
        figures += _page_figures(walk, large, bare[wanted.rows])
        if len(stages) > 1:
            small = timed[stages[0].rows][walk]
            figures.append(_ratio(walk, stages, small, large, bare))
    return figures


def _walk_all(
    stage: Stage, walks: list[Walk], timed: dict[Walk, Timed], bare: Timed, times: int
) -> None:
    with _opened(database.name_for(stage.rows)):
        walker = Walker()
        walker.walk(None, stage, bare, times=times)
        for walk in walks:
            walker.walk(walk, stage, timed[walk], times=times)


def _page_figures(walk: Walk, large: Timed, bare: Timed) -> list[Figure]:
    return [
        figure(walk.room, f"{walk.name}, p95", large.p95, "ms", walk.bar),
        figure(walk.room, f"{walk.name}, p50", large.p50, "ms", None),
        figure(walk.room, f"{walk.name}, above a bare view", large.p50 - bare.p50, "ms", None),
        figure(walk.room, f"{walk.name}, queries", large.queries, "queries", PAGE_QUERIES),
    ]


def _ratio(
    walk: Walk, stages: list[Stage], small: Timed, large: Timed, bare: dict[int, Timed]
) -> Figure:
    own_small = max(small.p50 - bare[stages[0].rows].p50, SMALLEST_MS)
    own_large = max(large.p50 - bare[stages[-1].rows].p50, SMALLEST_MS)
    name = f"{walk.name}, at {stages[-1].rows:,} against {stages[0].rows:,}"
    return figure(walk.room, name, own_large / own_small, "times", RATIO_BAR)


def _measure_rooms(stage: Stage, wanted: Wanted, say: Say) -> list[Figure]:
    figures = []
    for measure in registry.measures(room=wanted.room, system=wanted.system):
        say(f"Measuring {measure.room}: {measure.name}.")
        with _opened(database.name_for(stage.rows), as_owner=measure.as_owner):
            figures.append(_measure(measure, stage))
        say(reporting.table(figures[-1:], head=False))
    return figures


def _measure(measure: Measure, stage: Stage) -> Figure:
    value = median(measure.run(stage) for _ in range(measure.times))
    return figure(measure.room, measure.name, value, measure.unit, measure.bar, measure.better)
