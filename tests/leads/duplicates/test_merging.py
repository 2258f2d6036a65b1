"""Leads become one, with everything that is theirs, and come apart again."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from crm.audit.undo import CannotUndo, undo
from crm.keep import persons
from crm.models import DataKey, Notification, Trail
from crm.vault.data_keys import Subject
from leads.duplicates.merging import CannotMerge, merge, unmerge
from leads.models import (
    Attachment,
    Consent,
    ContactPoint,
    CustomField,
    CustomValue,
    Deal,
    Duplicate,
    FollowUp,
    Household,
    Interaction,
    Lead,
    LeadTag,
    Merge,
    PutOff,
    Relationship,
    Score,
    Tag,
)
from leads.models.lead import STANDING
from leads.people import defaults
from tests.leads.factories import a_follow_up, a_lead, a_note, a_phone, a_talk, an_email

pytestmark = pytest.mark.django_db

TABLES = (
    Attachment, Consent, ContactPoint, CustomValue, Deal, Duplicate, FollowUp, Household,
    Interaction, LeadTag, Notification, PutOff, Relationship, Score,
)  # fmt: skip


def dump() -> dict[str, list[object]]:
    """All rows of people as the database holds them, without the standing that it makes itself."""
    standing = ", ".join(f"'{name}'" for name in STANDING)
    statements = {Lead: f"to_jsonb(t) - ARRAY[{standing}]"}
    rows = {}
    with connection.cursor() as cursor:
        for model in (Lead, *TABLES):
            shown = statements.get(model, "to_jsonb(t)")
            cursor.execute(
                f"SELECT {shown} FROM {model._meta.db_table} t ORDER BY t.id"  # noqa: S608
            )
            rows[model.__name__] = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT id, subject_id, wrapped FROM crm_data_key ORDER BY id")
        rows["keys"] = cursor.fetchall()
    return rows


def one_of(kept, *gone, **chosen):
    return merge(kept=kept.id, gone=[lead.id for lead in gone], chosen=chosen)


def now(lead):
    return Lead.objects.get(id=lead.id)


def everything_of(lead, number=1):
    """A row in each table that knows a lead."""
    tag, _ = Tag.objects.get_or_create(name=f"Tag {number}")
    field, _ = CustomField.objects.get_or_create(name="Pets", kind="text")
    talk = a_talk(lead, body="Wants a roof deck")
    return {
        "phone": a_phone(lead, f"+63 917 555 01{number:02}", is_primary=True),
        "talk": talk,
        "attachment": Attachment.objects.create(
            lead=lead, interaction=talk, name="offer.pdf", media_type="application/pdf", size=9
        ),
        "follow_up": a_follow_up(lead),
        "deal": Deal.objects.create(
            lead=lead, amount=Decimal(9), commission_percent=3, commission=1,
            opened_on=timezone.localdate(),
        ),
        "consent": Consent.objects.create(lead=lead, channel="text", state="given"),
        "tag": LeadTag.objects.create(lead=lead, tag=tag),
        "pets": CustomValue.objects.create(lead=lead, field=field, text=f"{number} dogs"),
        "put_off": PutOff.objects.create(lead=lead, until=timezone.now()),
        "score": Score.objects.create(lead=lead, score=50),
        "notice": Notification.objects.create(
            kind="k", key=f"k{number}", title="A reply", body="Said yes", about=lead.id
        ),
    }  # fmt: skip


def test_everything_moves_and_still_opens():
    kept, gone = a_lead("Dana Whitfield"), a_lead("Dana Whitfeild", about="Sister in Cebu")
    theirs = everything_of(gone)

    one_of(kept, gone)

    for name, row in theirs.items():
        row.refresh_from_db()
        owner = row.about if name == "notice" else row.lead_id
        assert owner == kept.id, name
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


def test_undo_days_later_keeps_what_was_edited_since():
    kept, gone = a_lead(language="English"), a_lead("Dana W.", language="Tagalog")
    note = a_note(gone, "Likes the roof deck.")
    made = one_of(kept, gone, language=gone.id)
    Interaction.objects.filter(id=note.id).update(body="Loves the roof deck.")
    Lead.objects.filter(id=kept.id).update(language="Cebuano")
    said = a_note(kept, "Called on Monday.")

    report = undo(made.pk)

    note.refresh_from_db()
    said.refresh_from_db()
    assert (note.lead_id, note.body) == (gone.id, "Loves the roof deck.")
    assert (said.lead_id, said.body) == (kept.id, "Called on Monday.")
    assert now(kept).language == "Cebuano"
    assert [(left.row_id, left.fields) for left in report.left] == [(str(kept.id), ("language",))]
    assert Merge.objects.get().undone_at is not None
    assert (now(gone).state, now(gone).merged_into_id) == ("present", None)


def test_undo_gives_each_their_own_key_back():
    kept, gone = a_lead(about="Hers"), a_lead("Dana W.", about="His")
    undo(one_of(kept, gone).pk)
    persons.erase(subject=Subject("leads.lead", gone.id))
    assert now(kept).about == "Hers"


def test_merge_is_undone_once():
    made = one_of(a_lead(), a_lead("Dana W."))
    undo(made.pk)
    with pytest.raises(CannotUndo, match="undone already"):
        undo(made.pk)


def test_undone_merge_is_not_redone_by_the_trail_alone():
    report = undo(one_of(a_lead(), a_lead("Dana W.")).pk)
    with pytest.raises(CannotUndo, match="merge them anew"):
        undo(report.operation)


@pytest.fixture
def chain():
    """A went into B, then B into C; each has rows of its own."""
    a, b, c = (a_lead(name) for name in ("Dana A", "Dana B", "Dana C"))
    for number, lead in enumerate((a, b, c)):
        everything_of(lead, number)
    before = dump()
    return (a, b, c), one_of(b, a), one_of(c, b, name=b.id), before


def test_old_addresses_in_a_chain_lead_to_the_last(chain):
    (a, b, c), *_ = chain
    assert (now(a).kept, now(b).kept) == (c, c)


def test_chain_undone_from_its_end(chain):
    _, first, second, before = chain
    undo(second.pk)
    undo(first.pk)
    assert dump() == before


def test_chain_undone_from_its_beginning(chain):
    (a, b, c), first, _second, before = chain
    undo(first.pk)
    assert (now(a).state, now(b).kept, now(c).name) == ("present", c, "Dana B")
    assert Interaction.objects.get(lead=a).body == "Wants a roof deck"
    assert Interaction.objects.filter(lead=c).count() == 2

    undo(Merge.objects.get(undone_at=None).pk)
    assert dump() == before


def test_chain_undone_from_its_beginning_keeps_edits(chain):
    (a, _b, c), first, *_ = chain
    Lead.objects.filter(id=c.id).update(name="Dana Whitfield")
    undo(first.pk)
    assert (now(a).name, now(c).name) == ("Dana A", "Dana Whitfield")


def test_two_merges_into_one_are_undone_in_either_order():
    a, b, c = (a_lead(name) for name in ("Dana A", "Dana B", "Dana C"))
    for lead in (a, b):
        a_phone(lead, "+63 917 555 0142", is_primary=True)
    before = dump()
    first = one_of(c, a)
    one_of(c, b)

    undo(first.pk)

    # B's own number stands for C, though it was A's when B came.
    assert [point.lead_id for point in ContactPoint.objects.order_by("lead")] == sorted(
        [a.id, c.id]
    )
    undo(Merge.objects.get(undone_at=None).pk)
    assert dump() == before


def test_erasure_after_a_merge_destroys_all():
    kept, gone = a_lead(about="Hers"), a_lead("Dana W.", about="His")
    talk = a_talk(gone, body="Wants a roof deck")
    made = one_of(kept, gone)

    persons.erase(subject=Subject("leads.lead", kept.id))

    assert not DataKey.objects.exists()
    assert (now(gone).name, now(gone).about, now(kept).about) == ("Erased person", "", "")
    assert Interaction.objects.get(id=talk.id).body == ""
    assert not Trail.objects.filter(subject=gone.id, scrubbed=False, op__in="IUD").exists()
    with pytest.raises(CannotUndo):
        undo(made.pk)


def test_erasure_after_a_chain_of_merges_destroys_all(chain):
    (a, b, c), first, *_ = chain
    persons.erase(subject=Subject("leads.lead", c.id))
    assert {now(lead).name for lead in (a, b, c)} == {"Erased person"}
    assert not DataKey.objects.exists()
    assert not Trail.objects.filter(
        subject__in=[a.id, b.id, c.id], scrubbed=False, op__in="IUD"
    ).exists()
    with pytest.raises(CannotUndo, match="erased"):
        undo(first.pk)


KINDS = ("phone", "email", "talk", "note", "follow_up", "consent", "tag", "custom", "pair", "deal")
GIVEN = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, 3), st.integers(0, 2)), max_size=14
)
STEPS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=3)
CHOSEN = st.dictionaries(
    st.sampled_from(["name", "kind", "stage", "budget", "language", "household", "referred_by"]),
    st.integers(0, 3),
)


class Laws(TestCase):
    def setUp(self):
        defaults.ensure()

    def make(self, rows):
        tags = [Tag.objects.create(name=f"Tag {n}") for n in range(3)]
        field = CustomField.objects.create(name="Pets", kind="text")
        people = [
            a_lead(
                f"Dana {n}", stage=("new", "showing", "closed", "lost")[n], language=f"L{n}",
                budget_max=Decimal(n), about=f"About {n}", must_have=[f"thing {n % 2}"],
                household=Household.objects.create(name=f"House {n}"),
                arrived_at=timezone.now() - timedelta(days=n),
            )
            for n in range(4)
        ]  # fmt: skip
        Lead.objects.filter(id=people[1].id).update(referred_by=people[2])
        for kind, who, what in rows:
            self.give(kind, people, who, what, tags, field)
        return people

    def give(self, kind, people, who, what, tags, field):
        lead, other = people[who], people[(who + 1 + what) % 4]
        if kind == "phone":
            a_phone(lead, f"+63 917 555 014{what}")
        elif kind == "email":
            first = not lead.contact_points.filter(kind="email").exists()
            an_email(lead, f"dana{what}@example.com", is_primary=first)
        elif kind in ("talk", "note"):
            a_talk(lead, days_ago=what) if kind == "talk" else a_note(lead)
        elif kind == "follow_up":
            a_follow_up(lead)
        elif kind == "consent":
            state = ("given", "refused")[what % 2]
            Consent.objects.get_or_create(lead=lead, channel="text", defaults={"state": state})
        elif kind == "tag":
            LeadTag.objects.get_or_create(lead=lead, tag=tags[what])
        elif kind == "custom":
            CustomValue.objects.get_or_create(lead=lead, field=field, defaults={"text": str(what)})
        elif kind == "pair":
            one, two = sorted((lead, other), key=lambda each: each.id)
            state = ("open", "distinct", "household")[what]
            values = {"confidence": 80, "state": state}
            Duplicate.objects.get_or_create(one=one, other=two, defaults=values)
            Relationship.objects.get_or_create(lead=lead, other=other, kind="spouse")
        else:
            everything_deal(lead)

    @settings(max_examples=40, suppress_health_check=list(HealthCheck))
    @given(GIVEN, CHOSEN, st.integers(1, 3))
    def test_merge_and_undo_leave_the_rows_as_they_were(self, rows, chosen, gone):
        people = self.make(rows)
        before = dump()
        kept, *rest = people[: gone + 1]
        whose = {name: people[n % (gone + 1)].id for name, n in chosen.items()}
        made = merge(kept=kept.id, gone=[lead.id for lead in rest], chosen=whose)
        assert not ContactPoint.objects.filter(lead__in=rest).exists()
        undo(made.pk)
        assert dump() == before

    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    @given(
        GIVEN, st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=3), st.randoms()
    )
    def test_merges_in_any_order_come_apart_in_any_order(self, rows, steps, random):
        people = self.make(rows)
        before = dump()
        for one, other in steps:
            kept, gone = now(people[one]).kept, now(people[other]).kept
            if kept != gone:
                one_of(kept, gone, name=gone.id)
        while standing := list(Merge.objects.filter(undone_at=None)):
            undo(random.choice(standing).pk)
        assert dump() == before


def everything_deal(lead):
    Deal.objects.create(
        lead=lead, amount=Decimal(9), commission_percent=3, commission=1,
        opened_on=timezone.localdate(),
    )  # fmt: skip
