"""Who may be one person: by what they share and how alike their names are."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from crm.audit.undo import undo
from crm.models import Event
from leads.duplicates import groups, services
from leads.duplicates.arriving import look_up
from leads.duplicates.finding import find_all, find_for, react
from leads.duplicates.likeness import compare
from leads.duplicates.services import Decided
from leads.models import ContactPoint, Duplicate, DuplicateSearch, Household, Lead, Relationship
from leads.people.spelling import distance, near
from tests.leads.duplicates.made import a_couple, a_pair, twins
from tests.leads.factories import a_lead, a_phone, an_email

NAMES = [
    ("Dana Whitfield", "dana whitfield", "same"),
    ("Dana Whitfield", "Whitfield, Dana", "same"),
    ("José Peña", "Jose Pena", "same"),
    ("Kevin O'Brien", "Kevin OBrien", "same"),
    ("Atty. Ana dela Cruz", "Ana Dela Cruz", "same"),
    ("Dana Whitfield", "Dana Whitfeild", "like"),
    ("Dana Whitfield", "D. Whitfield", "like"),
    ("Alexander Lim", "Alex Lim", "like"),
    ("Maria Santos Cruz", "Maria Cruz", "like"),
    ("Dana Whitfield", "Joe Whitfield", "family"),
    ("Juan Cruz Jr.", "Juan Cruz Sr.", "family"),
    ("Juan Cruz Jr.", "Juan Cruz", "same"),
    ("Dana Whitfield", "Ramon Villareal", "other"),
    ("J. C.", "Juan Cruz", "other"),
    ("Dana", "Dana Whitfield", "other"),
    ("", "Dana", "other"),
    ("!!!", "???", "other"),
]


@pytest.mark.parametrize(("one", "other", "likeness"), NAMES)
def test_names_compare(one: str, other: str, likeness: str) -> None:
    assert compare(one, other) == compare(other, one) == likeness


@given(st.text(max_size=12), st.text(max_size=12))
def test_distance_is_the_same_from_either_side(one: str, other: str) -> None:
    assert distance(one, other) == distance(other, one)
    assert (distance(one, other) == 0) == (one == other)
    assert not near(one, other) or distance(one, other) <= 2


@given(st.text(max_size=40), st.text(max_size=40))
def test_names_compare_the_same_from_either_side(one: str, other: str) -> None:
    assert compare(one, other) == compare(other, one)


def an_address(lead: Lead, text: str) -> ContactPoint:
    return ContactPoint.objects.create(lead=lead, kind="address", address=text)


PHONE, LOCAL = "+639175550142", "09175550142"
ACACIA, ACACIA_TOO = "12 Acacia Street, Talamban, Cebu City", "Talamban, Cebu, 12 Acacia St."
SIMILAR = "12 Acacia Street, Brgy Talamban, Cebu 6000"
SHARED = [
    ("same e-mail", [("email", "a@example.com")], [("email", "A@Example.com")], "Dana W", False),
    ("same e-mail", [("email", "a@example.com")], [("email", "a@example.com")], "dw2020", False),
    (
        "same phone",
        [("phone", PHONE)],
        [("phone", LOCAL)],
        "Dana Whitfeild",
        False,
    ),
    ("same phone", [("phone", PHONE)], [("phone", LOCAL)], "Joe Whitfield", True),
    ("same phone", [("phone", PHONE)], [("phone", LOCAL)], "Kim Reyes", True),
    ("same address", [("address", ACACIA)], [("address", ACACIA_TOO)], "Dana Whitfield", False),
    ("same address", [("address", ACACIA)], [("address", ACACIA_TOO)], "Joe Whitfield", True),
    ("similar address", [("address", ACACIA)], [("address", SIMILAR)], "Dana Whitfield", False),
]


def given_to(lead: Lead, points: list[tuple[str, str]]) -> None:
    for kind, value in points:
        ContactPoint.objects.create(lead=lead, kind=kind, **{kind: value})


@pytest.mark.django_db
@pytest.mark.parametrize("everybody", [False, True])
@pytest.mark.parametrize(("word", "first", "second", "name", "household"), SHARED)
def test_pair_is_found_with_its_evidence(owner, everybody, word, first, second, name, household):
    from leads.duplicates.rules import PROPOSED, WORDS

    one, other = a_lead("Dana Whitfield"), a_lead(name)
    given_to(one, first)
    given_to(other, second)

    find_all() if everybody else find_for(lead=other)

    pair = Duplicate.objects.get()
    assert (pair.one_id, pair.other_id) == (one.id, other.id)
    assert word in [WORDS[each] for each in pair.evidence]
    assert (pair.as_household, pair.confidence >= PROPOSED) == (household, True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("first", "second", "name"),
    [
        ([], [], "Dana Whitfield"),
        ([("address", ACACIA)], [("address", ACACIA_TOO)], "Kim Reyes"),
        ([("address", ACACIA)], [("address", "7 Maple Row, Lahug, Cebu")], "Dana Whitfield"),
        ([("phone", PHONE)], [("phone", "+639175550143")], "Dana Whitfield"),
    ],
)
def test_too_little_is_no_pair(owner, first, second, name):
    one, other = a_lead("Dana Whitfield"), a_lead(name)
    given_to(one, first)
    given_to(other, second)
    find_for(lead=other)
    find_all()
    assert not Duplicate.objects.exists()


@pytest.mark.django_db
def test_number_of_an_office_makes_no_pairs_and_is_told(monkeypatch):
    monkeypatch.setattr(groups, "LARGEST", 3)
    leads = [a_lead(f"Dana Whitfield {number}") for number in range(4)]
    for lead in leads:
        a_phone(lead)
    find_for(lead=leads[0])
    find_all()
    assert not Duplicate.objects.exists()
    assert DuplicateSearch.objects.get().skipped == {"phone": 1}


@pytest.mark.django_db
def test_what_was_decided_is_not_asked_again_and_lost_evidence_closes_a_pair():
    pair = a_pair()
    services.keep_apart(pair=pair.id)
    find_all()
    find_for(lead=pair.one)
    assert [row.state for row in Duplicate.objects.all()] == ["distinct"]

    Duplicate.objects.update(state="open")
    ContactPoint.objects.filter(lead=pair.other).delete()
    find_for(lead=pair.one)
    assert not Duplicate.objects.exists()


@pytest.mark.django_db
def test_those_who_are_somebody_to_each_other_are_two():
    one, other = twins()
    Relationship.objects.create(lead=one, other=other, kind="sibling")
    find_all()
    assert not Duplicate.objects.exists()


@pytest.mark.django_db
def test_search_through_everybody_takes_no_more_queries_for_more_groups(
    django_assert_max_num_queries,
):
    for number in range(12):
        for lead in (a_lead(f"Dana W{number}"), a_lead(f"Dana W{number}")):
            a_phone(lead, f"+63 917 555 01{number:02}")
    with django_assert_max_num_queries(25):
        find_all()
    assert Duplicate.objects.count() == 12


@pytest.mark.django_db
def test_known_one_is_found_while_somebody_is_typed_in(owner):
    by_phone, by_mail, namesake = a_lead("Dana W"), a_lead("D. Whitfield"), a_lead("Dana Whitfield")
    a_phone(by_phone, "+63 917 555 0142")
    an_email(by_mail, "dana@example.com")
    found = look_up("Dana Whitfield", ["0917 555 0142"], ["dana@example.com"])
    assert found == [by_mail, by_phone, namesake]
    assert look_up("Kim Reyes", ["0917 555 9999"], []) == []
    assert look_up("", ["x"], ["y"]) == []


@pytest.mark.django_db
def test_event_about_somebody_finds_their_pairs_and_about_nobody_nothing():
    one, _ = twins()
    react(Event(kind="lead.changed", subject=one.id))
    react(Event(kind="lead.changed", subject=UUID(int=9)))
    assert Duplicate.objects.count() == 1


@pytest.mark.django_db
def test_pairs_of_those_who_are_gone_are_tidied_away():
    pair = a_pair()
    Lead.objects.filter(id=pair.one_id).update(state="erased")
    find_all()
    assert not Duplicate.objects.exists()


@pytest.mark.django_db
def test_couple_becomes_a_household_and_an_undo_parts_them():
    pair = a_couple()
    done = services.make_household(pair=pair.id)
    assert Lead.objects.filter(household__isnull=False).count() == 2
    with pytest.raises(Decided):
        services.keep_apart(pair=pair.id)

    undo(done)

    assert not Household.objects.exists()
    assert Duplicate.objects.get().state == "open"


@pytest.mark.django_db
def test_review_merges_by_the_page_and_undoes_from_there(signed_in):
    pair = a_pair()
    page = signed_in.get(reverse("duplicates:review")).content.decode()
    assert "same phone, similar name" in page
    for piece in ("917 555", "917555"):
        assert piece not in page

    ids = [str(pair.one_id), str(pair.other_id)]
    answer = signed_in.post(
        reverse("duplicates:merge"), {"lead": ids, "kept": ids[1], "name": ids[0]}
    )
    kept = Lead.objects.get(id=pair.other_id)
    assert answer.url == reverse("people:lead", args=[kept.id])
    assert kept.name == "Dana Whitfield"
    assert signed_in.get(reverse("people:lead", args=[pair.one_id])).url == answer.url

    review = signed_in.get(reverse("duplicates:review"))
    (made,) = review.context["lately"]
    signed_in.post(reverse("undo", args=[made.merge.pk]))
    assert Lead.objects.present().count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("leads", [[], ["x"], ["00000000-0000-0000-0000-000000000021"] * 3])
def test_merge_of_nobody_says_so(signed_in, leads):
    answer = signed_in.get(reverse("duplicates:merge"), {"lead": leads}, follow=True)
    assert "Choose two people or more" in answer.content.decode()


@pytest.mark.django_db
def test_merge_twice_by_a_double_click_says_that_it_was_done(signed_in):
    pair = a_pair()
    ids = {"lead": [str(pair.one_id), str(pair.other_id)]}
    signed_in.post(reverse("duplicates:merge"), ids)
    answer = signed_in.post(reverse("duplicates:merge"), ids, follow=True)
    assert "Choose two people or more who are there" in answer.content.decode()


@pytest.mark.django_db
def test_choices_that_are_none_of_these_people_fall_back(signed_in):
    pair = a_pair()
    stranger = a_lead("Stranger", language="Klingon")
    data = {
        "lead": [str(pair.one_id), str(pair.other_id)],
        "kept": "x",
        "language": str(stranger.id),
    }
    signed_in.post(reverse("duplicates:merge"), data)
    assert Lead.objects.get(state="merged").merged_into.language != "Klingon"


@pytest.mark.django_db
def test_review_asks_as_little_for_thirty_as_for_one(signed_in):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert signed_in.get(reverse("duplicates:review")).status_code == 200
        return len(queries)

    a_pair()
    asked()
    few = asked()
    for number in range(30):
        for lead in (a_lead(f"Kim R{number}"), a_lead(f"Kim R{number}")):
            a_phone(lead, f"+63 918 555 01{number:02}")
    find_all()
    assert asked() == few <= 15
    page = signed_in.get(reverse("duplicates:review"))
    assert len(page.context["pairs"]) == 25
    rest = signed_in.get(reverse("duplicates:review"), {"after": page.context["following"]})
    assert len(rest.context["pairs"]) == 6
