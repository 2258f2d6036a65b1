"""Pictures of the running product for the docs: the owner's own pages, in Debian's Chromium.

Playwright is a tool of development, so this module is imported by its command only.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from playwright.sync_api import Browser, sync_playwright

from crm.models import Owner

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
TEN_MINUTES = 600


@dataclass(frozen=True)
class Picture:
    name: str
    address: str
    dark: bool = False
    phone: bool = False
    full: bool = False


@contextmanager
def served() -> Iterator[str]:
    from crm.asgi import application

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        # Static files that were gathered are served by the application itself, as in `up`.
        served = ASGIStaticFilesHandler(application) if settings.DEBUG else application
        config = uvicorn.Config(served, log_level="error", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=5)


@contextmanager
def session_of(owner: Owner) -> Iterator[SessionBase]:
    """Signed in for these pictures only: the session is gone when they are made."""
    session = SessionStore()
    session[SESSION_KEY] = str(owner.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = owner.get_session_auth_hash()
    session.set_expiry(TEN_MINUTES)
    session.save()
    yield session
    session.delete()


def take(browser: Browser, home: str, cookie: str, picture: Picture, out: Path) -> Path:
    context = browser.new_context(
        base_url=home,
        viewport=PHONE if picture.phone else DESK,  # type: ignore[arg-type]
        color_scheme="dark" if picture.dark else "light",
        device_scale_factor=2 if picture.phone else 1,
        is_mobile=picture.phone,
        has_touch=picture.phone,
        reduced_motion="reduce",
    )
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": home}])
    page = context.new_page()
    page.goto(picture.address, wait_until="networkidle")
    file = out / f"{picture.name}.png"
    page.screenshot(path=file, full_page=picture.full)
    context.close()
    return file


def take_all(
    pictures: list[Picture], owner: Owner, chromium: str, out: Path, *, sandbox: bool
) -> Iterator[Path]:
    flags = [] if sandbox else ["--no-sandbox"]
    with served() as home, session_of(owner) as session, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        for picture in pictures:
            yield take(browser, home, str(session.session_key), picture, out)
        browser.close()
