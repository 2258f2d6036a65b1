from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from asgiref.sync import async_to_sync
from django.db import DatabaseError, connection
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.test import override_settings
from django.urls import path

from crm.models import Owner, Problem, RequestEntry, RouteTime, SlowWork
from crm.watch import services, writing
from crm.watch.middleware import watch

pytestmark = pytest.mark.django_db

CANARY = "Zenaida.Quimpo"


def fine(request, name=""):
    list(Owner.objects.filter(name=name))
    list(Owner.objects.all())
    return HttpResponse("four")


def broken(request, name=""):
    raise ValueError(f"The name {name} broke the page")


def missing(request):
    raise Http404("nothing of that kind")


def streamed(request):
    return StreamingHttpResponse([b"a", b"b"])


def asks_slowly(request, name=""):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.02), %s, 'Zenaida.Quimpo', 917", [name])
    return HttpResponse("")


urlpatterns = [
    path("fine/<name>", fine, name="fine"),
    path("broken/<name>", broken, name="broken"),
    path("missing", missing, name="missing"),
    path("streamed", streamed, name="streamed"),
    path("slow/<name>", asks_slowly, name="slow"),
]


@pytest.fixture(autouse=True)
def pages(settings, client):
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = [
        each
        for each in settings.MIDDLEWARE
        if each.startswith(("crm.watch", "crm.shell", "django.middleware.security"))
    ]
    client.raise_request_exception = False


@time_machine.travel(datetime(2026, 6, 17, 9, 30, tzinfo=UTC), tick=False)
def test_an_answered_request_is_noted_by_its_route(client):
    client.get(f"/fine/{CANARY}?q={CANARY}")
    assert services.flush() == 1
    entry = RequestEntry.objects.get()
    assert (entry.at, entry.route, entry.method, entry.status, entry.queries, entry.size) == (
        datetime(2026, 6, 17, 9, 30, tzinfo=UTC),
        "fine",
        "GET",
        200,
        2,
        4,
    )
    assert entry.milliseconds > 0


def test_nothing_is_written_while_the_page_is_made(client, django_assert_num_queries):
    with django_assert_num_queries(2):
        client.get("/fine/x")
    assert RequestEntry.objects.count() == 0


def test_answers_of_a_day_are_added_up_by_route_and_bucket(client):
    for _ in range(3):
        client.get("/fine/x")
    services.flush()
    client.get("/fine/x")
    services.flush()
    rows = RouteTime.objects.filter(route="fine", method="GET")
    assert sum(row.count for row in rows) == 4
    assert sum(row.queries for row in rows) == 8
    assert sum(row.size for row in rows) == 16
    assert sum(row.failures for row in rows) == 0


def test_an_unknown_path_leaves_no_trace_of_itself(client):
    client.get(f"/{CANARY}")
    services.flush()
    assert list(RequestEntry.objects.values_list("route", "status")) == [("(no such page)", 404)]


def test_an_unknown_method_is_not_written_down(client):
    client.generic("ZENAIDA", "/fine/x")
    services.flush()
    assert RequestEntry.objects.get().method == "OTHER"


def test_a_stream_is_noted_without_reading_it(client):
    response = client.get("/streamed")
    assert b"".join(response) == b"ab"
    services.flush()
    assert list(RequestEntry.objects.values_list("route", "size")) == [("streamed", 0)]


def test_an_error_is_grouped_with_its_place(client):
    for _ in range(3):
        client.get(f"/broken/{CANARY}")
    services.flush()
    problem = Problem.objects.get()
    assert (problem.kind, problem.what, problem.place, problem.route, problem.count) == (
        "page",
        "ValueError",
        "tests/crm/watch/test_middleware.py in broken",
        "broken",
        3,
    )
    assert problem.message == "The name … broke the page"
    assert "tests/crm/watch/test_middleware.py" in problem.traceback


def test_a_missing_page_is_no_problem(client):
    client.get("/missing")
    services.flush()
    assert list(RequestEntry.objects.values_list("status", flat=True)) == [404]
    assert Problem.objects.count() == 0


def test_a_done_problem_opens_again_when_it_comes_back(client):
    client.get("/broken/x")
    services.flush()
    services.mark_done(problem=Problem.objects.get().id)
    assert Problem.objects.open().count() == 0
    client.get("/broken/x")
    services.flush()
    problem = Problem.objects.open().get()
    assert (problem.count, problem.returned) == (2, 1)


@override_settings(WATCH_SLOW_QUERY_MS=10, WATCH_SLOW_PAGE_MS=10)
def test_slow_pages_and_queries_are_listed_with_placeholders_only(client):
    client.get(f"/slow/{CANARY}")
    client.get(f"/slow/{CANARY}")
    services.flush()
    found = SlowWork.objects.order_by("kind").values_list("kind", "route", "statement", "count")
    assert list(found) == [
        ("page", "slow", "", 2),
        ("query", "slow", "SELECT pg_sleep(?), %s, ?, ?", 2),
    ]
    assert all(each.worst_ms >= each.mean_ms >= 10 for each in SlowWork.objects.all())


@override_settings(WATCH_SLOW_QUERY_MS=60_000, WATCH_SLOW_PAGE_MS=60_000)
def test_quick_work_is_not_listed(client):
    client.get("/fine/x")
    services.flush()
    assert SlowWork.objects.count() == 0


def test_no_personal_data_is_kept_anywhere(client):
    with override_settings(WATCH_SLOW_QUERY_MS=0, WATCH_SLOW_PAGE_MS=0):
        for page in ("fine", "broken", "slow", CANARY):
            client.get(
                f"/{page}/{CANARY}?name={CANARY}",
                headers={"user-agent": CANARY, "referer": f"http://x/{CANARY}", "x-y": CANARY},
                REMOTE_ADDR="203.0.113.77",
            )
            client.post(f"/{page}/{CANARY}", {"name": CANARY})
    services.flush()
    kept = ""
    with connection.cursor() as cursor:
        for table in ("problem", "slowwork", "requestentry", "routetime"):
            cursor.execute(f"SELECT coalesce(string_agg(t::text, '|'), '') FROM crm_{table} t")  # noqa: S608
            written = cursor.fetchone()[0]
            assert written != ""
            kept += written
    assert CANARY not in kept
    assert "203.0.113.77" not in kept


def test_a_write_that_fails_is_dropped_and_counted(client, monkeypatch):
    def fail(entries, lost):
        raise DatabaseError("away")

    client.get("/fine/x")
    client.get("/fine/x")
    with monkeypatch.context() as away:
        away.setattr(writing, "write", fail)
        assert services.flush() == 0
    assert client.get("/fine/x").content == b"four"
    assert services.flush() == 1
    assert list(Problem.objects.values_list("kind", "what", "count")) == [
        ("watch", "Entries that could not be written", 2)
    ]


def test_a_full_buffer_drops_the_oldest_and_counts():
    from crm.watch.buffer import Buffer
    from crm.watch.entries import Slow

    written: list[tuple[int, int]] = []
    buffer = Buffer(lambda entries, lost: written.append((len(entries), lost)), most=3)
    for milliseconds in range(5):
        buffer.add(Slow(datetime(2026, 1, 1, tzinfo=UTC), "page", "x", milliseconds))
    assert [vars(each)["milliseconds"] for each in buffer.waiting] == [2, 3, 4]
    assert buffer.flush() == 3
    assert written == [(3, 2)]
    assert buffer.flush() == 0


def test_switched_off_nothing_is_kept(client, settings):
    settings.WATCH = False
    client.get("/fine/x")
    assert len(services.buffer.waiting) == 0


def test_under_asgi_the_same_is_noted(rf):
    async def answer(request):
        return HttpResponse("hello")

    response = async_to_sync(watch(answer))(rf.get("/anything"))
    assert response.content == b"hello"
    noted = vars(services.buffer.waiting[0])
    assert (noted["route"], noted["status"], noted["size"]) == ("(no such page)", 200, 5)
