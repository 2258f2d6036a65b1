"""Which pages there are. Rooms register theirs; the sidebar, the tab bar, the palette and the
keyboard map all read this one list, so that nothing is offered that does not exist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from crm.shell.glance import Glance
from crm.shell.links import link

Section = Literal["main", "settings"]


@dataclass(frozen=True)
class Page:
    name: str
    url_name: str
    icon: str
    section: Section = "main"
    order: int = 50
    key: str = ""
    # Which answer of the glance stands beside it (crm/shell/glance.py).
    count: str = ""
    words: str = ""
    group: str = ""

    @property
    def url(self) -> str:
        return link(self.url_name)


@dataclass(frozen=True)
class Entry:
    """A page as one request sees it."""

    page: Page
    url: str
    current: bool
    glance: Glance

    @property
    def count(self) -> int:
        return int(self.glance[self.page.count] or 0) if self.page.count else 0


_pages: dict[str, Page] = {}


def register(page: Page) -> None:
    taken = {known.key for known in _pages.values() if known.url_name != page.url_name}
    if page.key and page.key in taken:
        raise ValueError(f"The key {page.key} already goes to another page.")
    _pages[page.url_name] = page


def pages(section: Section | None = None) -> list[Page]:
    chosen = [page for page in _pages.values() if section in (None, page.section)]
    return sorted(chosen, key=lambda page: (page.section, page.order, page.name))


def entries(section: Section, path: str, glance: Glance) -> list[Entry]:
    found = [(page, page.url) for page in pages(section)]
    under = [url for _, url in found if path == url or (url != "/" and path.startswith(url))]
    current = max(under, key=len, default="")
    return [Entry(page, url, url == current, glance) for page, url in found]


def grouped(entries: list[Entry]) -> list[tuple[str, list[Entry]]]:
    """The entries under their groups' names, in the order in which the groups first come."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.page.group, []).append(entry)
    return list(groups.items())
