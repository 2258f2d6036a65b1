from __future__ import annotations

import datetime
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils import timezone

from crm.models import NotificationPreference, NotificationRules, Owner, PushSubscription
from crm.models.notification_delivery import Channel
from crm.notify.kinds import Kind


def rules() -> NotificationRules:
    return NotificationRules.objects.first() or NotificationRules()


def owner_zone() -> datetime.tzinfo:
    owner = Owner.objects.select_related("preferences").first()
    preferences = getattr(owner, "preferences", None)
    return ZoneInfo(preferences.zone) if preferences else timezone.get_default_timezone()


@dataclass(frozen=True)
class Wishes:
    """What the owner wants at this moment, read once."""

    rules: NotificationRules
    zone: datetime.tzinfo
    chosen: dict[tuple[str, str], bool]
    any_device: bool

    def takes(self, kind: Kind, channel: Channel) -> bool:
        """Wanted, and there is somebody to take it."""
        return self.wanted(kind, channel) and (self.any_device or channel != Channel.PUSH)

    def wanted(self, kind: Kind, channel: Channel) -> bool:
        return self.chosen.get((kind.name, channel.value), channel in kind.channels)

    def quiet_until(self, moment: datetime.datetime) -> datetime.datetime | None:
        return quiet_until(moment, rules=self.rules, zone=self.zone)


def wishes() -> Wishes:
    chosen = NotificationPreference.objects.values_list("kind", "channel", "wanted")
    return Wishes(
        rules(),
        owner_zone(),
        {(kind, way): wanted for kind, way, wanted in chosen},
        PushSubscription.objects.exists(),
    )


def wanted(kind: Kind, channel: Channel) -> bool:
    return wishes().wanted(kind, channel)


def quiet_until(
    moment: datetime.datetime,
    *,
    rules: NotificationRules,
    zone: datetime.tzinfo,
) -> datetime.datetime | None:
    """The end of the quiet hours in which the moment lies, by the owner's clock on the wall."""
    begin, end = rules.quiet_from, rules.quiet_until
    if begin is None or end is None or begin == end:
        return None
    local = moment.astimezone(zone)
    now = local.time()
    overnight = begin > end
    if not (now >= begin or now < end if overnight else begin <= now < end):
        return None
    day = local.date() + datetime.timedelta(days=overnight and now >= begin)
    return datetime.datetime.combine(day, end, local.tzinfo).astimezone(datetime.UTC)
