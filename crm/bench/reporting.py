from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal


@dataclass(frozen=True)
class Figure:
    room: str
    name: str
    value: float
    unit: str
    bar: float | None
    ok: bool | None

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def figure(
    room: str,
    name: str,
    value: float,
    unit: str,
    bar: float | None,
    better: Literal["less", "more"] = "less",
) -> Figure:
    ok = None if bar is None else (value <= bar if better == "less" else value >= bar)
    return Figure(room, name, round(value, 3), unit, bar, ok)


def short_figures(figures: Sequence[Figure]) -> list[Figure]:
    return [each for each in figures if each.ok is False]


HEAD = ("room", "measure", "value", "unit", "bar", "")


def table(figures: Sequence[Figure], *, head: bool = True) -> str:
    rows = [*([HEAD] if head else []), *(_cells(each) for each in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    return "\n".join(_line(row, widths) for row in rows)


def verdict(figures: Sequence[Figure]) -> str:
    short = short_figures(figures)
    if not short:
        return "Every bar is met."
    names = "; ".join(f"{each.name} ({_number(each.value)} {each.unit})" for each in short)
    return f"Short of the bar: {names}."


def timed(line: str, seconds: float) -> str:
    """What a long run says, with how long it has been at it."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes:3d}:{rest:02d}  " + line.replace("\n", "\n        ")


def circumstances(load: float, cores: int) -> str:
    """Times on a machine with other work to do say more about the other work."""
    busy = " Others were at work: times are too high, ratios still hold." if load > cores else ""
    return f"Load {load:.1f} on {cores} cores.{busy}"


def _cells(figure: Figure) -> tuple[str, ...]:
    mark = {None: "", True: "ok", False: "SHORT"}[figure.ok]
    bar = "" if figure.bar is None else _number(figure.bar)
    return (figure.room, figure.name, _number(figure.value), figure.unit, bar, mark)


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    padded = [
        cell.rjust(width) if column in (2, 4) else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return "  ".join(padded).rstrip()


def _number(value: float) -> str:
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.2f}"
