from __future__ import annotations

import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.urls import reverse

from crm.models import OneTimeLink, Owner, Preferences
from crm.owner import links, loudly, security

RECOVERY_LASTS = datetime.timedelta(hours=1)


class AlreadyOwned(Exception):
    """There is an owner; a second can't be made."""


class LinkIsSpent(Exception):
    """The one-time link was used, replaced or has expired."""


def owner() -> Owner | None:
    return Owner.objects.select_related("preferences").first()


def the_owner(request: HttpRequest) -> Owner:
    """The owner, on a page that only a signed-in owner reaches."""
    assert isinstance(request.user, Owner)  # noqa: S101  (LoginRequiredMiddleware let it in)
    return request.user


def preferences_of(request: HttpRequest) -> Preferences | None:
    return getattr(request.user, "preferences", None) if request.user.is_authenticated else None


def first_run_link(base_url: str) -> str | None:
    """The address of the first-run page, new each time; None once there is an owner."""
    if Owner.objects.exists():
        return None
    token = links.make(OneTimeLink.Purpose.FIRST_RUN)
    return base_url.rstrip("/") + reverse("first_run_link", args=[token])


@transaction.atomic
def set_up(
    *, digest: bytes, name: str, email: str, password: str, preferences: dict[str, Any]
) -> Owner:
    link = links.find(OneTimeLink.Purpose.FIRST_RUN, digest, lock=True)
    if link is None:
        raise LinkIsSpent
    owner = _only_owner(name=name, email=email, password=password)
    Preferences.objects.create(owner=owner, **preferences)
    link.delete()
    return owner


def _only_owner(*, name: str, email: str, password: str) -> Owner:
    try:
        with transaction.atomic():
            return Owner.objects.create_owner(name=name, email=email, password=password)
    except IntegrityError as error:
        raise AlreadyOwned from error


@transaction.atomic
def change_email(*, owner: Owner, email: str) -> None:
    owner.email = email.strip().lower()
    owner.save(update_fields=["email"])
    # The library also signs in by addresses it noted earlier; only the present one may.
    EmailAddress.objects.filter(user=owner).delete()


@transaction.atomic
def change_preferences(*, owner: Owner, changes: dict[str, Any]) -> None:
    """Only what was changed, so that two tabs never undo each other."""
    if "name" in changes:
        Owner.objects.filter(pk=owner.pk).update(name=changes["name"])
    values = {name: value for name, value in changes.items() if name != "name"}
    if values:
        Preferences.objects.filter(owner=owner).update(**values)


@transaction.atomic
def recovery_link(*, base_url: str, drop_second_factors: bool) -> str | None:
    """A way back in for an hour; None while there is no owner."""
    if not Owner.objects.exists():
        return None
    token = links.make(
        OneTimeLink.Purpose.RECOVER,
        lasts=RECOVERY_LASTS,
        drops_second_factors=drop_second_factors,
    )
    event = security.tell("owner.recovery_link", drops_second_factors=drop_second_factors)
    loudly.printed(event=event, drops=drop_second_factors)
    return base_url.rstrip("/") + reverse("recover_link", args=[token])


@transaction.atomic
def recover(*, digest: bytes, password: str) -> OneTimeLink:
    """Sets the new password, ends every session and drops second factors if the link says so."""
    link = links.find(OneTimeLink.Purpose.RECOVER, digest, lock=True)
    if link is None:
        raise LinkIsSpent
    owner = Owner.objects.select_for_update().get()
    owner.set_password(password)
    owner.save(update_fields=["password"])
    if link.drops_second_factors:
        Authenticator.objects.filter(user=owner).delete()
    for session in UserSession.objects.filter(user=owner):
        session.end()
    loudly.used(link=link.id, dropped=link.drops_second_factors)
    link.delete()
    return link
