from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.people.naming import split, tidy


@pytest.mark.parametrize(
    ("name", "given_name", "family_name"),
    [
        ("Maria Clara Santos", "Maria Clara", "Santos"),
        ("Juan dela Cruz", "Juan", "dela Cruz"),
        ("Jose de los Reyes Jr.", "Jose", "de los Reyes"),
        ("Atty. Grace Tolentino", "Grace", "Tolentino"),
        ("Villareal, Ramon", "Ramon", "Villareal"),
        ("Ramon Villareal, Jr.", "Ramon", "Villareal"),
        ("Ana van der Berg", "Ana", "van der Berg"),
        ("Kevin O'Brien", "Kevin", "O'Brien"),
        ("Madonna", "Madonna", ""),
        ("王小明", "小明", "王"),
        ("欧阳修文", "修文", "欧阳"),
        ("김민수", "민수", "김"),
        ("San Jose", "San", "Jose"),
        ("Dr.", "Dr.", ""),
        (",", "", ""),
    ],
)
def test_a_name_is_split_as_people_would(name, given_name, family_name):
    assert split(name) == (given_name, family_name)


@given(st.text(max_size=200))
def test_splitting_keeps_to_the_letters_of_the_name(name):
    given_name, family_name = split(name)
    assert set(given_name + family_name) <= set(tidy(name))


def test_a_name_is_one_line_that_can_be_seen():
    assert tidy(" Ana\u200b\n  Cruz\x00 ") == "Ana Cruz"
