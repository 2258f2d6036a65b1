"""Undo as the whole product offers it: one address, one sentence about how it went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from crm.audit.undo import CannotUndo, Report, undo
from crm.models import Operation


@dataclass(frozen=True)
class Undone:
    """`operation` is the undo's own, by which it is done again; None where nothing was undone, or
    not yet (`later`)."""

    words: str
    operation: UUID | None = None
    later: bool = False


# A room may say why an operation of its own can't be undone yet, and take what is long upon itself.
Objection = Callable[[UUID], str]
Taker = Callable[[UUID], Undone | None]
_objections: list[Objection] = []
_takers: list[Taker] = []


def object_to_undo(objection: Objection) -> None:
    if objection not in _objections:
        _objections.append(objection)


def take_over(taker: Taker) -> None:
    if taker not in _takers:
        _takers.append(taker)


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
    return Undone(words(done, report), None if report.nothing else report.operation)


def words(done: Operation, report: Report) -> str:
    """ "Undone. 3 left as they are: changed since." """
    said = "Done again." if done.is_undo else "Undone."
    if report.nothing:
        said = f"Not {said.lower()}"
    for why, number in Counter(left.why for left in report.left).items():
        said += f" {number:,} left as {'it is' if number == 1 else 'they are'}: {why}."
    return said
