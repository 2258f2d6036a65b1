from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from django.urls import reverse

from crm.models import ApiToken, Owner

PAGES = [
    "crm_owner",
    "crm_preferences",
    "crm_apitoken",
    "crm_onetimelink",
    "mfa_authenticator",
    "usersessions_usersession",
]


@pytest.mark.parametrize("page", PAGES)
def test_the_door_may_be_looked_at_but_not_changed(signed_in: Client, page: str) -> None:
    assert signed_in.get(reverse(f"admin:{page}_changelist")).status_code == 200
    assert signed_in.get(reverse(f"admin:{page}_add")).status_code == 403


def test_the_owner_cannot_be_changed_or_deleted_there(signed_in: Client, owner: Owner) -> None:
    arguments = [owner.pk]

    changed = signed_in.post(reverse("admin:crm_owner_change", args=arguments), {"name": "X"})
    deleted = signed_in.post(reverse("admin:crm_owner_delete", args=arguments), {"post": "yes"})

    assert (changed.status_code, deleted.status_code) == (403, 403)
    assert Owner.objects.get().name == "Carla Mendoza"


def test_no_secret_is_shown_there(signed_in: Client, owner: Owner) -> None:
    factor = totp.TOTP.activate(owner, "JBSWY3DPEHPK3PXP").instance
    token = ApiToken.objects.create(
        name="x", digest=b"\x07" * 32, hint="abcd", scopes=["health:read"]
    )

    pages = [
        signed_in.get(reverse("admin:crm_owner_change", args=[owner.pk])),
        signed_in.get(reverse("admin:mfa_authenticator_change", args=[factor.pk])),
        signed_in.get(reverse("admin:crm_apitoken_change", args=[token.pk])),
    ]

    shown = " ".join(page.content.decode() for page in pages)
    assert owner.password not in shown
    assert Authenticator.objects.get().data["secret"] not in shown
    assert "digest" not in shown.lower()


def test_its_own_change_of_password_leads_to_ours(signed_in: Client) -> None:
    assert signed_in.get("/admin/password_change/").url == reverse("account_change_password")
