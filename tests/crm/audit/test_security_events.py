from __future__ import annotations

import pytest
from django.test import RequestFactory

from crm.audit import context
from crm.audit.addresses import coarse
from crm.audit.services import security_event
from crm.models import SecurityEvent
from crm.vault.ids import uuid7


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_an_address_is_kept_coarse(address, kept):
    assert coarse(address) == kept


def test_an_event_is_a_record_of_the_trail(trail):
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.77", HTTP_USER_AGENT="Firefox")
    person = uuid7()
    with context.acting("owner", page="people:lead"):
        security_event("reveal", request=request, detail={"fields": 1}, subject=person)

    event = SecurityEvent.objects.get(id=trail().get().id)
    assert (event.op, event.kind, event.subject) == ("E", "reveal", person)
    assert (event.actor, event.page) == ("owner", "people:lead")
    assert event.after == {"address": "203.0.113.0/24", "agent": "Firefox", "fields": 1}


def test_an_unregistered_kind_is_refused(db):
    with pytest.raises(ValueError, match=r"nothing\.known"):
        security_event("nothing.known")
