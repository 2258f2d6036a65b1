"""The house's pages: those of the navigation, and what they lead to."""

from __future__ import annotations

from django.urls import reverse

from crm.bench.registry import Walk, register_page
from crm.bench.stage import Stage
from crm.models import Problem
from crm.shell import navigation

# Why a page is not walked.
NOT_WALKED = {
    "settings": "It leads on to the first of its pages.",
    "account_login": "Only who is signed out sees it.",
    "forgotten": "Only who is signed out sees it.",
    "mfa_deactivate_totp": "It needs a second factor, which the bench's owner has none of.",
    "mfa_view_recovery_codes": "It needs a second factor, which the bench's owner has none of.",
    "mfa_generate_recovery_codes": "It needs a second factor, which the bench's owner has none of.",
}
BEHIND_OTHERS = (
    "account_logout", "second_factor_offer", "sign_in_again", "change_email", "make_token",
    "account_change_password", "mfa_activate_totp", "mfa_add_webauthn", "recovery_code",
    "notifications", "components",
)  # fmt: skip


def register_all() -> None:
    for page in navigation.pages():
        if page.url_name not in NOT_WALKED:
            _register(page.name, page.url_name)
    for name in BEHIND_OTHERS:
        _register(name.replace("_", " ").capitalize(), name)
    register_page(Walk("watch", "A problem", _problem))


def _register(name: str, url_name: str) -> None:
    room = url_name.partition(":")[0]
    register_page(Walk(room, name, lambda _stage: reverse(url_name)))


def _problem(_stage: Stage) -> str:
    return reverse("problem", args=[Problem.objects.order_by("id")[0].pk])
