"""Leads become one, with everything that is theirs."""

from __future__ import annotations

from decimal import Decimal

import pytest

from crm.models import DataKey
from crm.vault.ids import uuid7
from leads.duplicates.merging import CannotMerge, unmerge
from leads.models import (
    Consent,
    ContactPoint,
    CustomField,
    CustomValue,
    Duplicate,
    Lead,
    LeadTag,
    OutgoingMessage,
    Relationship,
    Tag,
)
from tests.leads.duplicates.merges import dump, everything_of, now, one_of
from tests.leads.factories import a_follow_up, a_lead, a_phone, a_talk, an_email

pytestmark = pytest.mark.django_db


def test_everything_moves_and_still_opens():
    kept, gone = a_lead("Dana Whitfield"), a_lead("Dana Whitfeild", about="Sister in Cebu")
    theirs = everything_of(gone)

    one_of(kept, gone)

    for name, row in theirs.items():
        row.refresh_from_db()
        owner = {"notice": "about", "score": "lead"}.get(name, "lead_id")
        assert getattr(row, owner) == kept.id, name
    assert theirs["talk"].body == "Wants a roof deck"
    assert theirs["phone"].value == "+63 917 555 0101"
    assert theirs["notice"].title == "A reply"
    assert now(kept).about == "Sister in Cebu"
    assert (now(gone).state, now(gone).merged_into_id) == ("merged", kept.id)
    assert set(DataKey.objects.values_list("subject_id", flat=True)) == {kept.id}


def test_kept_one_stands_as_what_was_said_with_both():
    kept, gone = a_lead(), a_lead("Dana W.")
    a_talk(kept, days_ago=5)
    talk = a_talk(gone, "email", direction="in", days_ago=1)
    due = a_follow_up(gone).due

    one_of(kept, gone)

    stands = now(kept)
    assert (stands.last_touch_at, stands.unanswered_since) == (talk.at, talk.at)
    assert stands.next_follow_up_at == due
    assert now(gone).last_touch_at is None


def test_what_both_have_is_there_once():
    kept, gone = a_lead(), a_lead("Dana W.")
    first = a_phone(kept, "+63 917 555 0142", is_primary=True)
    a_phone(gone, "0917 555 0142", label="Mobile", is_primary=True)
    other = an_email(gone, is_primary=True)
    tag = Tag.objects.create(name="Investor")
    for lead in (kept, gone):
        LeadTag.objects.create(lead=lead, tag=tag)

    one_of(kept, gone)

    points = ContactPoint.objects.filter(lead=kept)
    assert {(point.id, point.label, point.is_primary) for point in points} == {
        (first.id, "Mobile", True),
        (other.id, "", True),
    }
    assert LeadTag.objects.filter(lead=kept).count() == 1


@pytest.mark.parametrize(
    ("own", "theirs", "left"),
    [
        ("given", "refused", "refused"),
        ("refused", "given", "refused"),
        ("given", "given", "given"),
        (None, "given", "given"),
        (None, "refused", "refused"),
    ],
)
def test_strictest_consent_wins(own, theirs, left):
    kept, gone = a_lead(), a_lead("Dana W.", do_not_contact=theirs == "refused")
    for lead, state in ((kept, own), (gone, theirs)):
        if state:
            Consent.objects.create(lead=lead, channel="text", state=state)

    one_of(kept, gone)

    assert [consent.state for consent in Consent.objects.filter(lead=kept)] == [left]
    assert now(kept).do_not_contact == (theirs == "refused")


def test_fields_are_taken_from_whom_was_chosen():
    kept = a_lead("D. Whitfield", budget_max=Decimal(8), language="English")
    gone = a_lead("Dana Whitfield", stage="showing", budget_max=Decimal(9), language="Tagalog")
    field = CustomField.objects.create(name="Pets", kind="text")
    for lead, pets in ((kept, "cat"), (gone, "dog")):
        CustomValue.objects.create(lead=lead, field=field, text=pets)

    one_of(
        kept, gone, name=gone.id, stage=gone.id, budget=kept.id, **{f"custom:{field.id}": gone.id}
    )

    merged = now(kept)
    assert (merged.name, merged.stage.kind) == ("Dana Whitfield", "showing")
    assert (merged.budget_max, merged.language) == (Decimal(8), "English")
    assert [value.text for value in merged.custom_values.all()] == ["dog"]


def test_relations_lead_to_the_kept_one_and_never_to_oneself():
    kept, gone, spouse, friend = (a_lead(name) for name in ("Dana", "Dana W.", "Joe", "Kim"))
    Relationship.objects.create(lead=gone, other=spouse, kind="spouse")
    Relationship.objects.create(lead=kept, other=gone, kind="other")
    Lead.objects.filter(id=friend.id).update(referred_by=gone)
    Lead.objects.filter(id=kept.id).update(referred_by=gone)

    one_of(kept, gone)

    assert [(row.lead_id, row.other_id) for row in Relationship.objects.all()] == [
        (kept.id, spouse.id)
    ]
    assert now(friend).referred_by_id == kept.id
    assert now(kept).referred_by_id is None


def a_pair(one, other, **values):
    first, second = sorted((one, other), key=lambda lead: lead.id)
    return Duplicate.objects.create(one=first, other=second, confidence=80, **values)


def test_pairs_are_settled_or_handed_on():
    kept, gone, third, fourth = (a_lead(name) for name in ("Dana", "Dana W.", "Joe", "Kim"))
    settled, handed = a_pair(kept, gone), a_pair(gone, third, state="distinct")
    doubled, own = a_pair(gone, fourth, state="distinct"), a_pair(kept, fourth)

    one_of(kept, gone)

    settled.refresh_from_db()
    handed.refresh_from_db()
    own.refresh_from_db()
    assert settled.state == "merged"
    assert {handed.one_id, handed.other_id} == {kept.id, third.id}
    assert own.state == "distinct"
    assert not Duplicate.objects.filter(id=doubled.id).exists()


@pytest.mark.parametrize("count", [1, 11])
def test_too_few_or_too_many_are_refused(count):
    people = [a_lead(f"Lead {number}") for number in range(count)]
    with pytest.raises(CannotMerge, match="2 to 10"):
        one_of(*people)


def test_ten_become_one_and_ten_again():
    people = [a_lead(f"Lead {number}") for number in range(10)]
    for number, lead in enumerate(people):
        everything_of(lead, number)
    before = dump()

    made = one_of(*people)

    assert [now(lead).kept.id for lead in people] == [people[0].id] * 10
    unmerge(merge=made)
    assert dump() == before


def test_one_who_was_merged_already_is_refused():
    kept, gone, third = a_lead(), a_lead("Dana W."), a_lead("D. W.")
    one_of(kept, gone)
    with pytest.raises(CannotMerge, match="merged already"):
        one_of(third, gone)


def test_merge_knows_every_table_that_knows_a_lead():
    """A new one must be told of in leads/duplicates/moving.py, or people would lose it."""
    moved = {
        "Attachment", "Consent", "ContactPoint", "CustomValue", "Deal", "Duplicate", "FollowUp",
        "Interaction", "LeadArea", "LeadTag", "OutgoingMessage", "PutOff", "Relationship",
    }  # fmt: skip
    # The lead's own columns, and the merges themselves.
    beside = {"Lead", "Merge"}
    relations = Lead._meta.get_fields(include_hidden=True)
    known = {each.related_model.__name__ for each in relations if each.auto_created}
    assert known == moved | beside


def test_letter_on_its_way_goes_to_the_address_that_stays():
    kept, gone = a_lead(), a_lead("Dana W.")
    stays, goes = an_email(kept), an_email(gone)
    letter = OutgoingMessage.objects.create(lead=gone, point=goes, subject="Hello", body="Hi")
    before = dump()

    made = one_of(kept, gone)

    letter.refresh_from_db()
    assert (letter.lead_id, letter.point_id, letter.body) == (kept.id, stays.id, "Hi")
    unmerge(merge=made)
    assert dump() == before


@pytest.mark.parametrize("kept_is", ["archived", "present"])
def test_an_archived_double_takes_nobody_out_of_the_lists(kept_is):
    other = {"archived": "present", "present": "archived"}[kept_is]
    kept, gone = a_lead("Dana Whitfield", state=kept_is), a_lead("Dana Whitfeild", state=other)
    merge = one_of(kept, gone)
    assert now(kept).state == "present"
    unmerge(merge=merge)
    assert (now(kept).state, now(gone).state) == (kept_is, other)


def test_ticked_people_are_laid_side_by_side(signed_in):
    three = [a_lead(f"Dana {number}") for number in range(3)]
    sent = {"id": [str(lead.id) for lead in three], "scope": "ids"}
    page = signed_in.post("/duplicates/gather/", sent, follow=True)
    assert [lead.name for lead in page.context["choice"].leads] == ["Dana 0", "Dana 1", "Dana 2"]


@pytest.mark.parametrize("sent", [
    {}, {"id": ["x", ""]}, {"id": [str(uuid7())]}, {"id": [str(uuid7()) for _ in range(11)]},
    {"scope": "all", "id": [str(uuid7()), str(uuid7())]},
])  # fmt: skip
def test_too_few_or_too_many_are_refused_in_words(signed_in, sent):
    list_ = "http://testserver/leads/?list=all"
    answer = signed_in.post("/duplicates/gather/", sent, headers={"Referer": list_})
    assert answer.url == "/leads/?list=all"
    assert "Tick 2 to 10 people" in signed_in.get("/leads/").content.decode()
