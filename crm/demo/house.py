"""The owner of the demonstration, and what the house has told her. Nobody real is in it."""

from __future__ import annotations

import datetime
import secrets
from decimal import Decimal

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from crm.models import OneTimeLink, Owner
from crm.models.notification_delivery import Channel
from crm.notify import kinds
from crm.notify import services as notices
from crm.notify.rules import rules
from crm.owner import links, security, services
from crm.runtime.credentials import write_secret

NAME = "Carla Mendoza"
# No address under .example ever reaches anybody.
EMAIL = "carla@mendozahomes.example"
PREFERENCES = {"zone": "Asia/Manila", "currency": "PHP", "phone_region": "PH"}
WAYS = {
    "working_hours_start": datetime.time(8),
    "working_hours_end": datetime.time(18, 30),
    "commission_percent": Decimal("3.50"),
    "goal_commission": Decimal("450000.00"),
}


def owner() -> None:
    if services.owner() is not None:
        return
    password = _password()
    digest = links.digest_of(links.make(OneTimeLink.Purpose.FIRST_RUN))
    made = services.set_up(
        digest=digest, name=NAME, email=EMAIL, password=password, preferences=PREFERENCES
    )
    security.tell("owner.first_run")
    services.change_preferences(owner=made, changes=WAYS)


def notices_of_the_house() -> None:
    """In the page alone: the demonstration writes to nobody."""
    rest = {(kind.name, Channel.EMAIL.value): False for kind in kinds.choosable()}
    notices.save_preferences(rules=rules(), choices=rest)
    now = timezone.now()
    for kind, key, title, body, page, hours in (
        (
            kinds.HEALTH,
            "second-factor",
            "Add a second step to your sign-in",
            "A passkey or an authenticator app keeps others out, even with your password.",
            "mfa_index",
            20,
        ),
        (
            kinds.BACKUP,
            "keys",
            "Keep a copy of the keys elsewhere",
            "A backup opens only with the keyring, and the two should not burn together.",
            "health",
            3,
        ),
    ):
        notices.notify(
            kind.name,
            title=title,
            body=body,
            url=reverse(page),
            at=now - datetime.timedelta(hours=hours),
            key=f"demo:{key}",
        )


def how_to_sign_in() -> list[str]:
    found = Owner.objects.get()
    password = _password()
    if not found.check_password(password):
        return [f"The demonstration belongs to {found.email}; its password was changed since."]
    return [f"The demonstration is {NAME}'s. Sign in as {EMAIL} with: {password}"]


def _password() -> str:
    """Made for this folder alone: a demonstration may stand where others reach it."""
    kept = settings.HOME.keys / "demo_password"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_secret(kept, secrets.token_urlsafe(12))
    return str(kept.read_text().strip())
