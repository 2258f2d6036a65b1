"""The database writes each move itself, whoever makes it, and adds up who stands where."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from django.db.utils import ProgrammingError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from crm.audit.services import operation
from crm.audit.undo import undo
from leads.models import Lead, Stage, StageChange, StageTally
from leads.people import defaults
from tests.leads.factories import a_lead

pytestmark = pytest.mark.django_db


def moves(lead):
    kinds = {stage.id: stage.kind for stage in Stage.objects.all()}
    return [
        (kinds.get(change.from_stage), kinds[change.to_stage])
        for change in StageChange.objects.filter(lead=lead.id).order_by("id")
    ]


def test_each_kind_of_stage_is_there_from_the_start():
    assert list(Stage.objects.values_list("kind", flat=True)) == Stage.Kind.values


def test_a_kind_that_went_comes_back_and_the_others_stay_as_named():
    Stage.objects.filter(kind="offer").delete()
    Stage.objects.filter(kind="new").update(name="Fresh")

    defaults.ensure()

    assert set(Stage.objects.values_list("kind", flat=True)) == set(Stage.Kind.values)
    assert Stage.objects.get(kind="new").name == "Fresh"


def test_a_new_lead_begins_its_history():
    assert moves(a_lead()) == [(None, "new")]


def test_whom_an_undo_moves_back_has_stood_there_all_the_time():
    lead, other = (a_lead(stage_since=timezone.now() - timedelta(days=days)) for days in (3, 9))
    since = {each.id: each.stage_since for each in (lead, other)}
    offer = Stage.objects.first_of("offer")
    with operation("Move two") as done:
        Lead.objects.update(stage=offer)
    moved = dict(Lead.objects.values_list("id", "stage_since"))
    back = undo(done).operation
    assert dict(Lead.objects.values_list("id", "stage_since")) == since
    undo(back)
    assert dict(Lead.objects.values_list("id", "stage_since")) == moved
    told = StageChange.objects.filter(lead=lead.id).order_by("id")
    times = [change.at for change in told]
    assert (len(times), times, times[-1] > moved[lead.id]) == (4, sorted(times), True)
    # Each stay begins where the stage itself began, however often it was left and come back to.
    began = [change.at - change.stayed for change in told[1:]]
    assert began == [since[lead.id], moved[lead.id], since[lead.id]]


def test_a_saved_move_says_from_where_and_how_long():
    lead = a_lead(stage_since=timezone.now() - timedelta(days=3))
    lead.stage = Stage.objects.first_of("showing")
    lead.save()

    change = StageChange.objects.get(lead=lead.id, from_stage__isnull=False)
    assert moves(lead) == [(None, "new"), ("new", "showing")]
    assert timedelta(days=3) <= change.stayed < timedelta(days=3, minutes=1)
    lead.refresh_from_db()
    assert lead.stage_since == change.at


def test_a_move_in_bulk_is_written_for_each():
    leads = [a_lead(f"Lead {number}") for number in range(3)]
    Lead.objects.update(stage=Stage.objects.first_of("nurture"))
    assert [moves(lead)[1:] for lead in leads] == [[("new", "nurture")]] * 3


def test_a_change_of_something_else_is_no_move():
    lead = a_lead()
    lead.kind = Lead.Kind.SELLER
    lead.save()
    assert moves(lead) == [(None, "new")]


def test_a_move_says_why():
    lead = a_lead()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('porchlight.why', 'Went with another agent', true)")
        Lead.objects.filter(id=lead.id).update(stage=Stage.objects.first_of("lost"))
    assert StageChange.objects.filter(lead=lead.id).last().why == "Went with another agent"


def test_an_undone_move_is_a_move_back():
    lead = a_lead()
    with operation("Move") as done:
        Lead.objects.filter(id=lead.id).update(stage=Stage.objects.first_of("offer"))
    undo(done)
    assert moves(lead) == [(None, "new"), ("new", "offer"), ("offer", "new")]


def test_an_undone_lead_takes_its_history_along():
    with operation("Add") as done:
        lead = a_lead()
    undo(done)
    assert not Lead.objects.filter(id=lead.id).exists()
    assert not StageChange.objects.filter(lead=lead.id).exists()


@pytest.mark.parametrize("model", [StageChange, StageTally])
def test_the_application_can_not_write_the_history(as_application, model):
    a_lead()
    with (
        as_application(),
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
    ):
        model.objects.all().delete()


def test_the_application_moves_a_lead_all_the_same(as_application):
    with as_application():
        lead = a_lead()
        Lead.objects.filter(id=lead.id).update(stage=Stage.objects.first_of("offer"))
        assert moves(lead) == [(None, "new"), ("new", "offer")]
        lead.delete()


def totals():
    rows = StageTally.objects.values_list("stage", "kind", "currency").annotate(
        n=Sum("leads"), w=Sum("worth")
    )
    return {tuple(row[:3]): (row[3], row[4]) for row in rows if row[3] or row[4]}


def counted():
    found: dict[tuple[object, ...], tuple[int, Decimal]] = {}
    for lead in Lead.objects.present():
        key = (lead.stage_id, lead.kind, lead.currency)
        n, worth = found.get(key, (0, Decimal(0)))
        found[key] = (n + 1, worth + (lead.budget_max or lead.budget_min or Decimal(0)))
    return found


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "move", "spend", "archive", "present", "delete", "fold"]),
        st.integers(0, 4),
        st.sampled_from(["new", "showing", "closed"]),
        st.integers(0, 9) | st.none(),
    ),
    max_size=12,
)


class Laws(TestCase):
    @given(STEPS)
    def test_the_tally_is_the_count_whatever_happens(self, steps):
        for what, number, stage, millions in steps:
            lead = Lead.objects.filter(name=f"Lead {number}")
            budget = None if millions is None else Decimal(millions * 1_000_000)
            if what == "add":
                a_lead(f"Lead {number}", stage=stage, budget_max=budget)
            elif what == "move":
                lead.update(stage=Stage.objects.first_of(stage))
            elif what == "spend":
                lead.update(budget_max=budget, kind=Lead.Kind.SELLER)
            elif what in ("archive", "present"):
                lead.update(state="archived" if what == "archive" else "present")
            elif what == "delete":
                lead.delete()
            else:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT leads_fold_tallies()")
        assert totals() == counted()
