"""What can be begun from any page: buttons at the right of the top bar, registered by rooms."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse


@dataclass(frozen=True)
class Begin:
    """A button that leads to a page, which asks in a dialog where there is script."""

    name: str
    url_name: str
    icon: str = "plus"
    key: str = ""

    @property
    def url(self) -> str:
        return reverse(self.url_name)


_buttons: dict[str, Begin] = {}


def register(button: Begin) -> None:
    _buttons[button.url_name] = button


def buttons() -> list[Begin]:
    return list(_buttons.values())
