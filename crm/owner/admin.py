"""The owner's rows in the admin, to be read: each is changed on its own page, where the change
asks for a recent sign-in and is noted."""

from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from crm.models import ApiToken, OneTimeLink, Owner, Preferences
from crm.shell.admin import ReadOnlyAdmin


@admin.register(Owner)
class OwnerAdmin(ReadOnlyAdmin):
    list_display = ("name", "email", "joined_at", "last_login")
    fields = ("name", "email", "joined_at", "last_login")


@admin.register(Preferences)
class PreferencesAdmin(ReadOnlyAdmin):
    list_display = ("owner", "zone", "currency", "phone_region", "theme")


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    list_display = ("name", "hint", "scopes", "made_at", "last_used_at", "expires_at", "revoked_at")
    list_filter = ("made_at", "revoked_at")
    search_fields = ("name",)
    exclude = ("digest",)


@admin.register(OneTimeLink)
class OneTimeLinkAdmin(ReadOnlyAdmin):
    list_display = ("purpose", "made_at", "expires_at", "drops_second_factors")
    exclude = ("digest",)


class FactorAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    exclude = ("data",)


class SessionAdmin(ReadOnlyAdmin):
    list_display = ("user_agent", "created_at", "last_seen_at", "ip")
    exclude = ("session_key", "data")


def guard(site: admin.AdminSite) -> None:
    """One door: the admin's own sign-in would go round the second factor, its own change of
    password round the recent sign-in, the library's admins round our pages."""
    site.login = secure_admin_login(site.login)  # type: ignore[method-assign]
    site.password_change = _our_page  # type: ignore[assignment, method-assign]
    for model in (Authenticator, UserSession, EmailAddress, EmailConfirmation, Group):
        if site.is_registered(model):
            site.unregister(model)
    site.register(Authenticator, FactorAdmin)
    site.register(UserSession, SessionAdmin)


def _our_page(_request: HttpRequest, _extra_context: object = None) -> HttpResponse:
    return redirect("account_change_password")
