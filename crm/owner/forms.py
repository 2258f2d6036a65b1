from __future__ import annotations

import datetime
from typing import Any

from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import LoginWebAuthnForm
from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from crm.models import Owner, Preferences
from crm.owner import choices, codes, scopes, security

LONGEST_PASSWORD = 200


class SpentOnce:
    """A code of the app is refused the second time."""

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        authenticator: Authenticator = self.authenticator  # type: ignore[attr-defined]
        if authenticator.type == Authenticator.Type.TOTP and not codes.spend(authenticator, code):
            self._emit_authentication_failed(authenticator)  # type: ignore[attr-defined]
            raise codes.refusal()
        return code


class CodeForm(SpentOnce, AuthenticateForm):  # type: ignore[misc]
    pass


class CodeAgainForm(SpentOnce, ReauthenticateForm):  # type: ignore[misc]
    pass


class PasskeyForm(LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey that is refused is a failed sign-in like any other."""

    def clean_credential(self) -> Authenticator:
        try:
            authenticator: Authenticator = super().clean_credential()
        except ValidationError:
            security.tell("sign_in.failed", request=context.request, method="passkey")
            raise
        return authenticator


def known_zone(name: str) -> None:
    if name not in choices.zones():
        raise ValidationError("Choose a zone from the list, such as Asia/Manila.")


class ZoneField(forms.CharField):
    """A text field with all zones behind it, so that typing finds one."""

    default_validators = [known_zone]

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:  # noqa: ARG002
        return {"list": "zones", "autocomplete": "off", "spellcheck": "false"}


class WhereAndWhen(forms.Form):
    zone = ZoneField(label="Time zone", initial="UTC")
    currency = forms.ChoiceField(choices=choices.currencies, initial="USD")
    phone_region = forms.ChoiceField(
        label="Phone numbers of", choices=choices.regions, initial="US"
    )


class NewPasswordForm(forms.Form):
    password = forms.CharField(
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def future_owner(self) -> Owner:
        return Owner.objects.first() or Owner()

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        password = self.cleaned_data.get("password")
        if password is not None:
            self._judge(password)

    def _judge(self, password: str) -> None:
        try:
            password_validation.validate_password(password, self.future_owner())
        except ValidationError as error:
            self.add_error("password", error)


class FirstRunForm(WhereAndWhen, NewPasswordForm):
    name = forms.CharField(
        label="Your name",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True}),
    )
    email = forms.EmailField(
        label="E-mail", widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    field_order = ["name", "email", "password", "zone", "currency", "phone_region"]

    def future_owner(self) -> Owner:
        data = self.cleaned_data
        return Owner(name=data.get("name", ""), email=data.get("email", ""))

    def preferences(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in WhereAndWhen.base_fields}


class EmailForm(forms.Form):
    email = forms.EmailField(
        label="E-mail you sign in with", widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )


class PreferencesForm(forms.ModelForm):  # type: ignore[type-arg]
    """Carries what its tab was shown, so that a change made in another tab is not undone."""

    name = forms.CharField(
        label="Your name",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True}),
    )
    zone = ZoneField(label="Time zone")
    currency = forms.ChoiceField(choices=choices.currencies)
    phone_region = forms.ChoiceField(label="Phone numbers of", choices=choices.regions)

    class Meta:
        model = Preferences
        fields = [
            "zone",
            "currency",
            "phone_region",
            "working_hours_start",
            "working_hours_end",
            "commission_percent",
            "goal_commission",
            "goal_answered_percent",
            "theme",
            "single_keys",
        ]
        widgets = {
            "working_hours_start": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "working_hours_end": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "theme": forms.RadioSelect,
        }
        help_texts = {
            "single_keys": "One letter acts at once, except while you type. "
            "Switch them off if you dictate to your computer.",
        }

    field_order = ["name"]

    def __init__(self, *args: Any, owner: Owner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["name"] = owner.name
        for field in self.fields.values():
            field.show_hidden_initial = True

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        start, end = cleaned.get("working_hours_start"), cleaned.get("working_hours_end")
        if start and end and start >= end:
            self.add_error("working_hours_end", "The working day ends after it starts.")
        for name in self.changed_data:
            self._refuse_if_changed_elsewhere(name, cleaned)
        return cleaned

    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.changed_data}

    def _refuse_if_changed_elsewhere(self, name: str, cleaned: dict[str, Any]) -> None:
        seen, now = self._seen(name), self.get_initial_for_field(self.fields[name], name)
        if name not in cleaned or seen == now or cleaned[name] == now:
            return
        data = QueryDict(mutable=True)
        data.update(self.data)
        data[self.add_initial_prefix(name)] = "" if now is None else str(now)
        self.data = data
        self.add_error(
            name, f"Meanwhile set to {self._shown(now)} elsewhere. Save again to use yours."
        )

    def _seen(self, name: str) -> Any:
        field = self.fields[name]
        raw = self.data.get(self.add_initial_prefix(name), "")
        return field.to_python(raw)

    def _shown(self, value: Any) -> str:
        if isinstance(value, datetime.time):
            return value.strftime("%H:%M")
        return "nothing" if value is None else str(value)


class TokenForm(forms.Form):
    name = forms.CharField(label="What it is for", max_length=80)
    scopes = forms.MultipleChoiceField(
        label="What it may do", choices=scopes.choices, widget=forms.CheckboxSelectMultiple
    )
    days = forms.TypedChoiceField(
        label="How long it works",
        choices=[("90", "90 days"), ("365", "A year"), ("0", "Until you revoke it")],
        coerce=int,
        initial="90",
    )

    def expires_at(self) -> datetime.datetime | None:
        days = self.cleaned_data["days"]
        return timezone.now() + datetime.timedelta(days=days) if days else None
