"""From a row's own page to the next and the one before, in the list that one came from.

The address has what the list's own has, and the row's place as it was when it was opened: who has
left the list since, because one worked with them, is still followed by the one who came after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.http import HttpRequest, QueryDict

from crm.lists import cursors, orders, paging
from crm.lists.asking import Asked, asked
from crm.lists.checking import check
from crm.lists.declaration import ListOf
from crm.lists.limits import COUNT_MS, REST_MS, TooSlow, within
from crm.lists.orders import Branch, Keyed

AT = "at"
MOST = 1000


@dataclass(frozen=True)
class Walk:
    """`label` and `url` are the list's; `before` and `after` lead to its rows, or are empty."""

    label: str
    url: str
    words: str
    before: str = ""
    after: str = ""


def walk(request: HttpRequest, listed: ListOf, told: QueryDict, *, row: Any) -> Walk | None:
    """Two queries, or four at the end of those who have what is sorted by; none where the address
    says no place, or one that takes too long to find."""
    if AT not in told:
        return None
    shown = asked(request, listed, told)
    checked = check(shown.shape, shown.tree, shown.reader, named=False)
    if not checked.ok or shown.unreadable:
        return None
    rows, place = listed.rows().filter(checked.q).exclude(pk=row.pk), told.get(AT, "")
    try:
        ahead = orders.branches(rows, shown.order.reverse(), place)
        behind = orders.branches(rows, shown.order, place)
        before, after = _neighbours(shown, ahead, behind)
        (passed, left), cut = _counted(ahead, behind)
    except (cursors.NoPlace, TooSlow):
        return None
    said = "" if 0 in cut else words(passed, left, more=1 in cut)
    return Walk(shown.current.label, shown.url(), said, before, after)


def _neighbours(shown: Asked, *ways: Sequence[Branch]) -> list[str]:
    """The nearest row each way, or "": one statement, and another where those follow who have
    nothing to be sorted by."""
    found = [""] * len(ways)
    parted = {way: paging.waves(branches) for way, branches in enumerate(ways)}
    limit = COUNT_MS
    while asked := {way: left.pop(0) for way, left in parted.items() if left and not found[way]}:
        try:
            with within(limit):
                nearest = paging.nearest(list(asked.values()))
        except TooSlow:
            if limit == COUNT_MS:
                raise
            break  # Who lacks what is sorted by may be nobody: the way ends where they would begin.
        for way, told in zip(asked, nearest, strict=True):
            found[way] = _address(shown, *told[0]) if told else ""
        limit = REST_MS
    return found


def _address(shown: Asked, stretch: Keyed, values: Sequence[Any]) -> str:
    """The last of the keys is the id."""
    row = shown.listed.rows().model(pk=values[-1])
    place = shown.order.place_of(stretch, values)
    return f"{shown.listed.row_url(row)}?{urlencode(shown.parameters(at=place))}"


def _counted(*ways: Sequence[Branch]) -> tuple[list[int], set[int]]:
    """No further than anyone reads such a number; and which ways may have more than that."""
    counted, cut, limit = [0] * len(ways), set[int](), COUNT_MS
    parted = {way: paging.waves(branches) for way, branches in enumerate(ways)}
    while asked := {
        way: left.pop(0) for way, left in parted.items() if left and counted[way] < MOST
    }:
        try:
            with within(limit):
                sums = _sums(list(asked.values()))
        except TooSlow:
            if limit == COUNT_MS:
                raise
            cut |= asked.keys()
            break
        for way, number in zip(asked, sums, strict=True):
            counted[way] += number
        limit = REST_MS
    return counted, cut


def _sums(ways: Sequence[Sequence[Branch]]) -> list[int]:
    sums, given = [], []
    for branches in ways:
        few = [
            branch.rows.order_by().values("pk")[:MOST].query.sql_with_params()
            for branch in branches
        ]
        sums.append(" + ".join(f"(SELECT count(*) FROM ({sql}) few)" for sql, _ in few))  # noqa: S608
        given += [value for _, values in few for value in values]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(sums)}", given)
        return [int(number) for number in cursor.fetchone()]


def words(passed: int, left: int, *, more: bool = False) -> str:
    """ "3 of 14"; "3 of 14+" where there may be others; "" so far down that nobody counts."""
    if passed >= MOST:
        return ""
    if left >= MOST:
        return f"{passed + 1:,} of {MOST:,}+"
    return f"{passed + 1:,} of {passed + 1 + left:,}" + ("+" if more else "")
