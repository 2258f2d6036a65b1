from __future__ import annotations

import json
from contextlib import suppress

import pytest
from django.http import QueryDict
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from crm.lists import editing, tree
from crm.lists.tree import Condition, Group, Unreadable

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
CONDITIONS = st.builds(
    Condition, filter=WORDS, operator=WORDS, values=st.lists(WORDS, max_size=4).map(tuple)
)
JOINED = st.sampled_from(["all", "any"])


def groups_of(parts):
    return st.builds(Group, JOINED, st.lists(parts, max_size=4).map(tuple))


TREES = groups_of(CONDITIONS | groups_of(CONDITIONS | groups_of(CONDITIONS))).filter(
    lambda made: sum(1 for _ in tree.conditions(made)) <= tree.MOST_CONDITIONS
)


@given(TREES)
def test_stored_and_read_it_is_the_same(made):
    assert tree.from_json(json.loads(json.dumps(tree.to_json(made)))) == made


@given(TREES)
def test_an_address_carries_it_whole(made):
    address = tree.to_address(made)

    if len(address) > tree.LONGEST_ADDRESS:
        with pytest.raises(Unreadable):
            tree.from_address(address)
    elif made.parts:
        assert tree.from_address(address) == made


@given(TREES)
def test_a_form_carries_it_whole(made):
    form = QueryDict(mutable=True)
    for name, value in tree.to_fields(made):
        form.appendlist(name, value)

    assert tree.from_fields(QueryDict(form.urlencode())) == made


@given(TREES)
def test_the_same_question_has_the_same_fingerprint(made):
    again = tree.from_json(tree.to_json(made))

    assert tree.fingerprint("guests", made) == tree.fingerprint("guests", again)
    assert tree.fingerprint("guests", made) != tree.fingerprint("listings", made)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | WORDS,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["version", "all", "any", "filter", "is", "values"]), inner
            )
        ),
    )
)
def test_whatever_is_stored_it_is_read_or_refused(value):
    with suppress(Unreadable):
        assert isinstance(tree.from_json(value), Group)


@given(WORDS)
def test_whatever_stands_in_an_address_it_is_read_or_refused(text):
    with suppress(Unreadable):
        assert isinstance(tree.from_address(text), Group)


@given(
    st.dictionaries(
        st.from_regex(r"(\d\.){0,9}[gfov]", fullmatch=True), st.lists(WORDS, min_size=1, max_size=3)
    )
)
def test_whatever_a_form_sends_it_is_read_or_refused(sent):
    form = QueryDict(mutable=True)
    for name, values in sent.items():
        form.setlist(name, values)
    with suppress(Unreadable):
        assert isinstance(tree.from_fields(form), Group)


def test_a_list_that_holds_everything_needs_no_address():
    assert tree.to_address(Group()) == ""
    assert tree.from_address("") == Group()


@pytest.mark.parametrize(
    "value",
    [
        {"version": 2, "all": []},
        {"version": 1},
        {"version": 1, "all": [], "any": []},
        {"version": 1, "filter": "a", "is": "b", "values": []},
        {"version": 1, "all": [{"filter": "a", "is": "b"}]},
        {"version": 1, "all": [{"filter": "a", "is": "b", "values": ["x" * 501]}]},
        {"version": 1, "all": [{"filter": "a", "is": "b", "values": []}] * 51},
    ],
)
def test_what_our_pages_never_make_is_refused(value):
    with pytest.raises(Unreadable):
        tree.from_json(value)


def test_a_part_added_to_a_group_stands_at_its_end():
    made = Group("all", (Condition("a"), Group("any", (Condition("b"),))))

    grown, fresh = editing.added(made, (1,), Condition())

    assert grown == Group("all", (Condition("a"), Group("any", (Condition("b"), Condition()))))
    assert fresh == (1, 1)


def test_a_group_goes_with_its_last_condition():
    made = Group("all", (Condition("a"), Group("any", (Condition("b"),))))

    assert editing.removed(made, (1, 0)) == Group("all", (Condition("a"),))


@given(TREES, st.lists(st.integers(0, 5), min_size=1, max_size=4).map(tuple))
def test_removing_takes_at_most_one_part_away(made, path):
    before = list(tree.conditions(made))
    after = list(tree.conditions(editing.removed(made, path)))

    assert [each for each in after if each not in before] == []


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"0.f": "name", "0.o": "has", "0.v": "x" * 501}, "That is longer than 500 letters."),
        ({"0.f": "score", "0.o": "is", "0.v": "9" * 3000}, "That is longer than 500 letters."),
        ({f"{n}.f": "name" for n in range(200)}, "That is too much for one filter."),
    ],
)
def test_a_filter_that_is_too_much_says_so_and_never_lists_everybody(signed_in, sent, said):
    answer = signed_in.post(reverse("list_apply", args=["guests"]), sent)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    if "0.v" in sent:
        assert sent["0.v"] in answer.content.decode()
