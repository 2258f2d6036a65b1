"""What each filter finds, what it says, and what it says when it can't."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from crm.lists import dates, kinds, registry, wording
from crm.lists.checking import check
from crm.lists.declaration import Column, Filter, Sort
from crm.lists.shape import Shape
from crm.lists.tree import Condition, Group
from crm.lists.wording import Reader
from tests.crm.lists.conftest import TODAY
from tests.listed.guests import GUESTS
from tests.listed.made import make_guest
from tests.listed.models import Field, Guest, Source, Tag, Tagging, Value

MANILA = dt.timezone(dt.timedelta(hours=8))


def found(shape, reader, *parts, joined="all"):
    checked = check(shape, Group(joined, parts), reader)
    assert checked.problems == {}
    return sorted(Guest.objects.filter(checked.q).values_list("name", flat=True))


def words(shape, reader, condition):
    return str(check(shape, Group(parts=(condition,)), reader).words[(0,)])


def problem(shape, reader, condition):
    checked = check(shape, Group(parts=(condition,)), reader)
    assert checked.tree == Group(parts=(condition,)), "something typed was lost"
    return checked.problems[(0,)]


def at(day, hour=12):
    return dt.datetime(2026, 6, day, hour, tzinfo=MANILA)


@pytest.fixture
def guests(db):
    """Ana is new and hot, Ben was touched ten days ago, Cy is closed and unknown in all else."""
    website = Source.objects.create(name="Website")
    viewing, cash = Tag.objects.create(name="Viewing"), Tag.objects.create(name="Cash")
    ana = make_guest(
        "Ana", score=90, budget=4_000_000, moving_on=dt.date(2026, 12, 17), vip=True,
        touched_at=at(16), source=website,
    )  # fmt: skip
    ben = make_guest(
        "Ben 100%", score=70, budget=Decimal("9500000.50"), moving_on=dt.date(2026, 6, 17),
        vip=False, touched_at=at(7), stage="showing",
    )  # fmt: skip
    make_guest("Cy", stage="closed")
    for guest, tag in ((ana, viewing), (ana, cash), (ben, cash)):
        Tagging.objects.create(guest=guest, tag=tag)
    floor = Field.objects.create(name="Floor", kind="number")
    Value.objects.create(guest=ana, field=floor, number=12)
    other = Field.objects.create(name="Rooms", kind="number")
    Value.objects.create(guest=ben, field=other, number=12)
    with timezone.override(MANILA):
        yield {"website": website.id, "viewing": viewing.id, "cash": cash.id, "floor": floor.id}


FOUND = [
    ("name", "has", ["an"], ["Ana"]),
    ("name", "has", ["0%"], ["Ben 100%"]),
    ("name", "starts", ["b"], ["Ben 100%"]),
    ("name", "is", ["CY"], ["Cy"]),
    ("stage", "any_of", ["new", "closed"], ["Ana", "Cy"]),
    ("stage", "none_of", ["new"], ["Ben 100%", "Cy"]),
    ("score", "at_least", ["70"], ["Ana", "Ben 100%"]),
    ("score", "at_least", ["70.5"], ["Ana"]),
    ("score", "at_most", ["70"], ["Ben 100%", "Cy"]),
    ("score", "is", ["70"], ["Ben 100%"]),
    ("score", "is", ["70.5"], []),
    ("score", "between", ["70", "90"], ["Ana", "Ben 100%"]),
    ("score", "at_most", ["999999999999"], ["Ana", "Ben 100%", "Cy"]),
    ("budget", "at_least", ["4M"], ["Ana", "Ben 100%"]),
    ("budget", "at_least", ["₱9,500,000.50"], ["Ben 100%"]),
    ("budget", "at_most", ["4m"], ["Ana"]),
    ("budget", "empty", [], ["Cy"]),
    ("budget", "filled", [], ["Ana", "Ben 100%"]),
    ("moving", "next", ["6", "months"], ["Ana", "Ben 100%"]),
    ("moving", "next", ["5", "months"], ["Ben 100%"]),
    ("moving", "in", ["today"], ["Ben 100%"]),
    ("moving", "later", ["5", "months"], ["Ana"]),
    ("moving", "on", ["2026-12-17"], ["Ana"]),
    ("moving", "until", ["2026-06-17"], ["Ben 100%"]),
    ("moving", "since", ["2026-06-18"], ["Ana"]),
    ("moving", "between", ["2026-06-17", "2026-12-17"], ["Ana", "Ben 100%"]),
    ("moving", "empty", [], ["Cy"]),
    ("touch", "older_or_never", ["7", "days"], ["Ben 100%", "Cy"]),
    ("touch", "older", ["7", "days"], ["Ben 100%"]),
    ("touch", "older", ["10", "days"], []),
    ("touch", "past", ["1", "weeks"], ["Ana"]),
    ("touch", "in", ["yesterday"], ["Ana"]),
    ("touch", "empty", [], ["Cy"]),
    ("vip", "yes", [], ["Ana"]),
    ("vip", "no", [], ["Ben 100%", "Cy"]),
    ("rich", "yes", [], ["Ben 100%"]),
    ("rich", "no", [], ["Ana", "Cy"]),
    ("tags", "some", [], ["Ana", "Ben 100%"]),
    ("tags", "empty", [], ["Cy"]),
]


@pytest.mark.parametrize(("filter", "operator", "values", "names"), FOUND)
def test_filter_finds(guests, shape, reader, filter, operator, values, names):
    assert found(shape, reader, Condition(filter, operator, tuple(values))) == names


def test_every_operator_is_tried():
    tried = {operator for _, operator, _, _ in FOUND} | {"all_of"}
    known = {name for kind in kinds.KINDS.values() for name in kind.operators}

    assert known - tried == set()


def test_tags_are_had_any_all_or_none_of(guests, shape, reader):
    both = (str(guests["viewing"]), str(guests["cash"]))

    assert found(shape, reader, Condition("tags", "any_of", both)) == ["Ana", "Ben 100%"]
    assert found(shape, reader, Condition("tags", "all_of", both)) == ["Ana"]
    assert found(shape, reader, Condition("tags", "none_of", both[:1])) == ["Ben 100%", "Cy"]


def test_fields_of_the_owners_own_are_asked_like_others(guests, shape, reader):
    floor = f"field-{guests['floor']}"

    assert found(shape, reader, Condition(floor, "at_least", ("10",))) == ["Ana"]
    assert found(shape, reader, Condition(floor, "empty")) == ["Ben 100%", "Cy"]


def test_a_relation_is_searched_and_named(guests, shape, reader):
    website = Condition("source", "any_of", (str(guests["website"]),))

    assert found(shape, reader, website) == ["Ana"]
    assert words(shape, reader, website) == "Source is Website"


def test_groups_join_within_groups(guests, shape, reader):
    hot = Condition("score", "at_least", ("90",))
    closed = Condition("stage", "any_of", ("closed",))
    rich = Condition("budget", "at_least", ("5M",))
    vip = Condition("vip", "yes")

    assert found(shape, reader, hot, closed, joined="any") == ["Ana", "Cy"]
    assert found(shape, reader, vip, Group("any", (rich, hot))) == ["Ana"]
    nested = Group("all", (hot, Group("any", (rich, vip))))
    assert found(shape, reader, closed, nested, joined="any") == ["Ana", "Cy"]


def test_an_empty_group_means_nothing(guests, shape, reader):
    assert found(shape, reader, Condition("vip", "yes"), Group("any"), joined="any") == ["Ana"]


SAID = [
    (Condition("stage", "any_of", ("new",)), "Stage is New"),
    (Condition("stage", "any_of", ("new", "showing", "closed")), "Stage is New, Showing or Closed"),
    (Condition("moving", "next", ("6", "months")), "Moving within 6 months"),
    (Condition("moving", "next", ("1", "days")), "Moving within 1 day"),
    (Condition("budget", "at_least", ("4000000",)), "Budget from ₱4M"),
    (Condition("budget", "between", ("4512345", "9500000")), "Budget from ₱4,512,345 to ₱9.5M"),
    (Condition("touch", "older_or_never", ("7", "days")),
     "Last touch more than 7 days ago, or never"),
    (Condition("touch", "on", ("2025-01-03",)), "Last touch on 3 January 2025"),
    (Condition("name", "has", ("a {0} b",)), "Name contains “a {0} b”"),
    (Condition("vip", "no"), "VIP is no"),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "said"), SAID)
def test_condition_reads(shape, reader, db, condition, said):
    assert words(shape, reader, condition) == said


WRONG = [
    (Condition("", "", ()), "Choose what to filter by."),
    (Condition("shoe", "is", ("40",)),
     "This can't be filtered by any more. Choose something else."),
    (Condition("score", "has", ("4",)), "Choose how it is compared."),
    (Condition("score", "at_least", ()), "Type a number, as in 70 or 4.5."),
    (Condition("score", "at_least", ("many",)),
     "“many” is not a number. Type it as in 70 or 4.5."),
    (Condition("score", "at_least", ("NaN",)), "“NaN” is not a number. Type it as in 70 or 4.5."),
    (Condition("score", "between", ("9", "3")), "The first must not be more than the second."),
    (Condition("budget", "at_least", ("9" * 40,)),
     f"“{'9' * 40}” is not a number. Type it as in 4,000,000 or 4M."),
    (Condition("moving", "on", ("2026-02-30",)),
     "“2026-02-30” is no date. Type it as in 2026-06-17."),
    (Condition("moving", "on", ("9999-12-31",)), "Choose a date between 1900 and 2200."),
    (Condition("moving", "next", ("0", "days")), "Choose between 1 day and 99 years."),
    (Condition("moving", "next", ("500", "years")), "Choose between 1 day and 99 years."),
    (Condition("moving", "next", ("7", "moons")),
     "Type a whole number, as in 7, and choose days, weeks, months or years."),
    (Condition("moving", "in", ("someday",)), "Choose a time."),
    (Condition("stage", "any_of", ()), "Choose at least one."),
    (Condition("stage", "any_of", ("gone",)),
     "One of the chosen is no longer there. Choose again."),
    (Condition("source", "any_of", ("1 OR 1=1",)),
     "One of the chosen is no longer there. Choose again."),
    (Condition("name", "has", ("  ",)), "Type what to look for."),
    (Condition("name", "has", ("a\x00b",)),
     "It holds a character that can't be looked for. Type it again."),
    (Condition("name", "has", ("\ud800",)),
     "It holds a character that can't be looked for. Type it again."),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "why"), WRONG)
def test_what_is_wrong_is_said_where_it_is(shape, reader, db, condition, why):
    assert problem(shape, reader, condition) == why


def test_too_deep_is_said_at_the_group(shape, reader, db):
    deep = Group(parts=(Group(parts=(Group(parts=(Group(parts=(Condition("vip", "yes"),)),)),)),))

    assert check(shape, deep, reader).problems == {
        (0, 0, 0): "Groups go three deep. Take this one out of a group around it."
    }


def test_values_are_stored_the_same_however_they_were_typed(shape, reader, db):
    typed = Condition("budget", "at_least", (" ₱ 4,000,000.0 ",))

    stored = check(shape, Group(parts=(typed,)), reader).tree

    assert stored == Group(parts=(Condition("budget", "at_least", ("4000000",)),))


class TestDates(TestCase):
    @hypothesis_settings(max_examples=40, deadline=None)
    @given(
        st.lists(st.none() | st.integers(-400, 400), min_size=1, max_size=8),
        st.integers(1, 13),
        st.sampled_from(sorted(dates.UNITS)),
    )
    def test_ago_and_since_then_part_everyone(self, days, number, unit):
        """Whoever was not touched "in the last" was "more than ago, or never", or will be."""
        with timezone.override(MANILA):
            for index, day in enumerate(days):
                moment = None if day is None else at(17) + dt.timedelta(days=day)
                make_guest(str(index), touched_at=moment)
            shape, reader = Shape(GUESTS), Reader("PHP", TODAY)
            length = (str(number), unit)

            lately = found(shape, reader, Condition("touch", "past", length))
            not_since = found(shape, reader, Condition("touch", "older_or_never", length))

            future = {str(i) for i, day in enumerate(days) if day is not None and day > 0}
            assert set(lately) & set(not_since) == set()
            assert set(lately) | set(not_since) | future == {str(i) for i in range(len(days))}


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (dt.date(2026, 1, 31), 1, dt.date(2026, 2, 28)),
        (dt.date(2024, 1, 31), 1, dt.date(2024, 2, 29)),
        (dt.date(2026, 1, 31), -2, dt.date(2025, 11, 30)),
        (dt.date(2026, 12, 1), 1, dt.date(2027, 1, 1)),
    ],
)
def test_a_month_on_is_the_same_day_or_the_last(day, months, expected):
    assert dates.moved(day, months) == expected


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("this_week", dt.date(2026, 6, 15), dt.date(2026, 6, 22)),
        ("last_week", dt.date(2026, 6, 8), dt.date(2026, 6, 15)),
        ("next_month", dt.date(2026, 7, 1), dt.date(2026, 8, 1)),
        ("last_year", dt.date(2025, 1, 1), dt.date(2026, 1, 1)),
        ("tomorrow", dt.date(2026, 6, 18), dt.date(2026, 6, 19)),
    ],
)
def test_periods_begin_and_end(name, start, end):
    assert dates.period(name, TODAY) == (start, end)


@pytest.mark.parametrize(
    ("amount", "said"),
    [("0", "₱0"), ("950", "₱950"), ("1000", "₱1k"), ("4500000", "₱4.5M"),
     ("1234567890", "₱1,234,567,890"), ("2000000000", "₱2B"), ("0.5", "₱0.5"),
     ("999999", "₱999,999"), ("4512345.5", "₱4,512,345.50")],
)  # fmt: skip
def test_money_is_short_only_where_nothing_is_lost(amount, said):
    assert wording.amount_of(Decimal(amount), "PHP") == said


def declared(**changes):
    from dataclasses import replace

    return replace(GUESTS, **changes)


@pytest.mark.parametrize(
    ("listed", "why"),
    [
        (declared(columns=[*GUESTS.columns, GUESTS.columns[0]]), "the same name"),
        (declared(sort="-tags"), "can't be sorted by"),
        (declared(columns=[Column("budget", "Budget", "budget", Sort("budget"))], sort="budget"),
         "may be null"),
        (declared(filters=[Filter("x", "X", "smell", by="name")]), "no kind of filter"),
        (declared(filters=[Filter("x", "X", "text")]), "needs a field"),
        (declared(filters=[Filter("x", "X", "many", by="tags")]), "needs the table"),
        (declared(filters=[Filter("x", "X", "text", by="name", operators=["at_least"])]),
         "can't be asked"),
    ],
)  # fmt: skip
def test_a_declaration_that_cannot_work_is_refused(listed, why):
    with pytest.raises(ValueError, match=why):
        registry.register(listed)
