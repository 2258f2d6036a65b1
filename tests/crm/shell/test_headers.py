from __future__ import annotations

import json

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from crm.shell import reports
from tests.headers import directives, faults

POLICY = "Content-Security-Policy"
KIND = "application/csp-report"


def test_policy_changes_its_nonce_with_every_answer(signed_in: Client) -> None:
    first, second = (signed_in.get("/").headers[POLICY] for _ in range(2))
    assert first != second
    assert first.count("'nonce-") == 2


def test_page_carries_the_nonce_of_its_policy(signed_in: Client) -> None:
    response = signed_in.get("/")
    nonce = directives(response.headers[POLICY])["script-src"][1].removeprefix("'nonce-")[:-1]
    assert response.content.decode().count(f'nonce="{nonce}"') == 3


def test_page_has_no_inline_script_style_or_handler(signed_in: Client) -> None:
    for address in ("/", "/components/", "/search/?q=to", "/settings/preferences/"):
        page = signed_in.get(address).content.decode()
        assert page.count("<script ") == page.count('<script src="') + page.count(
            '<script type="module" src="'
        )
        assert "<style" not in page
        assert " style=" not in page
        assert " onclick=" not in page


@pytest.mark.parametrize(
    "weaker",
    [
        "script-src 'self'",
        "script-src 'nonce-x' 'unsafe-inline'",
        "script-src 'nonce-x' 'unsafe-eval'",
        "script-src 'nonce-x'; default-src 'self'",
        "script-src 'nonce-x'; default-src 'none'; object-src 'self'",
        "",
    ],
)
def test_the_suites_own_watch_sees_a_weaker_policy(weaker: str) -> None:
    assert faults(HttpResponse(headers={POLICY: weaker})) != []


def test_the_suites_own_watch_fails_the_test(
    signed_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm.shell.headers.policy", lambda _nonce: "script-src 'unsafe-inline'")
    with pytest.raises(AssertionError, match="unsafe-inline"):
        signed_in.get("/")


def report(directive: str) -> str:
    return json.dumps(
        {"csp-report": {"effective-directive": directive, "document-uri": "/x?name=y"}}
    )


def test_report_is_counted_by_directive_and_keeps_nothing_else(client: Client) -> None:
    cache.clear()
    for _ in range(2):
        sent = client.post(
            "/csp-report", report("script-src-elem"), content_type="application/csp-report"
        )
        assert sent.status_code == 204
    client.post("/csp-report", b"not json", content_type=KIND)
    assert reports.today() == {"script-src": 2, "other": 1}


def test_reports_beyond_the_rate_are_not_counted(client: Client) -> None:
    cache.clear()
    for _ in range(reports.PER_MINUTE + 5):
        reports.count(report("img-src").encode())
    assert sum(reports.today().values()) <= 2 * reports.PER_MINUTE
    assert reports.today()["img-src"] >= reports.PER_MINUTE


def test_report_of_an_invented_directive_is_other() -> None:
    assert reports.directive(report("<script>").encode()) == "other"
