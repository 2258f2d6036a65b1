"""Who is let back in from the machine is told of it wherever they hear: if it was not the owner,
the owner must know."""

from __future__ import annotations

from uuid import UUID

import structlog
from django.urls import reverse

from crm.notify.kinds import WAY_IN
from crm.notify.services import notify
from crm.vault.errors import VaultError

log = structlog.get_logger(__name__)

NOT_YOU = "If it was not you, somebody else can use the machine that Porchlight runs on."


def printed(*, event: int, drops: bool) -> None:
    what = "lets go of app, passkeys and recovery codes" if drops else "keeps the second step"
    body = f"The link sets a new password and {what}. It works once, for an hour. {NOT_YOU}"
    _tell("A way back in was printed at the machine", body, key=f"way_in.printed:{event}")


def used(*, link: UUID, dropped: bool) -> None:
    gone = " Authenticator app, passkeys and recovery codes are gone." if dropped else ""
    body = f"With the link from the machine. Every session has ended.{gone} {NOT_YOU}"
    _tell("A new password was set", body, key=f"way_in.used:{link}")


def _tell(title: str, body: str, *, key: str) -> None:
    try:
        notify(WAY_IN.name, title=title, body=body, url=reverse("mfa_index"), key=key)
    # The vault may be what the owner can't open: the way back in must stand open all the same.
    except VaultError as error:
        log.warning("nobody was told of a way back in", error=type(error).__name__)
