"""The house's own pages, in one table. A page stands here only when it can be opened."""

from __future__ import annotations

from crm.shell.navigation import Page, register

YOU, DATA, HOUSE = "You", "Your data", "The house"


def setting(order: int, group: str, name: str, url_name: str, icon: str, words: str) -> Page:
    return Page(name, url_name, icon, "settings", order=order, group=group, words=words)


PAGES = [
    Page("Settings", "settings", "settings-2", order=90, key="S"),
    # What the owner sets for themselves
    setting(10, YOU, "Preferences", "preferences", "user-round", "zone currency theme dark keys"),
    setting(11, YOU, "Notifications", "notification_settings", "bell", "e-mail push quiet hours"),
    setting(
        12,
        YOU,
        "Sign-in and security",
        "mfa_index",
        "shield-check",
        "password passkey two-factor sessions recovery codes",
    ),
    # What is kept, where, and who did what with it
    setting(30, DATA, "Backups", "backups", "hard-drive", "restore recovery code"),
    setting(31, DATA, "How long data is kept", "retention", "timer", "retention"),
    setting(32, DATA, "Activity", "activity", "history", "audit trail security log"),
    # What whoever looks after the machine wants to know
    setting(50, HOUSE, "Health", "health", "activity", "status worker database disk"),
    setting(
        51,
        HOUSE,
        "Being reachable",
        "reach",
        "smartphone",
        "phone qr public address tunnel proxy https network passkey",
    ),
    setting(52, HOUSE, "How it runs", "watch", "chart-no-axes-column", "errors slow requests"),
    setting(53, HOUSE, "Stuck work", "stuck", "triangle-alert", "retry outbox failed"),
    setting(54, HOUSE, "API tokens", "api_tokens", "key-round", "keys programs"),
]


def register_all() -> None:
    for page in PAGES:
        register(page)
