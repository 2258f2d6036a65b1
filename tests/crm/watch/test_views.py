from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from crm.models import HealthSample, Problem, RouteTime, SlowWork
from crm.runtime import ticks
from crm.runtime.ticking import run_named
from crm.shell import reports
from crm.watch import services
from crm.watch.buckets import bucket_of
from crm.watch.queries import by_day, points, routes
from tests.crm.watch.made import make_problem, make_rows

pytestmark = pytest.mark.django_db


def test_an_empty_house_says_so(signed_in):
    page = signed_in.get(reverse("watch")).content.decode()
    for fact in ("Nothing went wrong", "Nothing was slow", "No samples yet", "No page was asked"):
        assert fact in page


def test_the_page_asks_as_often_with_thirty_rows_as_with_one(signed_in):
    asked = []
    for amount in (1, 30):
        Problem.objects.all().delete()
        for model in (HealthSample, RouteTime, SlowWork):
            model.objects.all().delete()
        make_rows(amount)
        with CaptureQueriesContext(connection) as captured:
            assert signed_in.get(reverse("watch")).status_code == 200
        asked.append(len(captured))
    assert asked[0] == asked[1]
    assert asked[1] <= 15


def test_more_problems_than_fit_are_said_to_be_more(signed_in):
    for number in range(22):
        make_problem(number)
    page = signed_in.get(reverse("watch")).content.decode()
    assert "Error19" in page
    assert "Error20" not in page
    assert "The latest 20." in page


def test_done_problems_leave_the_list_and_can_be_opened_again(signed_in):
    found = make_problem()
    signed_in.post(reverse("problem_done", args=[found.id]))
    assert Problem.objects.open().count() == 0
    assert "Open again" in signed_in.get(reverse("problem", args=[found.id])).content.decode()
    signed_in.post(reverse("problem_open", args=[found.id]))
    assert Problem.objects.open().get() == found


def test_a_problem_shows_what_is_known_and_escapes_it(signed_in):
    found = make_problem(message="<script>alert(1)</script>", returned=2)
    page = signed_in.get(reverse("problem", args=[found.id])).content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page
    assert "came back 2 times" in page
    assert "leads/people/views.py:40 in show" in page


def test_routes_add_up_their_buckets():
    day = timezone.now().date()
    for milliseconds, count in ((10, 90), (400, 10)):
        RouteTime.objects.create(
            day=day,
            route="today:today",
            method="GET",
            bucket=bucket_of(milliseconds),
            count=count,
            failures=1,
            queries=4 * count,
            size=1000 * count,
        )
    (row,) = routes(days=7)
    assert (row.route, row.count, row.failures, row.queries, row.size) == (
        "today:today",
        100,
        2,
        4.0,
        1000.0,
    )
    assert row.p50 == pytest.approx(10, rel=0.19)
    assert row.p95 == pytest.approx(400, rel=0.19)


def test_quiet_days_are_drawn_as_nothing():
    today = timezone.now().date()
    RouteTime.objects.create(day=today, route="r", method="GET", bucket=8, count=3)
    assert [(row.day, row.count) for row in by_day(days=3)] == [
        (today - timedelta(days=2), 0),
        (today - timedelta(days=1), 0),
        (today, 3),
    ]


def test_a_year_of_samples_becomes_about_a_hundred_points():
    now = datetime.now(UTC)
    HealthSample.objects.bulk_create(
        HealthSample(at=now - timedelta(hours=6 * step), database_bytes=step)
        for step in range(4 * 364)
    )
    drawn = points(days=365)
    assert 90 <= len(drawn) <= 98
    assert drawn[0].at < drawn[-1].at


def report_from_browser(client, **told):
    cache.clear()
    return client.post(
        reverse("browser_error"),
        json.dumps({"kind": "TypeError", "file": "", "line": 0} | told),
        content_type="text/plain",
        headers={"referer": "http://testserver/settings/watch/?q=Zenaida"},
    )


def test_an_error_in_the_browser_keeps_kind_place_and_page_only(signed_in):
    file = "http://testserver/static/js/palette.0a1b2c3d4e5f.js?Zenaida"
    assert report_from_browser(signed_in, file=file, line=12, message="Zenaida").status_code == 204
    services.flush()
    kept = Problem.objects.values_list("kind", "what", "place", "route", "message", "traceback")
    assert list(kept) == [("browser", "TypeError", "js/palette.js:12", "watch", "", "")]


def test_what_a_browser_makes_up_is_not_written_down(signed_in):
    report_from_browser(signed_in, kind="Zenaida", file="http://evil/Zenaida.js", line=3)
    services.flush()
    assert list(Problem.objects.values_list("what", "place")) == [("Error", "(elsewhere)")]


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"kind": 1, "file": 2, "line": "x"}'])
def test_a_malformed_report_is_dropped(signed_in, body):
    cache.clear()
    answer = signed_in.post(reverse("browser_error"), body, content_type="text/plain")
    assert answer.status_code == 204
    services.flush()
    assert Problem.objects.count() == 0


def test_reports_of_a_browser_are_limited(signed_in, monkeypatch):
    monkeypatch.setattr("crm.watch.views.A_MINUTE", 2)
    cache.clear()
    # Not over the end of a minute.
    with time_machine.travel(timezone.now(), tick=False):
        for _ in range(5):
            signed_in.post(
                reverse("browser_error"),
                '{"kind": "Error", "file": "", "line": 1}',
                content_type="text/plain",
            )
    services.flush()
    assert Problem.objects.get().count == 2


def test_a_report_of_the_policy_is_counted_as_a_problem(client):
    cache.clear()
    reports.count(
        b'{"csp-report": {"effective-directive": "script-src", "blocked-uri": "Zenaida"}}'
    )
    services.flush()
    assert list(Problem.objects.values_list("kind", "what", "count")) == [
        ("policy", "script-src", 1)
    ]


def test_a_failing_tick_reaches_the_list(monkeypatch):
    def fail() -> None:
        raise RuntimeError("The mail server is away")

    monkeypatch.setattr(ticks, "_ticks", {})
    ticks.register("mail.fetch", every=1, run=fail)
    run_named("mail.fetch")
    services.flush()
    assert list(Problem.objects.values_list("kind", "what", "route")) == [
        ("tick", "RuntimeError", "mail.fetch")
    ]


@pytest.mark.parametrize(
    "model", ["problem", "slowwork", "requestentry", "routetime", "healthsample"]
)
def test_the_admin_shows_the_log_and_changes_nothing(client, owner, model):
    owner.is_superuser = True
    owner.save(update_fields=["is_superuser"])
    client.force_login(owner)
    make_rows(1)
    assert client.get(reverse(f"admin:crm_{model}_changelist")).status_code == 200
    assert client.get(reverse(f"admin:crm_{model}_add")).status_code == 403
