"""The service worker in a real Chromium: it stands at the root and shows what is pushed."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect

from crm.models import NotificationRules, PushSubscription
from crm.notify.kinds import TEST
from crm.notify.sending import send_due
from crm.notify.services import notify
from tests.browser.conftest import Server, at_the_desk
from tests.crm.notify.browser import PushService

SHOWN = """
async () => {
  const { active } = await navigator.serviceWorker.ready;
  const registration = await navigator.serviceWorker.getRegistration("/");
  for (let look = 0; look < 100; look += 1) {
    const found = await registration.getNotifications();
    const told = found.map(({ title, body, tag, data }) => ({ title, body, tag, data }));
    if (told.length) return told;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return [];
}
"""


@pytest.fixture(scope="module")
def desk_context(whole_chromium: Browser, server: Server) -> Iterator[BrowserContext]:
    yield from at_the_desk(whole_chromium, server)


@pytest.fixture
def allowed(desk_in: Page, server: Server) -> Page:
    desk_in.context.grant_permissions(["notifications"], origin=server.url)
    desk_in.goto("/settings/notifications/")
    return desk_in


def test_the_worker_registers_at_the_root_and_shows_what_is_pushed(
    allowed: Page, server: Server
) -> None:
    devtools = allowed.context.new_cdp_session(allowed)
    found: list[dict[str, str]] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated", lambda told: found.extend(told["registrations"])
    )
    devtools.send("ServiceWorker.enable")
    scope = allowed.evaluate(
        'async () => { await navigator.serviceWorker.register("/sw.js");'
        " return (await navigator.serviceWorker.ready).scope; }"
    )
    assert scope == f"{server.url}/"
    told = {"title": "New leads", "body": "", "url": "/notifications/", "tag": "one"}
    for _ in range(2):
        deliver(devtools, found[-1]["registrationId"], server.url, told)
    assert allowed.evaluate(SHOWN) == [
        {"title": "New leads", "body": "", "tag": "one", "data": {"url": "/notifications/"}}
    ]


def deliver(devtools: CDPSession, registration: str, origin: str, told: dict[str, str]) -> None:
    devtools.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": origin, "registrationId": registration, "data": json.dumps(told)},
    )


# Chromium asks its maker's push service, which tests can't: ours stands in for that alone.
SERVICE = """
(given) => {
  const bytes = (text) => Uint8Array.from(
    atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0)).buffer;
  const made = {
    endpoint: given.endpoint,
    getKey: (name) => bytes(name === "auth" ? given.secret : given.public),
    unsubscribe: async () => { sessionStorage.removeItem("made"); return true; },
  };
  PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
    if (applicationServerKey.length !== 65) throw new TypeError("no key");
    sessionStorage.setItem("made", "yes");
    return made;
  };
  PushManager.prototype.getSubscription = async () => sessionStorage.getItem("made") ? made : null;
}
"""


def test_a_browser_is_added_told_and_stopped(allowed: Page, settings) -> None:
    settings.OUTGOING_LOOPBACK = True
    service = PushService()
    service.open()
    allowed.add_init_script(f"({SERVICE})({json.dumps(service.subscription('here'))})")
    allowed.reload()
    allowed.get_by_role("button", name="Tell this browser").click()
    expect(allowed.locator("#push")).to_contain_text("Chrome on Linux not told yet")
    NotificationRules.objects.create(quiet_from=None, quiet_until=None)
    notify(TEST.name, title="This is a test", key="test")
    send_due()
    assert [message.shown["title"] for message in service.messages] == [TEST.label]
    allowed.reload()
    expect(allowed.locator("#push")).to_contain_text("last told")
    allowed.get_by_role("button", name="Stop on this browser").click()
    expect(allowed.locator("#push")).to_contain_text("No browser is told by push yet.")
    expect(allowed.get_by_role("button", name="Tell this browser")).to_be_enabled()
    assert PushSubscription.objects.count() == 0
    service.close()


@pytest.mark.parametrize(
    ("obstacle", "sentence"),
    [
        (
            'Object.defineProperty(Notification, "permission", { get: () => "denied" })',
            "This browser refuses notices from Porchlight.",
        ),
        ("delete window.PushManager", "This browser has no push."),
        (
            'Object.defineProperty(window, "isSecureContext", { get: () => false })',
            "Browsers take push only under an address with HTTPS",
        ),
    ],
)
def test_the_page_says_why_this_browser_can_not_be_told(
    desk_in: Page, obstacle: str, sentence: str
) -> None:
    desk_in.add_init_script(obstacle)
    desk_in.goto("/settings/notifications/")
    expect(desk_in.locator("[data-push-status]")).to_contain_text(sentence)
    expect(desk_in.get_by_role("button", name="Tell this browser")).to_be_disabled()


def test_a_refusal_on_pressing_is_said(desk_in: Page, server: Server) -> None:
    desk_in.add_init_script(
        'Object.defineProperty(Notification, "permission", { get: () => "default" });'
        "PushManager.prototype.subscribe = async () => {"
        ' throw new DOMException("no", "NotAllowedError"); };'
    )
    desk_in.goto("/settings/notifications/")
    desk_in.get_by_role("button", name="Tell this browser").click()
    status = desk_in.locator("[data-push-status]")
    expect(status).to_contain_text("Press the button again and choose Allow.")
    expect(desk_in.get_by_role("button", name="Tell this browser")).to_be_enabled()
