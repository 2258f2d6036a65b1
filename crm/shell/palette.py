"""What can be found from anywhere: pages, actions, and whatever rooms add (people, homes, notes).

A source answers a typed text with hits; actions are found by their words. Sources must be fast:
the palette asks all of them on every keystroke.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from crm.shell import navigation

SOURCE_LIMIT = 6
PAGE_LIMIT = 50
COMMANDS_ONLY = ">"


@dataclass(frozen=True)
class Hit:
    """A line of the palette. With `post` it does something, otherwise it opens `url`."""

    text: str
    url: str
    icon: str = "corner-down-left"
    detail: str = ""
    end: str = ""
    person: str = ""
    post: dict[str, str] | None = None
    key: str = ""


@dataclass(frozen=True)
class Action:
    """Something to do from anywhere. `url` is a name; `post` what the form sends, None to open."""

    text: str
    url: Callable[[], str]
    icon: str
    words: str = ""
    post: dict[str, str] | None = field(default=None)
    key: str = ""


@dataclass(frozen=True)
class Group:
    name: str
    hits: list[Hit]
    more: bool = False


Search = Callable[[str, int], list[Hit]]
Offer = Callable[[str], Hit | None]
_sources: dict[str, Search] = {}
_offers: list[Offer] = []
_actions: dict[str, Action] = {}


def register_source(name: str, search: Search) -> None:
    _sources[name] = search


def register_action(action: Action) -> None:
    _actions[action.text] = action


def register_offer(offer: Offer) -> None:
    """What can be done with a text that nothing fits."""
    if offer not in _offers:
        _offers.append(offer)


def found(text: str, *words: str) -> bool:
    """Every typed word begins a word of the line."""
    begins = " ".join(words).casefold().split()
    return all(any(word.startswith(part) for word in begins) for part in text.casefold().split())


def search_pages(text: str) -> list[Hit]:
    return [
        Hit(page.name, page.url, page.icon, detail=place(page), key=go_key(page))
        for page in navigation.pages()
        if found(text, page.name, page.words)
    ]


def place(page: navigation.Page) -> str:
    return "Settings" if page.section == "settings" else ""


def go_key(page: navigation.Page) -> str:
    return f"G {page.key}" if page.key else ""


def search_actions(text: str) -> list[Hit]:
    return [
        Hit(action.text, action.url(), action.icon, post=action.post, key=action.key)
        for action in _actions.values()
        if found(text, action.text, action.words)
    ]


def search(text: str, limit: int = SOURCE_LIMIT) -> list[Group]:
    text = text.strip()
    if text.startswith(COMMANDS_ONLY):
        return filled([Group("Do", search_actions(text[1:]))])
    groups = [_asked(name, ask, text, limit) for name, ask in _sources.items() if text]
    return filled(groups + nearest(text, search_pages(text), search_actions(text)))


def offered(text: str) -> list[Group]:
    """For a text that `search` found nothing for."""
    if not text or text.startswith(COMMANDS_ONLY):
        return []
    hits = [hit for offer in _offers if (hit := offer(text))]
    return filled([Group(f"Nothing fits “{text}”", hits)])


def _asked(name: str, ask: Search, text: str, limit: int) -> Group:
    """One more than is shown says that there are more."""
    hits = ask(text, limit + 1)
    return Group(name, hits[:limit], more=len(hits) > limit)


def nearest(text: str, pages: list[Hit], actions: list[Hit]) -> list[Group]:
    """Where a name itself was typed stands before where only a word beside it was."""
    groups = [Group("Go to", pages), Group("Do", actions)]
    return sorted(groups, key=lambda group: not any(found(text, hit.text) for hit in group.hits))


def filled(groups: list[Group]) -> list[Group]:
    return [group for group in groups if group.hits]
