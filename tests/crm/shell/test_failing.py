"""A page that can not be made: the page's own fault, or the database's that is away."""

from __future__ import annotations

import psycopg
import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import path
from psycopg.errors import AdminShutdown, DeadlockDetected, LockNotAvailable, QueryCanceled
from psycopg_pool import PoolTimeout

from crm.urls import handler500 as handler500

# Without what asks the database before the page does.
KEPT = ("crm.shell", "django.middleware.security")
FAULTS: dict[str, Exception] = {}


def failing(request):
    error = FAULTS["now"]
    if isinstance(error, psycopg.Error):
        raise OperationalError(str(error)) from error
    raise error


urlpatterns = [path("failing", failing)]


@pytest.fixture
def asked(settings):
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if each.startswith(KEPT)]

    def ask(error):
        FAULTS["now"] = error
        return Client(raise_request_exception=False).get("/failing")

    return ask


@pytest.mark.parametrize(
    "error",
    [
        psycopg.OperationalError("the connection is lost"),
        PoolTimeout("couldn't get a connection after 10.00 sec"),
        AdminShutdown("terminating connection due to administrator command"),
    ],
)
def test_a_database_that_is_away_is_said_and_asked_again(asked, error) -> None:
    answer = asked(error)

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "The database does not answer just now" in answer.content.decode()
    assert "Content-Security-Policy" in answer


@pytest.mark.parametrize(
    "error",
    [LockNotAvailable("canceling statement due to lock timeout"), DeadlockDetected("deadlock")],
)
def test_what_other_work_has_in_hand_is_said_and_asked_again(asked, error) -> None:
    answer = asked(error)

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "Porchlight is changing this itself just now" in answer.content.decode()


@pytest.mark.parametrize("error", [QueryCanceled("statement timeout"), ValueError("a slip")])
def test_what_the_page_itself_did_wrong_is_its_fault(asked, error) -> None:
    answer = asked(error)

    assert answer.status_code == 500
    assert "The fault is Porchlight" in answer.content.decode()
