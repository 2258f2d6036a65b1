"""Leads that became one come apart again, days later and in any order."""

from __future__ import annotations

import pytest

from crm.audit.undo import CannotUndo, undo
from crm.keep import persons
from crm.models import DataKey, Trail
from crm.vault.data_keys import Subject
from leads.models import (
    ContactPoint,
    Duplicate,
    Interaction,
    Lead,
    Merge,
)
from tests.leads.duplicates.merges import dump, everything_of, now, one_of
from tests.leads.factories import a_lead, a_note, a_phone, a_talk

pytestmark = pytest.mark.django_db


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


def test_an_erasure_elsewhere_keeps_no_merge_from_coming_apart():
    """Two who are not the same, each merged; then somebody of the other merge is erased."""
    ana, ana_too, ben, ben_too = (a_lead(name) for name in ("Ana A", "Ana B", "Ben A", "Ben B"))
    one, other = sorted((ana_too.id, ben.id))
    Duplicate.objects.create(one_id=one, other_id=other, state="distinct", confidence=80)
    made = one_of(ana, ana_too)
    one_of(ben_too, ben)
    persons.erase(subject=Subject("leads.lead", ben_too.id))

    undo(made.pk)

    assert (now(ana_too).state, now(ben).state) == ("present", "erased")
