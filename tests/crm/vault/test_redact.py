from __future__ import annotations

import io
import logging

import pytest
import structlog
from django.db import IntegrityError, transaction

from crm.models import Owner
from crm.vault import redact
from tests.sample.models import Person


@pytest.fixture
def said():
    """What a handler with the plainest formatter writes."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logger = logging.getLogger("tests.redact")
    logger.addHandler(handler)
    yield stream.getvalue
    logger.removeHandler(handler)


log = logging.getLogger("tests.redact")
NAME, EMAIL = "Zyxwarth Quillon", "zyx@example.ph"


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("from ana.cruz@example.ph today", "from <e-mail> today"),
        ("GET /?q=ana@example.ph&x=1", "GET /?q=<e-mail>&x=1"),
        ("called +639175551234", "called <phone>"),
        ("called 0917 555 1234.", "called <phone>."),
        ("called (02) 8123-4567", "called <phone>"),
        ("called 415-555-2671", "called <phone>"),
        ("2026-11-20 00:08:48", "2026-11-20 00:08:48"),
        ("127.0.0.1:55432", "127.0.0.1:55432"),
        ("192.168.100.200", "192.168.100.200"),
        ("id 01a1fb6e-5a04-7012-8134-123456789012", "id 01a1fb6e-5a04-7012-8134-123456789012"),
        ("rows 1,000,000 in 20.5 s", "rows 1,000,000 in 20.5 s"),
    ],
)
def test_addresses_and_numbers_are_masked_and_the_rest_stays(line, kept):
    assert redact.text(line) == kept


def test_a_record_is_clean_for_every_handler(said):
    log.warning("mail from %s about %d rows", "ana@example.ph", 3)
    log.warning("to %(who)s", {"who": "ana@example.ph"})
    assert said() == "mail from <e-mail> about 3 rows\nto <e-mail>\n"


def test_a_row_is_logged_by_its_id(said):
    person = Person(name="Ana Cruz")
    log.warning("saved %s", person)
    assert said() == f"saved sample.person {person.id}\n"


@pytest.mark.django_db
def test_an_error_of_the_database_is_logged_without_its_values(said):
    Owner.objects.create(email=EMAIL)
    try:
        with transaction.atomic():
            Owner.objects.create(email=EMAIL, name=NAME)
    except IntegrityError:
        log.exception("not saved")
    written = said()
    assert "23505" in written
    assert EMAIL not in written
    assert NAME not in written
    assert "Key (" not in written


def test_an_error_is_logged_with_its_way_and_without_what_was_entered(said):
    def parse(value: str) -> int:
        return int(value)

    try:
        try:
            parse(NAME)
        except ValueError as error:
            raise RuntimeError("no whole number") from error
    except RuntimeError:
        log.exception("failed")
    written = said()
    assert NAME not in written
    assert "in parse" in written
    assert "which led to:" in written
    assert written.rstrip().endswith("builtins.RuntimeError: no whole number")


def test_structlog_is_clean_too(said):
    logger = structlog.get_logger("tests.redact")
    try:
        raise ValueError(EMAIL)
    except ValueError:
        logger.exception("failed", who=EMAIL, row=Person(name=NAME), count=3)
    written = said()
    assert "event='failed'" in written
    assert "count=3" in written
    assert EMAIL not in written
    assert NAME not in written
