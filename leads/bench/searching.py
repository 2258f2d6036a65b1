"""Search as one types: what an agent types, each text as the palette sends it."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from crm.bench.registry import Walk, register_page
from crm.bench.stage import Stage
from leads.bench import names

BAR_MS = 60
AS_ONE_TYPES = {"HX-Request": "true"}
TEXTS = {
    "a name": ("Ana Santos", "Ramon dela Cruz", "Liza Reyes", "Paolo Garcia", "O'Brien"),
    "a name begun": ("a", "an", "ana s", "ra", "dela", "whit", "tol"),
    "a name with a typo": ("Ana Satnos", "Ramon Bautsita", "Whitfeild", "Tolentnio", "Reyess"),
    "the last four digits": ("0007", "0011", "4242", "9999"),
    "seven digits": ("7000007", "7000011", "7000012"),
    "an e-mail domain": ("@example7.com", "example11.com", "@nowhere.example"),
    "words in notes": ("roof deck", "garden", "bank approved", "access road floods", "parking"),
    "a home": ("acacia", "12 maple row", "salcedo", "amihan drive"),
}


def register() -> None:
    for what, texts in TEXTS.items():
        register_page(_typed(what, texts))
    register_page(Walk("search", "Search: a rare word in notes", _rare, AS_ONE_TYPES, bar=BAR_MS))
    register_page(Walk("search", "Search: all results", lambda _: asked("ana santos")))


def _typed(what: str, texts: tuple[str, ...]) -> Walk:
    def path(_stage: Stage) -> list[str]:
        return [asked(text) for text in texts]

    return Walk("search", f"Search: {what}", path, AS_ONE_TYPES, bar=BAR_MS)


def asked(text: str) -> str:
    return f"{reverse('palette')}?{urlencode({'q': text})}"


def _rare(_stage: Stage) -> list[str]:
    """Names stand in few notes."""
    return [asked(f"knows {name}s") for name in names.family()[5000:5020]]
