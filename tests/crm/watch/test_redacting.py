from __future__ import annotations

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from crm.models import Owner
from crm.watch.redacting import message_of
from crm.watch.tracing import fingerprint, frames_of, place_of

CANARY = "Maria Clara Santos +63 917 555 0123 maria@example.ph"


def caught(raising, *arguments) -> BaseException:
    try:
        raising(*arguments)
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


def refuse_lead(name):
    raise ValueError(f"No stage is known for {name}, choose another")


def refuse_by_percent(name):
    raise ValueError("The file %s holds %d pages" % (name, 3))  # noqa: UP031


def refuse_bare(name):
    raise LookupError(name)


def test_what_the_code_wrote_stays_and_values_go():
    error = caught(refuse_lead, CANARY)
    assert message_of(error) == "No stage is known for …, choose another"
    assert message_of(caught(refuse_by_percent, CANARY)) == "The file … holds … pages"


def test_a_message_of_values_alone_is_a_gap():
    assert message_of(caught(refuse_bare, CANARY)) == "…"
    assert message_of(caught(refuse_bare, "")) == ""


def test_pythons_own_sentences_stay():
    assert message_of(caught(lambda: 1 / 0)) == "division by zero"
    assert message_of(caught(int, "Maria")) == "invalid literal for int() with base 10…"
    assert message_of(caught({"Ana": 1}.__getitem__, "Maria")) == "…"
    assert message_of(caught(lambda: None.name)) == "'NoneType' object has no attribute…"  # type: ignore[attr-defined]


@given(st.text(min_size=1))
def test_a_value_never_passes(text):
    kept = message_of(caught(refuse_lead, text))
    assert kept == "No stage is known for …, choose another"


@pytest.mark.django_db
def test_a_database_error_keeps_names_of_ours_only():
    Owner.objects.create_owner(email="owner@example.ph", password="p", name=CANARY)
    with transaction.atomic():
        double = caught(lambda: Owner.objects.create_owner(email="x@example.ph", password="p"))
        connection.needs_rollback = True
    assert isinstance(double, IntegrityError)
    assert message_of(double) == "23505 crm_owner there_is_one_owner"


@pytest.mark.django_db
def test_a_database_error_over_a_value_keeps_its_code():
    def ask() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::integer", [CANARY])

    with transaction.atomic():
        error = caught(ask)
        connection.needs_rollback = True
    assert isinstance(error, DataError)
    assert message_of(error) == "22P02"


def test_frames_hold_code_and_no_values():
    secret = CANARY
    frames = "\n".join(frames_of(caught(refuse_lead, secret)))
    assert "tests/crm/watch/test_redacting.py" in frames
    assert "in refuse_lead" in frames
    assert not any(word in frames for word in CANARY.split())


def test_the_place_is_the_innermost_of_our_own_code():
    assert place_of(caught(refuse_lead, "x")) == "tests/crm/watch/test_redacting.py in refuse_lead"
    outside = caught(lambda: __import__("json").loads("{"))
    assert place_of(outside) == "tests/crm/watch/test_redacting.py in <lambda>"


def test_an_error_without_a_trace_has_no_place():
    assert (place_of(ValueError("x")), frames_of(ValueError("x"))) == ("", [])


def test_fingerprints_keep_parts_apart():
    assert fingerprint("a", "bc") != fingerprint("ab", "c")
    assert len(fingerprint("a")) == 64
