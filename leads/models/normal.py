"""The one spelling of a handle and of a postal address, so that equal ones have equal hashes."""

from __future__ import annotations

import re

from crm.vault.words import words

# Whatever people write for the same word of an address.
SHORT = {
    "street": "st", "avenue": "ave", "road": "rd", "drive": "dr", "boulevard": "blvd",
    "barangay": "brgy", "bgy": "brgy", "subdivision": "subd", "building": "bldg", "floor": "fl",
    "apartment": "apt", "unit": "", "no": "", "number": "", "lane": "ln", "village": "vill",
    "philippines": "", "city": "",
}  # fmt: skip


def handle(text: str) -> str | None:
    """Without the address of the network, the @ and case."""
    bare = re.sub(r"^(?:https?://)?(?:www\.)?[a-z.]+\.(?:com|me|us)/", "", text.strip().casefold())
    return bare.strip("@/ ").split("?")[0] or None


def postal(text: str) -> str | None:
    told = [short for word in words(text) if (short := SHORT.get(word, word))]
    return " ".join(sorted(set(told))) or None
