from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

TEMPLATES = Path(settings.BASE_DIR) / "templates"
USE = re.compile(r"<c-([a-z.-]+)((?:\s+[^\s/>=]+(?:=(?:\"[^\"]*\"|'[^']*'))?)*)\s*/?>")
BOUND = re.compile(r"\s:([a-z-]+)=")
ICON = re.compile(r"""(?:{% icon |icon=)"([a-z0-9-]+)\"""")
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=\"|javascript:|\|safe\b")


def all_templates() -> list[Path]:
    return sorted(TEMPLATES.rglob("*.html"))


def declared(component: str) -> set[str]:
    file = TEMPLATES / "components" / f"{component.replace('.', '/').replace('-', '_')}.html"
    found = re.search(r"<c-vars (.*?)/>", file.read_text()) if file.exists() else None
    return set(re.findall(r":?([a-z_]+)(?:=|\s)", found[1])) if found else set()


def test_data_reaches_a_component_by_names_it_declares() -> None:
    """What is not declared is written out by `attrs`, where `:name` would not be escaped."""
    guilty = [
        f"{file.name}: :{name} on {component}"
        for file in all_templates()
        for component, given in USE.findall(file.read_text())
        for name in BOUND.findall(given)
        if component != "vars" and name not in declared(component)
    ]
    assert guilty == []


def test_every_icon_stands_in_the_sprite() -> None:
    sprite = (Path(settings.BASE_DIR) / "crm/shell/static/icons.svg").read_text()
    known = set(re.findall(r'symbol id="([^"]+)"', sprite))
    used = {name for file in all_templates() for name in ICON.findall(file.read_text())}
    assert used - known == set()


def test_templates_hold_nothing_inline_and_mark_nothing_safe() -> None:
    """A message is read in a mail program, which knows neither our policy nor our stylesheets."""
    pages = [file for file in all_templates() if file.name != "mail.html"]
    guilty = [str(file) for file in pages if INLINE.search(file.read_text())]
    assert guilty == []
