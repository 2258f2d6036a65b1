"""Whatever is typed, in whichever field: a page with a sentence, never an error of the server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.urls import reverse

from crm.vault.ids import uuid7
from leads.models import Lead
from leads.people import masking, services, wanting
from leads.people.naming import split
from leads.people.parts import PARTS
from tests.leads.factories import a_lead

pytestmark = pytest.mark.django_db

# The Big List of Naughty Strings (MIT) where it lies beside; some of its kinds always.
LISTED = Path("/work/shared/data/naughty/blns.json")
OURS = [
    "", " ", "\u200b", "\x00", "a\x00b", "undefined", "NaN", "1e400", "-1", "0x1F", "١٢٣",
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' OR 1=1 --", "%s%n{}{{7*7}}",
    "Ω≈ç√∫", "田中さん", "مرحبا", "\u202eevil", "👩‍👩‍👧‍👦", "Z̮̞̠͙͔ͅ", "\ufeff", "ﷺ", "x" * 300,
    "http://a/%%30%30", "../../etc/passwd", "$(rm -rf /)", "\r\nSet-Cookie: a=b", "\ud83d\ude00",
]  # fmt: skip


def naughty():
    listed = json.loads(LISTED.read_text()) if LISTED.exists() else []
    # Each ninth of those: what reads text takes all of them below.
    return [*OURS, *listed[::9]]


def sent(value):
    return value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def test_every_string_in_every_field_of_a_new_lead(signed_in):
    url = reverse("people:add")
    for text in map(sent, naughty()):
        typed = dict.fromkeys(("name", "reach", "wants", "source", "kind"), text)
        assert signed_in.post(url, {**typed, "once": text}).status_code in (200, 302)
        fair = {"name": text, "wants": text, "kind": "buyer", "once": str(uuid7())}
        answer = signed_in.post(url, fair)
        assert answer.status_code in (200, 302)
        if answer.status_code == 302:
            page = signed_in.get(answer.url)
            assert page.status_code == 200
            assert "<script>alert" not in page.content.decode()
    assert Lead.objects.count() > len(OURS) / 2


@pytest.mark.parametrize("part", sorted(PARTS))
def test_every_string_in_every_field_of_a_part(signed_in, part):
    lead = a_lead()
    names = list(PARTS[part].form(lead=lead).fields)
    for text in map(sent, naughty()):
        values = {**dict.fromkeys(names, text), "seen": text}
        answer = signed_in.post(reverse(f"people:{part}", args=[lead.id]), values)
        assert answer.status_code in (200, 302)


def test_every_string_in_the_small_forms(signed_in):
    lead = a_lead()
    for text in map(sent, naughty()[: len(OURS)]):
        for url, fields in (
            (reverse("people:add_point", args=[lead.id]), ("value", "label", "network")),
            (reverse("people:consent", args=[lead.id, "call"]), ("state", "how")),
            (reverse("people:relate", args=[lead.id]), ("who", "other", "kind")),
            (reverse("people:lost", args=[lead.id]), ("lost_reason", "why")),
            (reverse("roi:add", args=[lead.id]), ("amount", "commission", "listing", "closed_on")),
            (reverse("names:add", args=["fields"]), ("name", "choices")),
            (reverse("people:hints"), ("name", "reach", "wants")),
        ):
            extra = {"kind": "messenger"} if "kind" not in fields else {}
            answer = signed_in.post(url, {**extra, **dict.fromkeys(fields, text)})
            assert answer.status_code in (200, 302), (url, text)


def test_what_reads_text_takes_any_text():
    listed = json.loads(LISTED.read_text()) if LISTED.exists() else []
    for text in [*OURS, *listed]:
        split(text)
        wanting.understood(text)
        for kind in ("phone", "email", "messenger", "address"):
            masking.masked(kind, text)


def test_a_lead_of_another_room_may_have_any_name():
    for text in ("<b>Ana</b>", "王", "x" * 200):
        assert services.add_lead(name=text).name == text
