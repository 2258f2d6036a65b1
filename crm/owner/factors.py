"""The secrets of the second factors, sealed like everything that must not lie open."""

from __future__ import annotations

import base64
from uuid import UUID

from crm.models import Owner
from crm.vault import data_keys
from crm.vault.data_keys import Subject
from crm.vault.sealing import Place, key_id, seal
from crm.vault.sealing import unseal as open_sealed

KIND = "owner"


def seal_for_owner(text: str) -> str:
    owner = _owner_id()
    key = data_keys.provide([Subject(KIND, owner)])[owner]
    return base64.b64encode(seal(text.encode(), place=_place(owner), key=key)).decode()


def unseal(text: str) -> str:
    value = base64.b64decode(text)
    key = data_keys.opened(key_id(value))
    return open_sealed(value, place=_place(_owner_id()), key=key).decode()


def _owner_id() -> UUID:
    return Owner.objects.values_list("pk", flat=True).get()


def _place(owner: UUID) -> Place:
    return Place("mfa_authenticator", "data", owner)
