"""What the room tells the house when it starts."""

from __future__ import annotations

from django.http import HttpRequest

from crm.audit.undoing import object_to_undo, take_over
from crm.lists import registry, shelf, taking_back, telling
from crm.notify import kinds
from crm.shell import glance, keys, sidebar
from crm.shell.links import link
from crm.shell.sidebar import Link

KEYS = [
    keys.Key(("J", "K"), "Next and previous row", "and"),
    keys.Key(("X",), "Tick the row, with Shift all from the last one ticked"),
    keys.Key(("A",), "Tick all rows, again for all that match"),
    keys.Key(("F",), "Filter the list"),
    keys.Key(("P",), "Show or hide the preview"),
    keys.Key(("Z",), "Undo what was just done"),
]


def register() -> None:
    kinds.register(telling.KIND)
    object_to_undo(taking_back.still_going_on)
    take_over(taking_back.leave_to_worker)
    sidebar.register("Smart lists", pinned)
    for name, question in shelf.GLANCES.items():
        glance.register(name, question)
    for key in KEYS:
        keys.register(key)


def pinned(request: HttpRequest) -> list[Link]:
    """Counts come from what the worker left; nothing is counted for a sidebar."""
    if not registry.all_lists():
        return []
    here = request.path, request.GET.get("list", "")
    links = []
    for each in shelf.shelf_of(request).pinned():
        listed = registry.find(each.kind)
        if listed is not None:
            home = link(listed.url_name)
            current = here == (home, each.key)
            links.append(
                Link(each.label, f"{home}?list={each.key}", each.icon, each.amount, current)
            )
    return links
