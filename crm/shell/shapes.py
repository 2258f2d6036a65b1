"""Fragments that a page has by the hundred: a template takes half a millisecond for each, so its
text is made once for each shape (which of its values are there at all) and filled in after."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from html import escape
from uuid import UUID

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from crm.shell.links import Pages, links

PLACE = re.compile(r"\[\[(\w+)\]\]")
SOME = UUID(int=0)


def drawn(template: str, told: Mapping[str, str], *, pages: Pages = ()) -> SafeString:
    """As the template writes it with `told` as `one`; it may ask whether a value is there, and
    show it, and nothing else. `pages` are those of the `id` told."""
    known = frozenset([name for name, text in told.items() if text])
    first, rest = _shape(template, known, pages)
    safe = {name: _escaped(told[name]) for name in known}
    return SafeString(first + "".join([safe[name] + text for name, text in rest]))


def _escaped(text: str) -> str:
    return text if isinstance(text, SafeString) else escape(text)


@cache
def _shape(template: str, known: frozenset[str], pages: Pages) -> tuple[str, list[tuple[str, str]]]:
    """The template's text where these are known, cut at the place of each."""
    places = {name: f"[[{name}]]" for name in known}
    for name, address in links(pages, SOME).items():
        places[name] = address.replace(str(SOME), "[[id]]")
    first, *rest = PLACE.split(render_to_string(template, {"one": places}))
    return first, list(zip(rest[::2], rest[1::2], strict=True))
