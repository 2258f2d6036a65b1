"""What the Content-Security-Policy would refuse is found here, before any browser sees it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

INLINE = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*="),
    "a style element": re.compile(r"<style\b"),
    "a script of its own": re.compile(
        r"<script\b(?![^>]*\bsrc=)(?![^>]*\bapplication/(ld\+)?json)"
    ),
    "a handler": re.compile(r"<[^>]*\s(on[a-z]+|hx-on[:a-z-]*)\s*="),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "data that go round escaping": re.compile(r"\|\s*safe\b|{%\s*autoescape\s+off"),
}
OUTSIDE = re.compile(
    r"""(?:\b(?:src|href|action|srcset|poster)\s*=\s*["']?|url\(\s*["']?|@import\s+["']?)"""
    r"""(?:https?:)?//[^\s"')>]+""",
    re.IGNORECASE,
)
# Messages are read in mail programs, which know neither our policy nor our stylesheets.
MAIL = "mail.html"


def pages() -> list[Path]:
    found = [*(settings.BASE_DIR / "templates").rglob("*.html")]
    return sorted(page for page in found if page.name != MAIL)


def assets() -> list[Path]:
    found = [
        file
        for static in settings.BASE_DIR.glob("*/*/static")
        for kind in ("*.css", "*.js", "*.svg")
        for file in static.rglob(kind)
    ]
    return sorted(file for file in found if "vendor" not in file.parts)


def finds(pattern: re.Pattern[str], files: list[Path]) -> list[str]:
    return [
        f"{file.relative_to(settings.BASE_DIR)}: {found.group(0)[:80]}"
        for file in files
        for found in pattern.finditer(file.read_text())
    ]


@pytest.mark.parametrize("what", INLINE)
def test_no_page_holds(what: str) -> None:
    assert len(pages()) > 1
    assert finds(INLINE[what], pages()) == []


def test_nothing_is_fetched_from_outside() -> None:
    assert len(assets()) > 1
    assert finds(OUTSIDE, [*pages(), *assets()]) == []


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("a style attribute", '<p class="x" style="color: red">'),
        ("a style element", "<style>p {}</style>"),
        ("a script of its own", "<script nonce='x'>go()</script>"),
        ("a handler", '<button type="button" onclick="go()">'),
        ("a handler", '<form hx-on:submit="go()">'),
        ("a javascript: address", '<a href="JavaScript:go()">'),
        ("data that go round escaping", "{{ lead.name | safe }}"),
    ],
)
def test_each_rule_bites(what: str, text: str) -> None:
    assert INLINE[what].search(text)


@pytest.mark.parametrize(
    "text",
    ['<img src="//cdn.example/x.png">', "url(https://x.example/f.woff2)", "@import 'http://x'"],
)
def test_outside_addresses_are_seen(text: str) -> None:
    assert OUTSIDE.search(text)
