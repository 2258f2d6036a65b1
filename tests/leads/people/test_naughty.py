"""Whatever is typed, in whichever field: a page with a sentence, never an error of the server."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

import pytest
from django.urls import reverse

from crm.vault.ids import uuid7
from leads.models import CustomField, Lead
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
    # Each twentieth of those: what reads text takes all of them below.
    return [*OURS, *listed[::20]]


def sent(value):
    return value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def filled(names, shift=0):
    """Forms with other strings in their fields each time, until all strings were in one."""
    texts = [sent(text) for text in naughty()]
    texts = texts[shift:] + texts[:shift]
    for start in range(0, len(texts), len(names)):
        yield dict(zip(names, texts[start:], strict=False))


def test_every_string_in_the_form_of_a_new_lead(signed_in):
    url = reverse("people:add")
    for values in filled(("name", "reach", "wants", "source", "kind", "once")):
        assert signed_in.post(url, values).status_code in (200, 302)


def test_every_string_as_a_name_and_a_wish(signed_in):
    added = 0
    for values in filled(("name", "wants")):
        fair = {"kind": "buyer", "once": str(uuid7()), **values}
        answer = signed_in.post(reverse("people:add"), fair)
        assert answer.status_code in (200, 302)
        added += answer.status_code == 302
    assert Lead.objects.count() == added > 5
    page = signed_in.get(reverse("people:lead", args=[Lead.objects.latest("arrived_at").id]))
    assert "<script>alert" not in page.content.decode()


@pytest.mark.parametrize("part", sorted(PARTS))
@pytest.mark.parametrize("shift", [0, 3])
def test_every_string_in_the_form_of_a_part(signed_in, part, shift):
    CustomField.objects.create(name="Visa", kind="text", private=True)
    lead = a_lead()
    names = [*PARTS[part].form(lead=lead).fields, "seen"]
    for values in filled(names, shift):
        answer = signed_in.post(reverse(f"people:{part}", args=[lead.id]), values)
        assert answer.status_code in (200, 302)
    assert signed_in.get(reverse("people:lead", args=[lead.id])).status_code == 200


@pytest.mark.parametrize(
    ("name", "more", "fields"),
    [
        ("people:add_point", (), ("value", "label", "network")),
        ("people:consent", ("call",), ("state", "how")),
        ("people:relate", (), ("who", "other", "kind")),
        ("people:lost", (), ("lost_reason", "why")),
        ("roi:add", (), ("amount", "commission", "listing", "closed_on")),
    ],
)
def test_every_string_in_the_small_forms(signed_in, name, more, fields):
    url = reverse(name, args=[a_lead().id, *more])
    for values in filled(fields):
        answer = signed_in.post(url, {"kind": "messenger", **values})
        assert answer.status_code in (200, 302)


@pytest.mark.parametrize(
    ("address", "field"),
    [("followups:people", "who"), ("people:candidates", "who"), ("picking:homes", "listing"),
     ("palette", "q"), ("timeline:entries", "words"), ("leads household", "typed.household"),
     ("leads apply", "0.v")],
)  # fmt: skip
def test_every_string_in_what_is_asked_while_one_types(signed_in, address, field):
    lead = a_lead()
    if address.startswith("leads "):
        options = ("list_options", "leads", "household")
        name, *args = options if address.endswith("household") else ("list_apply", "leads")
    else:
        name, args = (
            address,
            [lead.id] if address in ("people:candidates", "timeline:entries") else [],
        )
    for text in map(sent, OURS):
        data = {field: text, "0.f": "name", "0.o": "has"}
        answer = signed_in.post(reverse(name, args=args), data, headers={"HX-Request": "true"})
        assert answer.status_code == 200


@pytest.mark.parametrize("path", [
    "/pipeline/lane/{big}/", "/pipeline/lane/1/?after={text}", "/duplicates/?after={text}",
    "/leads/?list={text}&q={text}&sort={text}&after={text}&rows={text}", "/search/?for={text}",
    "/leads/{lead}/?at={text}&day={text}&list={text}", "/leads/{lead}/history/?before={text}",
    "/leads/add/?stage={text}&kind={text}", "/duplicates/merge/?lead={text}&lead={text}",
])  # fmt: skip
def test_every_string_in_an_address(signed_in, path):
    lead = a_lead()
    for text in map(sent, OURS):
        filled_in = path.format(big="9" * 30, lead=lead.id, text=quote(text))
        assert signed_in.get(filled_in).status_code in (200, 302, 404)


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
