"""What the palette can do for the house itself, in one table."""

from __future__ import annotations

from django.urls import reverse

from crm.shell.palette import Action, register_action
from crm.shell.theme import choices


def register_all() -> None:
    for value, name, icon in choices():
        register_action(
            Action(
                f"{name} theme",
                lambda: reverse("theme"),
                icon,
                words="appearance colours day night",
                post={"theme": value},
            )
        )
