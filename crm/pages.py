"""The house's own pages, in one table. A page stands here only when it can be opened."""

from __future__ import annotations

from crm.shell.navigation import Page, register

PAGES = [
    Page("Settings", "settings", "settings-2", order=90, key="S"),
    Page("Health", "health", "activity", "settings", order=70, words="status worker database disk"),
    Page("Preferences", "preferences", "user-round", "settings", order=10, words="zone currency"),
    Page(
        "Sign-in and security",
        "mfa_index",
        "shield-check",
        "settings",
        order=30,
        words="password passkey two-factor sessions recovery codes",
    ),
    Page("API tokens", "api_tokens", "key-round", "settings", order=80, words="keys programs"),
    Page("Backups", "backups", "hard-drive", "settings", order=60, words="restore recovery code"),
    Page("How long data is kept", "retention", "timer", "settings", order=65, words="retention"),
    Page("Activity", "activity", "history", "settings", order=60, words="audit trail security log"),
    Page("Appearance", "appearance", "palette", "settings", order=20, words="theme dark keys"),
    Page(
        "Notifications",
        "notification_settings",
        "bell",
        "settings",
        order=40,
        words="e-mail push quiet hours",
    ),
    Page(
        "Stuck work", "stuck", "triangle-alert", "settings", order=80, words="retry outbox failed"
    ),
]


def register_all() -> None:
    for page in PAGES:
        register(page)
