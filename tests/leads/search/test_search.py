"""One box finds people, homes and notes, and says why."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm.models import RequestEntry
from crm.shell import palette
from leads.models import Lead
from leads.search import names, sources
from leads.search.asking import Asked
from leads.search.registration import fold_name_words
from tests.leads.factories import a_follow_up, a_lead, a_listing, a_note, a_phone, a_talk, an_email

pytestmark = pytest.mark.django_db


def people(text: str) -> list[str]:
    return [hit.text for hit in sources.search_people(text, 6)]


def whys(text: str) -> list[str]:
    return [hit.detail.split(" · ")[0] for hit in sources.search_people(text, 6)]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Dana Whitfield", "dana"),
        ("Dana Whitfield", "WHIT"),
        ("Dana Whitfield", "whitfield dana"),
        ("Dana Whitfield", "d w"),
        ("Dana Whitfield", "whitfeild"),
        ("Dana Whitfield", "dana wihtfield"),
        ("Dana Whitfield", "witfield"),
        ("Kevin O'Brien", "obrien"),
        ("José Peña", "jose pena"),
        ("Jose Pena", "josé peña"),
        ("Zoë", "zoe"),
        ("Юлия Смирнова", "смирнова"),
        ("Юлия Смирнова", "смирова"),
        ("王小明", "王"),
        ("王小明", "小明"),
        ("100% Homes_Ltd", "100%"),
        ("\\Back slash", "\\back"),
    ],
)
def test_name_is_found_as_people_type_it(name: str, typed: str) -> None:
    a_lead("Somebody Else")
    a_lead(name)
    assert people(typed) == [name]


@pytest.mark.parametrize("typed", ["field", "dana x", "%", "_", "xyzzy", "' OR 1=1 --", "\x00"])
def test_what_begins_no_word_of_a_name_finds_nobody(typed: str) -> None:
    a_lead("Dana Whitfield")
    assert people(typed) == []


def test_rare_name_far_down_the_scores_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "WALK", names.WALK.replace(f"LIMIT {names.WALKED}", "LIMIT 1"))
    Lead.objects.filter(id=a_lead("Best Of All").id).update(score=100)
    a_lead("Dana Whitfield")
    assert (people("whitf"), people("da")) == (["Dana Whitfield"], ["Dana Whitfield"])


def test_best_score_comes_first_and_archived_last() -> None:
    for name, score, state in (
        ("Dana Cruz", 20, "present"), ("Dana Lim", 80, "present"), ("Dana Uy", 99, "archived"),
    ):  # fmt: skip
        Lead.objects.filter(id=a_lead(name, state=state).id).update(score=score)
    assert [(hit.text, hit.end) for hit in sources.search_people("dana", 6)] == [
        ("Dana Lim", "New"),
        ("Dana Cruz", "New"),
        ("Dana Uy", "Archived"),
    ]


def test_who_was_merged_or_erased_is_not_found() -> None:
    kept = a_lead("Kim Reyes")
    a_lead("Dana Whitfield", state="merged", merged_into=kept)
    a_lead("Dana Cruz", state="erased")
    assert people("dana") == []


@pytest.mark.parametrize(
    "typed",
    ["+63 917 555 0142", "09175550142", "0917-555-0142", "(917) 555 0142", "639175550142",
     "5550142", "550142", "50142", "0142"],
)  # fmt: skip
def test_phone_is_found_in_any_form_and_by_its_end(owner: object, typed: str) -> None:
    a_phone(a_lead("Somebody Else"), "+63 917 555 9999")
    a_phone(a_lead("Dana Whitfield"), "+63 917 555 0142")
    assert (people(typed), whys(typed)) == (["Dana Whitfield"], ["phone ends in 0142"])


@pytest.mark.parametrize("typed", ["0143", "142", "150142", "09185550142"])
def test_other_digits_find_nobody(owner: object, typed: str) -> None:
    a_phone(a_lead("Dana Whitfield"), "+63 917 555 0142")
    assert people(typed) == []


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("dana@ayala.example", "their e-mail"),
        ("DANA@Ayala.example", "their e-mail"),
        ("@ayala.example", "e-mail at ayala.example"),
        ("ayala.example", "e-mail at ayala.example"),
    ],
)
def test_email_is_found_whole_or_by_its_domain(typed: str, why: str) -> None:
    an_email(a_lead("Somebody Else"), "else@example.com")
    an_email(a_lead("Dana Whitfield"), "dana@ayala.example")
    assert (people(typed), whys(typed)) == (["Dana Whitfield"], [why])


def test_contact_data_are_masked() -> None:
    lead = a_lead("Dana Whitfield")
    a_phone(lead, "+63 917 555 0142", is_primary=True)
    an_email(lead, "dana@ayala.example", is_primary=True)
    (hit,) = sources.search_people("dana", 6)
    assert "555" not in hit.detail
    assert "ayala" not in hit.detail
    assert hit.detail.count("•") > 6


def test_person_is_found_by_the_home_they_saw() -> None:
    home = a_listing("12 Acacia Lane", address="Talamban, Cebu")
    a_listing("Maple Row 6")
    a_talk(a_lead("Dana Whitfield"), "showing", listing=home)
    a_talk(a_lead("Ramon Villareal"), "email", direction="in", listing=home, days_ago=1)
    a_follow_up(a_lead("Kim Reyes"), kind="showing", listing=home)
    assert sorted(
        zip(people("acacia"), [why.split(",")[0] for why in whys("acacia")], strict=True)
    ) == [
        ("Dana Whitfield", "saw 12 Acacia Lane"),
        ("Kim Reyes", "will see 12 Acacia Lane"),
        ("Ramon Villareal", "asked about 12 Acacia Lane"),
    ]


def test_home_is_found_by_words_of_its_name_and_address() -> None:
    a_listing("12 Acacia Lane", address="Talamban, Cebú", status="sold")
    a_listing("14 Acacia Lane", address="Talamban, Cebu")
    hits = sources.search_homes("acacia cebu", 6)
    assert [(hit.text, hit.end) for hit in hits] == [
        ("14 Acacia Lane", "Available"),
        ("12 Acacia Lane", "Sold"),
    ]


def test_note_is_found_by_beginnings_of_its_words() -> None:
    lead = a_lead("Dana Whitfield")
    a_note(lead, "She would love a roof deck for her orchids, near the school.")
    (hit,) = sources.search_notes("orchid roof", 6)
    assert hit.text == "Dana Whitfield"
    assert hit.detail.startswith("Note, today: ")
    assert "roof deck for her orchids" in hit.detail
    assert sources.search_notes("orchid pool", 6) == []


def test_notes_of_those_who_are_gone_are_not_found() -> None:
    kept = a_lead("Kim Reyes")
    a_note(a_lead("Dana Cruz", state="merged", merged_into=kept), "Wants a roof deck")
    assert sources.search_notes("roof deck", 6) == []


def asked_of_the_database(text: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        palette.search(text)
    # Within a test each transaction is a savepoint, which asks nothing of the tables.
    return sum("SAVEPOINT" not in query["sql"] for query in asked)


@pytest.mark.parametrize("typed", ["", " ", "0142", "dana@example.com", "ab"])
def test_short_and_contact_inputs_ask_little(typed: str) -> None:
    a_lead()
    assert asked_of_the_database(typed) <= 5


def test_keystroke_takes_as_many_queries_for_one_as_for_thirty() -> None:
    home = a_listing("Dana Lane")
    a_talk(a_lead("Dana Lane"), listing=home, body="Dana lane")
    few = asked_of_the_database("dana lane")
    for number in range(30):
        lead = a_lead(f"Dana Lane {number}")
        a_phone(lead, f"+63 917 555 01{number:02}")
        a_talk(lead, listing=home, body="Dana lane")
    assert asked_of_the_database("dana lane") <= few <= 20


def test_page_says_when_there_are_more(signed_in, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(palette, "PAGE_LIMIT", 2)
    for number in range(3):
        a_lead(f"Dana {number}")
    page = signed_in.get("/search/", {"q": "dana"}).content.decode()
    assert page.count("</mark>") == 2
    assert "There are more" in page


def test_what_was_typed_stays_out_of_what_is_kept_of_requests(signed_in) -> None:
    signed_in.get("/search/", {"q": "Dana Whitfield 0142"})
    kept = [str(row) + str(vars(row)) for row in RequestEntry.objects.all()]
    assert [row for row in kept if "Whitfield" in row or "0142" in row] == []


def test_markup_in_a_name_and_in_the_box_is_text(signed_in) -> None:
    a_lead("<img src=x onerror=alert(1)>")
    page = signed_in.get("/search/", {"q": "<img"}).content.decode()
    assert "<img src=x" not in page
    assert "&lt;img" in page


def test_home_page_lists_who_asked_and_who_saw(signed_in) -> None:
    home = a_listing("12 Acacia Lane")
    a_talk(a_lead("Dana Whitfield"), "showing", listing=home)
    a_talk(a_lead("Gone"), listing=home)
    Lead.objects.filter(name="Gone").update(state="erased")
    answer = signed_in.get(reverse("search:home", args=[home.id]))
    assert [(each["lead"].name, each["what"]) for each in answer.context["people"]] == [
        ("Dana Whitfield", "saw")
    ]


def test_words_of_a_name_that_nobody_bears_any_more_are_forgotten() -> None:
    from leads.models import NameWord

    lead = a_lead("Dana Whitfield")
    a_lead("Dana Cruz")
    Lead.objects.filter(id=lead.id).update(name="Somebody")
    fold_name_words()
    words = dict(NameWord.objects.values_list("word", "uses"))
    assert words == {"dana": 1, "cruz": 1, "somebody": 1}


def test_what_is_typed_is_cut_where_nobody_types_on() -> None:
    assert len(Asked.of("x " * 5000).text) <= 200
    assert len(Asked.of("x " * 5000).words) == 6


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("Juan Luna", ["Add Juan Luna as a lead"]),
        (" 王  小明 ", ["Add 王 小明 as a lead"]),
        ("0917 555", []),
        ("juan@example.com", []),
        ("> juan", []),
        ("???", []),
        ("x" * 201, []),
        ("", []),
    ],
)
def test_a_name_that_nobody_bears_can_be_added(typed: str, offered: list[str]) -> None:
    assert [hit.text for group in palette.offered(typed) for hit in group.hits] == offered
