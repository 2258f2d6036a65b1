from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import F, Value
from django.db.models.functions import Coalesce
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from crm.lists import cursors, orders, paging
from crm.lists.declaration import Sort
from tests.listed.made import guest_values, make_guest, make_guests
from tests.listed.models import Guest

# No test makes as many.
MOST = 1000
MIDNIGHT = datetime(2026, 6, 1, tzinfo=UTC)
SORTS = {
    "score": Sort("score", descending=True),
    "name": Sort("name_key"),
    "met": Sort("met_at"),
    "stage": Sort("stage", then=("-score", "name_key")),
    "budget": Sort(Coalesce("budget", Value(-1, Guest._meta.get_field("budget")))),
    "source": Sort(Coalesce("source__name", Value(""))),
}
# Few values, so that most rows tie with others.
GUESTS = st.lists(
    st.builds(
        dict,
        name=st.sampled_from(["Ana", "ana", "Élodie", "de la Cruz", "dela Cruz", "李"]),
        score=st.integers(-1, 2),
        stage=st.sampled_from(["new", "showing"]),
        budget=st.none() | st.sampled_from(["0", "4000000.01"]),
        met_at=st.integers(0, 2).map(lambda step: MIDNIGHT + timedelta(microseconds=step)),
    ),
    max_size=14,
)
ORDERS = st.sampled_from([way + name for name in SORTS for way in ("", "-")])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(-1, 2)),
        st.tuples(st.just("delete"), st.integers(0, 30)),
        # All that lies beyond what is shown, one way or the other.
        st.tuples(st.just("end"), st.just(0)),
        st.tuples(st.just("begin"), st.just(0)),
    ),
    max_size=4,
)


def order_of(name):
    return orders.order("guests", name, SORTS[name.removeprefix("-")])


def in_order(order):
    (branch,) = order.branches(Guest.objects.all())
    return [row.pk for row in branch.rows]


def add(values):
    return make_guest(**{**guest_values(values["name"]), **values})


def walked(order, size, *, between=lambda _: None):
    """All pages forward, then all back: the ids of each way, in the list's order."""
    page = paging.first_page(Guest.objects.all(), order, size)
    forward = [row.pk for row in page.rows]
    while page.after:
        between(page.rows)
        page = paging.page_after(Guest.objects.all(), order, page.after, size)
        forward += [row.pk for row in page.rows]
        assert len(forward) <= MOST, "the pages go round"
    backward = [row.pk for row in page.rows]
    while page.before:
        assert len(backward) <= MOST, "the pages go round"
        page = paging.page_before(Guest.objects.all(), order, page.before, size)
        backward = [row.pk for row in page.rows] + backward
    return forward, backward


def changing(order, made, steps):
    """A change of the rows each time it is called, until there are no more."""
    waiting = list(steps)

    def between(shown):
        if not waiting:
            return
        what, number = waiting.pop(0)
        now = in_order(order)
        places = [now.index(row.pk) for row in shown if row.pk in now] or [0]
        gone = {
            "add": [],
            "delete": made[number % len(made) :][:1] if made else [],
            "end": now[places[-1] + 1 :],
            "begin": now[: places[0]],
        }
        Guest.objects.filter(pk__in=gone[what]).delete()
        if what == "add":
            make_guest(score=number)

    return between


def there_and_back(order, size, pages, *, between):
    """So many pages forward, then all of them back: the ids that were seen, each way."""
    rows, page = Guest.objects.all(), paging.first_page(Guest.objects.all(), order, size)
    forward = [row.pk for row in page.rows]
    for _ in range(pages):
        if not page.after:
            break
        between(page.rows)
        page = paging.page_after(rows, order, page.after, size)
        forward += [row.pk for row in page.rows]
    backward = [row.pk for row in page.rows]
    while page.before:
        assert len(backward) <= MOST, "the pages go round"
        between(page.rows)
        page = paging.page_before(rows, order, page.before, size)
        backward = [row.pk for row in page.rows] + backward
    again = [row.pk for row in page.rows]
    while page.after and len(again) <= MOST:
        page = paging.page_after(rows, order, page.after, size)
        again += [row.pk for row in page.rows]
    return forward, backward, again


class TestWalks(TestCase):
    @hypothesis_settings(max_examples=60, deadline=None)
    @given(GUESTS, ORDERS, st.integers(1, 6))
    def test_each_row_comes_once_and_in_order_both_ways(self, guests, name, size):
        for values in guests:
            add(values)
        order = order_of(name)

        forward, backward = walked(order, size)

        assert forward == in_order(order)
        assert backward == in_order(order)

    @hypothesis_settings(max_examples=60, deadline=None)
    @given(GUESTS, ORDERS, st.integers(1, 4), STEPS)
    def test_rows_that_stay_come_once_whatever_comes_and_goes(self, guests, name, size, steps):
        made = [add(values).pk for values in guests]
        order = order_of(name)

        forward, _ = walked(order, size, between=changing(order, made, steps))

        stayed = set(Guest.objects.filter(pk__in=made).values_list("pk", flat=True))
        assert len(set(forward)) == len(forward)
        assert [pk for pk in forward if pk in stayed] == [
            pk for pk in in_order(order) if pk in stayed
        ]

    @hypothesis_settings(max_examples=150, deadline=None)
    @given(GUESTS, ORDERS, st.integers(1, 4), st.integers(0, 5), STEPS)
    def test_the_way_back_shows_each_row_that_stayed_once(self, guests, name, size, pages, steps):
        made = [add(values).pk for values in guests]
        order = order_of(name)

        forward, backward, again = there_and_back(
            order, size, pages, between=changing(order, made, steps)
        )

        now = in_order(order)
        assert len(set(backward)) == len(backward)
        stayed = [pk for pk in now if pk in forward]
        assert [pk for pk in backward if pk in stayed] == stayed
        # And from where the way back ended, all that is there now.
        assert again == now


@pytest.mark.django_db
def test_order_is_what_python_makes_of_it():
    make_guests(60)
    guests = list(Guest.objects.annotate(price=F("budget")))

    forward, _ = walked(order_of("-stage"), 7)

    # First it goes up by stage, down by score, up by name; turned round, all of it is.
    expected = sorted(guests, key=lambda guest: guest.pk, reverse=True)
    expected.sort(key=lambda guest: guest.name_key, reverse=True)
    expected.sort(key=lambda guest: guest.score)
    expected.sort(key=lambda guest: guest.stage, reverse=True)
    assert forward == [guest.pk for guest in expected]


def branches(name):
    make_guests(5)
    order = order_of(name)
    place = paging.first_page(Guest.objects.all(), order, 2).after
    asked = orders.branches(Guest.objects.all(), order, place)[::-1]
    return [str(each.rows.order_by().query).split(" WHERE ")[1] for each in asked]


@pytest.mark.django_db
def test_keys_that_go_one_way_are_one_comparison():
    (only,) = branches("name")

    assert only.startswith('("listed_guest"."name_key", "listed_guest"."id") > (')


@pytest.mark.django_db
def test_each_run_of_keys_is_asked_by_itself():
    further, tied = branches("-score")

    assert further.startswith('("listed_guest"."score") < (')
    assert tied.startswith('(("listed_guest"."score") = (')
    assert '("listed_guest"."id") > (' in tied


@pytest.mark.django_db
def test_a_page_after_rows_that_were_all_deleted_is_empty_and_leads_back():
    make_guests(6)
    order = order_of("score")
    place = paging.first_page(Guest.objects.all(), order, 3).after
    Guest.objects.exclude(pk__in=in_order(order)[:3]).delete()

    page = paging.page_after(Guest.objects.all(), order, place, 3)

    assert (page.rows, page.after) == ([], "")
    back = paging.page_before(Guest.objects.all(), order, page.before, 3)
    assert [row.pk for row in back.rows] == in_order(order)


def test_a_place_says_nothing_of_what_is_in_it():
    place = cursors.seal(["Dana Whitfield"], order="guests name")

    assert "Dana" not in place
    assert cursors.unseal(place, order="guests name") == ["Dana Whitfield"]


@pytest.mark.parametrize("text", ["", "x", "é", "A" * 5000, "A" * 44])
def test_a_place_that_is_not_ours_is_refused(text):
    with pytest.raises(cursors.NoPlace):
        cursors.unseal(text, order="guests name")


def test_a_place_of_another_order_is_refused():
    with pytest.raises(cursors.NoPlace):
        cursors.unseal(cursors.seal([1], order="guests name"), order="guests -name")


@pytest.mark.django_db
def test_walk_brings_every_row_once():
    make_guests(25)
    order = order_of("-budget")

    batches = list(paging.walk(Guest.objects.all(), order, 10))

    assert [len(batch) for batch in batches] == [10, 10, 5]
    assert [row.pk for batch in batches for row in batch] == in_order(order)
