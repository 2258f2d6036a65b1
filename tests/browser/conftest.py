"""A real Chromium against the real ASGI application and the test database."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.db import connections
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    ViewportSize,
    expect,
    sync_playwright,
)

from crm.models import Owner
from tests.browser.watching import WATCH, Watched, faults_of, watch
from tests.conftest import sign_in

WHOLE = ("chromium", "chromium-browser")
# The same engine without the browser around it, which takes most of the work.
SHELL = "chromium-headless-shell"
FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
LONGEST_ANSWER = 5.0
DESK = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=390, height=844)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)
            # Said here, for pytest-django makes the test database only for tests that say so.
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    # Playwright's own loop runs in this thread; Django is only asked between its steps.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    # The machine may be busy: what must come may take its time.
    expect.set_options(timeout=20_000)
    with sync_playwright() as running:
        yield running
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    yield from launched(playwright, SHELL, *WHOLE)


@pytest.fixture(scope="session")
def whole_chromium(playwright: Playwright) -> Iterator[Browser]:
    """With what only the browser around the engine has: asking for notifications."""
    yield from launched(playwright, *WHOLE)


def launched(playwright: Playwright, *programs: str) -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, programs)), None)
    if program is None:
        missing = "Chromium is not installed: `apt-get install chromium` and run again."
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    browser = playwright.chromium.launch(executable_path=program, headless=True, args=flags)
    yield browser
    browser.close()


class Server(uvicorn.Server):
    """The application as `up` runs it, in a thread of the tests."""

    def __init__(self) -> None:
        from crm.asgi import application

        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        app = ASGIStaticFilesHandler(application)
        super().__init__(
            uvicorn.Config(app, log_level="error", lifespan="off", timeout_graceful_shutdown=1)
        )
        self.thread = threading.Thread(target=self.run, args=([self.socket],), daemon=True)

    def open(self) -> None:
        self.thread.start()
        while not self.started:
            time.sleep(0.01)

    def finish(self) -> None:
        """What a page still asked for when it was closed ends with its test: after that it may not
        ask the database any more, not even to let go of its connection."""
        until = time.monotonic() + LONGEST_ANSWER
        while self.server_state.tasks and time.monotonic() < until:
            time.sleep(0.01)

    def close(self) -> None:
        self.should_exit = True
        self.thread.join(timeout=5)
        connections.close_all()


@pytest.fixture(scope="session")
def server(django_db_setup: None) -> Iterator[Server]:
    running = Server()
    running.open()
    yield running
    running.close()


@pytest.fixture(scope="session")
def desk_context(chromium: Browser, server: Server) -> Iterator[BrowserContext]:
    yield from at_the_desk(chromium, server)


def at_the_desk(chromium: Browser, server: Server) -> Iterator[BrowserContext]:
    context = chromium.new_context(base_url=server.url, viewport=DESK, reduced_motion="reduce")
    context.add_init_script(WATCH)
    yield context
    context.close()


@pytest.fixture(scope="session")
def phone_context(chromium: Browser, server: Server) -> Iterator[BrowserContext]:
    context = chromium.new_context(
        base_url=server.url, viewport=PHONE, reduced_motion="reduce", is_mobile=True, has_touch=True
    )
    context.add_init_script(WATCH)
    yield context
    context.close()


def opened(context: BrowserContext, server: Server) -> Iterator[Watched]:
    """At its end nothing may have gone wrong in the page: no report of the policy, no error in
    the console, no request to the outside."""
    context.clear_cookies()
    page = watch(context.new_page(), server.url)
    yield page
    faults = faults_of(page)
    page.page.close()
    server.finish()
    assert faults == []


@pytest.fixture
def desk(desk_context: BrowserContext, server: Server, transactional_db: None) -> Iterator[Watched]:
    """A watched page at 1440 px, signed out."""
    yield from opened(desk_context, server)


@pytest.fixture
def phone(
    phone_context: BrowserContext, server: Server, transactional_db: None
) -> Iterator[Watched]:
    """A watched page at 390 px, signed out."""
    yield from opened(phone_context, server)


@pytest.fixture
def session_cookie(transactional_db: None, owner: Owner) -> dict[str, str]:
    client = sign_in(Client(), owner)
    return {"name": "sessionid", "value": client.cookies["sessionid"].value}


@pytest.fixture
def desk_in(desk: Watched, session_cookie: dict[str, str], server: Server) -> Page:
    """A page at 1440 px with the owner signed in."""
    desk.page.context.add_cookies([{**session_cookie, "url": server.url}])  # type: ignore[list-item]
    return desk.page


@pytest.fixture
def phone_in(phone: Watched, session_cookie: dict[str, str], server: Server) -> Page:
    phone.page.context.add_cookies([{**session_cookie, "url": server.url}])  # type: ignore[list-item]
    return phone.page
