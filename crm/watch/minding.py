"""Every minute a look at the health checks: the owner is told when one turns bad, and when it is
well again; once each, however often it is looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime

from crm.models import Ailment, Owner
from crm.notify import kinds
from crm.notify.rules import owner_zone
from crm.notify.services import notify
from crm.runtime.health import Health, unspoken

# Looks in a row. What mends itself sooner, as after a start, is not worth a word.
ILL_AFTER = 3
WELL_AFTER = 10
# What comes and goes must be well the longer, the oftener it was told in a day: 160 at most.
OFTEN = 4
A_DAY = timedelta(days=1)


def mind() -> None:
    if Owner.objects.exists():
        follow(unspoken())


@transaction.atomic
def follow(answers: Mapping[str, Health]) -> None:
    lasting = {ailment.check_name: ailment for ailment in Ailment.objects.lasting()}
    ill = [name for name, answer in answers.items() if answer.ok is False]
    told = [_worse(name, answers[name], lasting.get(name)) for name in ill]
    _tell_ill([(one, answers[one.check_name]) for one in told if one is not None])
    _tell_well([one for name, one in lasting.items() if name not in ill and _better(one)])


def _worse(name: str, answer: Health, known: Ailment | None) -> Ailment | None:
    """The ailment, at the look from which on it is to be told."""
    now = timezone.now()
    if known is None:
        Ailment.objects.create(check_name=name, label=answer.name, began_at=now)
        return None
    known.ill_looks, known.well_looks = known.ill_looks + 1, 0
    told = known.told_at is None and known.ill_looks >= ILL_AFTER
    if told:
        known.told_at = now
    known.save(update_fields=["ill_looks", "well_looks", "told_at"])
    return known if told else None


def _better(ailment: Ailment) -> bool:
    """Whether it is over; what was never told ends at the first good look."""
    ailment.well_looks += 1
    over = ailment.told_at is None or ailment.well_looks >= _patience(ailment)
    if over:
        ailment.ended_at = timezone.now()
    ailment.save(update_fields=["well_looks", "ended_at"])
    return over and ailment.told_at is not None


def _patience(ailment: Ailment) -> int:
    since = timezone.now() - A_DAY
    before = Ailment.objects.filter(check_name=ailment.check_name, told_at__gte=since)
    times = before.exclude(id=ailment.id).count()
    return WELL_AFTER << min(times, OFTEN)


def _tell_ill(found: Sequence[tuple[Ailment, Health]]) -> None:
    if not found:
        return
    lines = [f"{answer.name}: {answer.sentence}" for _, answer in found]
    many = f"{len(found)} things are not well"
    notify(
        kinds.HEALTH.name,
        title=many if len(found) > 1 else f"Not well: {found[0][1].name}",
        body="\n".join(lines) if len(found) > 1 else found[0][1].sentence,
        url=reverse("health"),
        key=f"health.ill:{found[0][0].id}",
    )


def _tell_well(ended: Sequence[Ailment]) -> None:
    if not ended:
        return
    zone = owner_zone()
    lines = [
        f"{one.label}, not well since {localtime(one.began_at, zone):%a %-d %B, %H:%M}"
        for one in ended
    ]
    many = f"{len(ended)} things are well again"
    notify(
        kinds.WELL.name,
        title=many if len(ended) > 1 else f"Well again: {ended[0].label}",
        body="\n".join(lines),
        url=reverse("health"),
        key=f"health.well:{ended[0].id}",
    )
