from __future__ import annotations

from crm.shell.navigation import Page, register

GROUP = "Your lists"
ICONS = {
    "stages": ("square-kanban", "pipeline steps likely"),
    "profiles": ("users", "buyer kinds"),
    "sources": ("inbox", "portal ads referral where from"),
    "campaigns": ("target", "advertisement"),
    "tags": ("tag", "labels merge"),
    "fields": ("columns-3", "custom fields columns choices"),
}


def register_all() -> None:
    from leads.people.names.kinds import KINDS

    for order, names in enumerate(KINDS.values(), start=20):
        icon, words = ICONS[names.slug]
        register(
            Page(
                names.title, f"names:{names.slug}", icon, "settings",
                order=order, group=GROUP, words=words,
            )
        )  # fmt: skip
