"""How many there are. A page counts no further than 10,000; the worker counts to the end, a
little at a time, and pages show what it left with its time."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils import timezone

from crm.lists import registry, shelf, tree
from crm.lists.checking import check
from crm.lists.declaration import ListOf, Rows
from crm.lists.limits import COUNT_MS, TooSlow, within
from crm.lists.shape import Shape
from crm.lists.wording import Reader, reader
from crm.models import ListCount
from crm.owner.services import owner
from crm.runtime.ticks import poke

MOST = 10_000
TICK = "lists.count"
# One tick's share of the worker; the count that has waited longest comes first.
SECONDS_A_TICK = 0.3
LONGEST_MS = 60_000
WANTED_FOR = timedelta(minutes=10)
FORGOTTEN_AFTER = timedelta(days=1)
FRESH_FOR = timedelta(minutes=10)


@dataclass(frozen=True)
class Amount:
    """`at` is when the worker counted; None if it was done just now. `more` is "and some"."""

    number: int | None
    more: bool = False
    at: datetime | None = None

    @property
    def exact(self) -> bool:
        return self.number is not None and not self.more


def quick(rows: Rows) -> Amount:
    """To 10,000, and for a moment; what is more, the worker counts."""
    try:
        with within(COUNT_MS):
            number = rows.order_by().values("pk")[: MOST + 1].count()
    except TooSlow:
        return Amount(None)
    return Amount(min(number, MOST), more=number > MOST)


def want(kind: str, asked: tree.Group) -> ListCount:
    """Have the worker count this to the end; once it gave up, not again at once."""
    lately = timezone.now() - FRESH_FOR
    tried = ListCount.objects.filter(amount=None, tried_at__gte=lately)
    if given_up := tried.filter(pk=tree.fingerprint(kind, asked)).first():
        return given_up
    count, _ = ListCount.objects.update_or_create(
        fingerprint=tree.fingerprint(kind, asked),
        defaults={"kind": kind, "query": tree.to_json(asked), "wanted_at": timezone.now()},
    )
    poke(TICK)
    return count


def count_due() -> int:
    """The tick: those that the tabs show and those that a page has just asked for."""
    _keep_what_tabs_show()
    ListCount.objects.filter(wanted_at__lt=timezone.now() - FORGOTTEN_AFTER).delete()
    preferences = getattr(owner(), "preferences", None)
    until = time.monotonic() + SECONDS_A_TICK
    counted = 0
    with timezone.override(preferences.tzinfo if preferences else None):
        for count in list(_waiting()):
            if counted and time.monotonic() >= until:
                break
            _count(count, reader(preferences))
            counted += 1
    return counted


def _keep_what_tabs_show() -> None:
    """Tabs are counted always: their rows have no `wanted_at`, and go with their list."""
    shown = {each.fingerprint: each for each in shelf.load().lists if not each.hidden}
    ListCount.objects.filter(wanted_at=None).exclude(fingerprint__in=shown).delete()
    ListCount.objects.filter(fingerprint__in=shown).exclude(wanted_at=None).update(wanted_at=None)
    known = set(ListCount.objects.filter(fingerprint__in=shown).values_list("pk", flat=True))
    ListCount.objects.bulk_create(
        (
            ListCount(fingerprint=key, kind=each.kind, query=tree.to_json(each.tree))
            for key, each in shown.items()
            if key not in known
        ),
        ignore_conflicts=True,
    )


def _waiting() -> list[ListCount]:
    lately = Q(wanted_at__gte=timezone.now() - WANTED_FOR)
    unanswered = Q(tried_at=None) | Q(tried_at__lt=F("wanted_at"))
    wanted = Q(wanted_at=None) | lately & unanswered
    found = ListCount.objects.filter(wanted).order_by("tried_at")
    # What was never counted first, and of that what someone looks at.
    return sorted(found, key=lambda count: (count.tried_at is not None, count.wanted_at is None))


def _count(count: ListCount, reader: Reader) -> None:
    listed = registry.find(count.kind)
    now = timezone.now()
    ListCount.objects.filter(pk=count.pk).update(tried_at=now)
    number = _number(listed, count, reader) if listed else None
    if number is not None:
        ListCount.objects.filter(pk=count.pk).update(amount=number, counted_at=now)


def _number(listed: ListOf, count: ListCount, reader: Reader) -> int | None:
    checked = check(Shape(listed), tree.from_json(count.query), reader)
    if not checked.ok:
        return None
    try:
        with within(LONGEST_MS):
            return listed.rows().filter(checked.q).order_by().count()
    except TooSlow:
        return None
