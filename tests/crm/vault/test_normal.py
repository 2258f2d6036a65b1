from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.vault import normal
from crm.vault.normal import SPELLED


@given(text=st.from_regex(SPELLED, fullmatch=True))
def test_a_number_that_is_passed_on_as_it_is_is_spelled_as_the_library_spells_it(text):
    number = phonenumbers.parse(text, None)
    spelled = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    assert (normal.phone(text), spelled) == (text, text)


@pytest.mark.parametrize(
    "text",
    [
        "+63 917 000 0011",
        "0917-000-0011",
        "(0917) 000 0011",
        "+63 917 000 \u0660\u0660\u0661\u0661",
    ],
)
def test_the_last_digits_are_those_of_any_spelling(text):
    assert (normal.last_four(text), normal.last_seven(text)) == ("0011", "0000011")
