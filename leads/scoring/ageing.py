"""The slow tick: who has aged into another score, and who is left of a walk over everybody."""

from __future__ import annotations

import time

from django.db import transaction
from django.utils import timezone

from leads.models import Lead, ScoreDue, ScoreWalk
from leads.scoring.rules import VERSION
from leads.scoring.services import AT_ONCE, score, score_everybody

# Well below a task's time limit; what is left goes with the next tick.
LONGEST_RUN = 20.0


def age(*, seconds: float = LONGEST_RUN) -> int:
    """Score those whose time has come, in batches, until none is or the time is up."""
    begin_if_the_rules_are_new()
    until = time.monotonic() + seconds
    seen = 0
    while time.monotonic() < until and (some := _score_the_aged() or _walk_on()):
        seen += some
    return seen


def begin_if_the_rules_are_new() -> None:
    if not ScoreWalk.objects.filter(version=VERSION).exists():
        score_everybody()


def _score_the_aged() -> int:
    now = timezone.now()
    due = ScoreDue.objects.filter(at__lte=now).order_by("at", "lead")
    some = list(due.values_list("lead", flat=True)[:AT_ONCE])
    score(leads=some, now=now)
    # Who was archived or merged is not scored, and must not stand first in line for ever.
    ScoreDue.objects.filter(lead__in=some, at__lte=now).delete()
    return len(some)


@transaction.atomic
def _walk_on() -> int:
    """The walk's place moves on together with its batch."""
    walk = ScoreWalk.objects.select_for_update().filter(ended_at__isnull=True).first()
    if walk is None:
        return 0
    leads = Lead.objects.present().filter(id__gt=walk.after).order_by("id")
    some = list(leads.values_list("id", flat=True)[:AT_ONCE])
    if some:
        walk.after = some[-1]
        score(leads=some)
    else:
        walk.ended_at = timezone.now()
    walk.save(update_fields=["after", "ended_at"])
    return len(some)
