from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from crm.models import NotificationPreference, NotificationRules, Owner
from crm.models.notification_delivery import Channel
from crm.notify.kinds import Kind


def rules() -> NotificationRules:
    return NotificationRules.objects.first() or NotificationRules()


def wanted(kind: Kind, channel: Channel) -> bool:
    chosen = NotificationPreference.objects.filter(kind=kind.name, channel=channel).first()
    return chosen.wanted if chosen else channel in kind.channels


def owner_zone() -> datetime.tzinfo:
    owner = Owner.objects.first()
    preferences = getattr(owner, "preferences", None)
    return ZoneInfo(preferences.zone) if preferences else timezone.get_default_timezone()


def quiet_until(moment: datetime.datetime) -> datetime.datetime | None:
    """The end of the quiet hours in which the moment lies, by the owner's clock on the wall."""
    chosen = rules()
    begin, end = chosen.quiet_from, chosen.quiet_until
    if begin is None or end is None or begin == end:
        return None
    local = moment.astimezone(owner_zone())
    now = local.time()
    overnight = begin > end
    if not (now >= begin or now < end if overnight else begin <= now < end):
        return None
    day = local.date() + datetime.timedelta(days=overnight and now >= begin)
    return datetime.datetime.combine(day, end, local.tzinfo).astimezone(datetime.UTC)
