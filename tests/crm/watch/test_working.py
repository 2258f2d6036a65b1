from __future__ import annotations

import pytest
from celery import Celery
from django.db import connection

from crm.models import Problem, SlowWork
from crm.watch import services, working
from crm.watch.working import note_tick_failure

pytestmark = pytest.mark.django_db


@pytest.fixture
def app():
    working.start()
    made = Celery("watched", broker="memory://", set_as_current=False)
    made.conf.task_always_eager = True
    return made


def test_a_failing_task_is_grouped_without_its_arguments(app):
    @app.task(name="crm.fails")
    def fails(name):
        raise LookupError(f"Nobody is called {name}")

    for name in ("Zenaida", "Quimpo"):
        fails.delay(name)
    services.flush()
    assert list(Problem.objects.values_list("kind", "what", "route", "message", "count")) == [
        ("task", "LookupError", "crm.fails", "Nobody is called …", 2)
    ]


def test_slow_queries_of_a_task_are_listed(app, settings):
    settings.WATCH_SLOW_QUERY_MS = 10

    @app.task(name="crm.slow")
    def slow():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.02)")

    slow.delay()
    services.flush()
    assert list(SlowWork.objects.values_list("kind", "route", "statement")) == [
        ("query", "crm.slow", "SELECT pg_sleep(?)")
    ]


def test_a_failing_tick_is_a_problem():
    try:
        raise RuntimeError("The mail server is away")
    except RuntimeError as error:
        note_tick_failure("events.deliver", error)
    services.flush()
    assert list(Problem.objects.values_list("kind", "what", "route", "message")) == [
        ("tick", "RuntimeError", "events.deliver", "The mail server is away")
    ]
