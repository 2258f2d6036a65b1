from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject, cached_property

from crm.shell import banners, glance, keys, navigation, sidebar, theme, topbar

TABS = 4


class Navigation:
    """The lists that the page's frame shows, made when a template asks for them."""

    def __init__(self, request: HttpRequest) -> None:
        self.path, self.seen = request.path, glance.of(request)

    @cached_property
    def main(self) -> list[navigation.Entry]:
        return navigation.entries("main", self.path, self.seen)

    @cached_property
    def settings(self) -> list[tuple[str, list[navigation.Entry]]]:
        return navigation.grouped(navigation.entries("settings", self.path, self.seen))

    @property
    def tabs(self) -> list[navigation.Entry]:
        return self.main[:TABS]

    @property
    def more(self) -> list[navigation.Entry]:
        return self.main[TABS:]


def frame(request: HttpRequest) -> dict[str, Any]:
    return {
        "navigation": SimpleLazyObject(lambda: Navigation(request)),
        "shelves": SimpleLazyObject(lambda: sidebar.shelves(request)),
        "banners": SimpleLazyObject(banners.banners),
        "topbar_buttons": SimpleLazyObject(topbar.buttons),
        "theme": SimpleLazyObject(lambda: theme.theme_of(request)),
        "themes": theme.choices(),
        "folded": request.COOKIES.get("fold") == "1",
        "single_keys": keys.enabled(request),
        "going_keys": SimpleLazyObject(keys.going),
        "working_keys": SimpleLazyObject(keys.working),
        "csp_nonce": getattr(request, "csp_nonce", ""),
    }
