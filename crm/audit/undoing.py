"""Undo as the whole product offers it: one address, one sentence about how it went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.urls import Resolver404, ResolverMatch, resolve

from crm.audit.undo import CannotUndo, Report, undo
from crm.models import Operation


@dataclass(frozen=True)
class Undone:
    """`operation` is the undo's own, by which it is done again; None where nothing was undone, or
    not yet (`later`). `back` is an undo, not the doing again of what was undone."""

    words: str
    operation: UUID | None = None
    later: bool = False
    back: bool = False


# A room may say why an operation of its own can't be undone yet, and take what is long upon itself.
Objection = Callable[[UUID], str]
Taker = Callable[[UUID], Undone | None]
_objections: list[Objection] = []
_takers: list[Taker] = []
# From a page whose thing was taken away its room leads elsewhere.
Leader = Callable[[ResolverMatch], str]
_leaders: list[Leader] = []


def object_to_undo(objection: Objection) -> None:
    if objection not in _objections:
        _objections.append(objection)


def take_over(taker: Taker) -> None:
    if taker not in _takers:
        _takers.append(taker)


def lead_away(leader: Leader) -> None:
    if leader not in _leaders:
        _leaders.append(leader)


def away_from(path: str) -> str:
    """Where to go from this page, if what it showed is no more."""
    try:
        match = resolve(path)
    except Resolver404:
        return ""
    return next((way for leader in _leaders if (way := leader(match))), "")


def take_back(operation: UUID) -> Undone:
    for objection in _objections:
        if why := objection(operation):
            return Undone(f"Not undone. {why}")
    for taker in _takers:
        if taken := taker(operation):
            return taken
    try:
        report = undo(operation)
    except CannotUndo as refusal:
        return Undone(f"Not undone. {refusal}")
    done = Operation.objects.get(id=operation)
    again = None if report.nothing else report.operation
    return Undone(words(done, report), again, back=not done.is_undo)


def words(done: Operation, report: Report) -> str:
    """ "Undone. 3 left as they are: changed since." """
    said = "Done again." if done.is_undo else "Undone."
    if report.nothing:
        said = f"Not {said.lower()}"
    for why, number in Counter(left.why for left in report.left).items():
        said += f" {number:,} left as {'it is' if number == 1 else 'they are'}: {why}."
    return said
