from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from crm.vault import region
from leads.people import masking, reaching


@pytest.fixture(autouse=True)
def _in_the_philippines():
    with region.within("PH"):
        yield


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0917 555 0142", "+63 917 555 0142"),
        ("(0917)5550142", "+63 917 555 0142"),
        ("+1 512-555-0142", "+1 512-555-0142"),
        ("\uff10\uff10 \uff11 512 555 0142", "+1 512-555-0142"),
    ],
)
def test_a_phone_is_kept_as_it_is_called_from_anywhere(typed, kept):
    assert reaching.phone(typed) == kept


def test_a_phone_follows_the_owners_country():
    with region.within("GB"):
        assert reaching.phone("020 7946 0958") == "+44 20 7946 0958"


@pytest.mark.parametrize("typed", ["", "call me", "123", "0917", "9" * 200, "<script>"])
def test_what_is_no_phone_is_refused_in_a_sentence(typed):
    with pytest.raises(ValidationError) as refused:
        reaching.phone(typed)
    assert refused.value.message in (reaching.SHORT, reaching.NO_PHONE)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Dana@Example.COM ", "Dana@example.com"),
        ("ana@münchen.de", "ana@xn--mnchen-3ya.de"),
        ("<ana@example.ph>", "ana@example.ph"),
    ],
)
def test_an_address_has_one_spelling_of_its_domain(typed, kept):
    assert reaching.email(typed) == kept


@pytest.mark.parametrize("typed", ["", "ana", "ana@", "@example.com", "a b@example.com", "ana@-"])
def test_what_is_no_address_is_refused_in_a_sentence(typed):
    with pytest.raises(ValidationError) as refused:
        reaching.email(typed)
    assert refused.value.message == reaching.NO_EMAIL


def test_one_field_takes_both_and_several():
    typed = "0917 555 0142 dana@example.com; 0918 555 0100 / ana@example.com"
    assert reaching.either(typed) == (
        ["+63 917 555 0142", "+63 918 555 0100"],
        ["dana@example.com", "ana@example.com"],
    )
    assert reaching.either("  ") == ([], [])


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("phone", "+63 917 555 0142", "+63 917 ••• ••42"),
        ("phone", "+1 512-555-0142", "+1 512 ••• ••42"),
        ("phone", "12345", "••••"),
        ("phone", "not a number", "••••••••••er"),
        ("email", "dana@example.com", "d••••@••••.com"),
        ("email", "dana@localhost", "d••••@••••"),
        ("messenger", "@dana.w", "d••••"),
        ("address", "12 Acacia Lane, Lahug, Cebu City", "•••• ••••, Cebu City"),
        ("address", "12 Acacia Lane", "•••• ••••"),
        ("address", "Lahug, 6000", "•••• ••••"),
        ("email", "", "••••"),
    ],
)
def test_a_contact_is_masked(kind, value, shown):
    assert masking.masked(kind, value) == shown
