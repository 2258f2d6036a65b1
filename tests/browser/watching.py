"""What a page may not do while a test looks at it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WATCH = """
window.__refused = [];
document.addEventListener("securitypolicyviolation", (event) => {
  const { effectiveDirective, blockedURI, sourceFile, lineNumber } = event;
  window.__refused.push([effectiveDirective, blockedURI, sourceFile, lineNumber].join(" "));
});
window.__hears = new Promise(done => document.addEventListener("live:hello", done, { once: true }));
"""
AXE = Axe().axe_script
EVERY_RULE: dict[str, Any] = {"resultTypes": ["violations"]}
CONTRAST_ONLY = {**EVERY_RULE, "runOnly": {"type": "rule", "values": ["color-contrast"]}}
# The browser draws the options of a list itself; hundreds of zones and countries cost axe minutes.
# Only the faults come back: the whole result of a long page is megabytes.
RUN = """
options => axe.run({ exclude: ["datalist", "option"] }, options).then(
  found => found.violations.flatMap(fault => fault.nodes.map(
    node => `${fault.impact} ${fault.id}: ${node.html.slice(0, 160)}`)))
"""


LOOKS, PAUSE = 4, 500


@dataclass
class Watched:
    page: Page
    faults: list[str] = field(default_factory=list)


def watch(page: Page, home: str) -> Watched:
    watched = Watched(page)
    page.on("console", lambda said: said.type == "error" and watched.faults.append(said.text))
    page.on("pageerror", lambda error: watched.faults.append(str(error)))
    page.on("request", lambda asked: outside(watched, asked.url, home))
    return watched


def outside(watched: Watched, url: str, home: str) -> None:
    if not url.startswith((home, "data:", "blob:", "about:")):
        watched.faults.append(f"a request to the outside: {url}")


def faults_of(watched: Watched) -> list[str]:
    return watched.faults + refused(watched.page)


def refused(page: Page) -> list[str]:
    return list(page.evaluate("window.__refused ?? []"))


def axe_faults(page: Page, options: dict[str, Any] = EVERY_RULE) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    return list(page.evaluate(RUN, options))


def lasting_faults(page: Page, options: dict[str, Any]) -> list[str]:
    """A busy machine may draw the new colours late; a fault is one that is there to stay."""
    for _ in range(LOOKS):
        if not (faults := axe_faults(page, options)):
            return []
        page.wait_for_timeout(PAUSE)
    return faults


THEME = """
async theme => {
  const frame = () => new Promise(requestAnimationFrame);
  document.documentElement.dataset.theme = theme;
  await frame();
  await frame();
  const changing = document.getAnimations().filter(one => one instanceof CSSTransition);
  await Promise.allSettled(changing.map(one => one.finished));
  await frame();
}
"""


def show_theme(page: Page, theme: str) -> None:
    """Colours change over a moment; axe must see them when they have arrived."""
    page.evaluate(THEME, theme)


SETTLED = """
async () => {
  const frame = () => new Promise(requestAnimationFrame);
  await document.fonts.ready;
  await frame();
  await frame();
  // The page of components shows one that stays.
  const waiting = ":is(.htmx-request, .htmx-swapping, .htmx-settling):not([aria-busy])";
  while (document.querySelector(waiting)) await frame();
}
"""


def settle(page: Page) -> None:
    """Fonts are there, and what the page asked for by itself has come."""
    page.evaluate(SETTLED)


def hears(page: Page) -> None:
    """What is told from now on reaches the page."""
    page.evaluate("window.__hears.then(() => true)")


def become_phone(page: Page) -> None:
    """The page that is open, without asking for it again."""
    page.set_viewport_size({"width": 390, "height": 844})
    touching = {"enabled": True, "maxTouchPoints": 1}
    page.context.new_cdp_session(page).send("Emulation.setTouchEmulationEnabled", touching)


def overflow(page: Page) -> int:
    """By how many pixels the page can be scrolled sideways."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))
