"""Somebody whose name was searched and not found is added by it, in one key."""

from __future__ import annotations

from crm.shell.links import link
from crm.shell.palette import Hit
from crm.vault.ids import uuid7
from leads.models import Lead
from leads.people.naming import tidy

LONGEST = 200


def offer(text: str) -> Hit | None:
    """A number or an address is no name; whoever has one of those is added by the form."""
    name = tidy(text)
    if "@" in name or len(name) > LONGEST or any(letter.isdigit() for letter in name):
        return None
    if not any(letter.isalpha() for letter in name):
        return None
    post = {"name": name, "kind": Lead.Kind.BUYER.value, "once": str(uuid7())}
    return Hit(f"Add {name} as a lead", link("people:add"), "user-plus", post=post)
