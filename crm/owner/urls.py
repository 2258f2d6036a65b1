"""The library's pages are listed one by one: what is not here, such as sign-up, does not exist."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path, re_path, reverse_lazy

from crm.owner.mail import only_when_set_up
from crm.owner.recent import require_recent_sign_in as recent
from crm.owner.views import again, first_run, preferences, security, tokens, way_back

INDEX = reverse_lazy("mfa_index")


def page(name: str) -> str:
    return f"crm/owner/{name}.html"


signed_out = [
    path("welcome/", first_run.first_run, name="first_run"),
    path("welcome/link/<str:token>/", first_run.first_run_link, name="first_run_link"),
    path(
        "sign-in/",
        account.LoginView.as_view(template_name=page("sign_in")),
        name="account_login",
    ),
    path("sign-in/passkey/", webauthn.LoginWebAuthnView.as_view(), name="mfa_login_webauthn"),
    path(
        "sign-in/code/",
        mfa.AuthenticateView.as_view(template_name=page("second_factor")),
        name="mfa_authenticate",
    ),
    path("sign-in/forgotten/", way_back.forgotten, name="forgotten"),
    path("sign-in/recover/", way_back.recover, name="recover"),
    path("sign-in/recover/link/<str:token>/", way_back.recover_link, name="recover_link"),
    path(
        "sign-out/",
        account.LogoutView.as_view(template_name=page("sign_out")),
        name="account_logout",
    ),
]

by_mail = [
    path(
        "sign-in/by-mail/",
        only_when_set_up(account.PasswordResetView.as_view(template_name=page("reset"))),
        name="account_reset_password",
    ),
    path(
        "sign-in/by-mail/sent/",
        only_when_set_up(account.PasswordResetDoneView.as_view(template_name=page("reset_sent"))),
        name="account_reset_password_done",
    ),
    re_path(
        r"^sign-in/by-mail/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        only_when_set_up(
            account.PasswordResetFromKeyView.as_view(template_name=page("reset_from_key"))
        ),
        name="account_reset_password_from_key",
    ),
    path(
        "sign-in/by-mail/done/",
        only_when_set_up(
            account.PasswordResetFromKeyDoneView.as_view(template_name=page("reset_done"))
        ),
        name="account_reset_password_from_key_done",
    ),
]

signed_in = [
    path("welcome/second-factor/", first_run.second_factor_offer, name="second_factor_offer"),
    path("sign-in/again/", again.sign_in_again, name="sign_in_again"),
    path("sign-in/again/passkey/", again.passkey_challenge, name="passkey_challenge"),
    path("sign-in/again/continue/", again.resume, name="continue"),
    path("settings/preferences/", preferences.preferences, name="preferences"),
    path("settings/security/", security.index, name="mfa_index"),
    path("settings/security/email/", security.change_email, name="change_email"),
    path(
        "settings/security/password/",
        recent(
            account.PasswordChangeView.as_view(
                template_name=page("change_password"), success_url=INDEX
            )
        ),
        name="account_change_password",
    ),
    path("settings/security/sessions/<int:pk>/end/", security.end_session, name="end_session"),
    path(
        "settings/security/sessions/end-others/",
        security.end_other_sessions,
        name="end_other_sessions",
    ),
    path(
        "settings/security/app/",
        recent(totp.ActivateTOTPView.as_view(template_name=page("add_app"))),
        name="mfa_activate_totp",
    ),
    path(
        "settings/security/app/remove/",
        recent(totp.DeactivateTOTPView.as_view(template_name=page("remove_app"))),
        name="mfa_deactivate_totp",
    ),
    path(
        "settings/security/passkeys/add/",
        recent(webauthn.AddWebAuthnView.as_view(template_name=page("add_passkey"))),
        name="mfa_add_webauthn",
    ),
    path(
        "settings/security/passkeys/<int:pk>/rename/",
        recent(
            webauthn.EditWebAuthnView.as_view(
                template_name=page("rename_passkey"), success_url=INDEX
            )
        ),
        name="mfa_edit_webauthn",
    ),
    path(
        "settings/security/passkeys/<int:pk>/remove/",
        recent(
            webauthn.RemoveWebAuthnView.as_view(
                template_name=page("remove_passkey"), success_url=INDEX
            )
        ),
        name="mfa_remove_webauthn",
    ),
    path(
        "settings/security/codes/",
        recent(recovery_codes.ViewRecoveryCodesView.as_view(template_name=page("recovery_codes"))),
        name="mfa_view_recovery_codes",
    ),
    path(
        "settings/security/codes/new/",
        recent(
            recovery_codes.GenerateRecoveryCodesView.as_view(
                template_name=page("new_recovery_codes")
            )
        ),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "settings/security/codes/file/",
        recent(
            recovery_codes.DownloadRecoveryCodesView.as_view(
                template_name="crm/owner/recovery_codes.txt"
            )
        ),
        name="mfa_download_recovery_codes",
    ),
    path("settings/tokens/", tokens.api_tokens, name="api_tokens"),
    path("settings/tokens/new/", tokens.make_token, name="make_token"),
    path("settings/tokens/<uuid:pk>/revoke/", tokens.revoke_token, name="revoke_token"),
    path("api/v1/whoami", tokens.whoami, name="whoami"),
    path("api/v1/health", tokens.health_for_programs, name="health_for_programs"),
]

urlpatterns = [*signed_out, *by_mail, *signed_in]
