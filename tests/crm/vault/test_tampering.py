from __future__ import annotations

import random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.vault.errors import Refused
from crm.vault.fields import EncryptedJSON, EncryptedText
from crm.vault.ids import uuid7
from crm.vault.sealing import HEAD, NONCE, OpenKey, Place, _associated, bind, seal, unseal

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def a_key() -> OpenKey:
    return OpenKey.of(uuid7(), random.randbytes(32))


@given(st.text())
def test_any_text_comes_back(value):
    field = EncryptedText()
    assert field.decode(field.encode(value) or b"") == value


@given(JSON)
def test_any_json_comes_back(value):
    field = EncryptedJSON()
    plain = field.encode(value)
    assert (field.decode(plain) if plain else None) == value


@given(st.binary(), st.text(max_size=9), st.text(max_size=9), st.uuids())
def test_what_is_sealed_opens_in_its_place_only(plain, table, column, row):
    key, place = a_key(), Place(table, column, row)
    value = seal(plain, place=place, key=key)
    assert unseal(value, place=place, key=key) == plain
    for other in (
        Place(table + column, "", row),
        Place(table, column + "x", row),
        Place(table, column, UUID(int=row.int ^ 1)),
    ):
        if other != place:
            with pytest.raises(Refused):
                unseal(value, place=other, key=key)


def tampered(count: int) -> int:
    """How many of so many changed, moved and swapped values were refused."""
    keys = [a_key() for _ in range(4)]
    places = [
        Place(table, column, uuid7())
        for table in ("crm_note", "crm_person")
        for column in ("body", "email")
        for _ in range(4)
    ]
    refused = 0
    for number in range(count):
        key, place = random.choice(keys), random.choice(places)
        value = seal(random.randbytes(random.randint(0, 80)), place=place, key=key)
        how = number % 6
        if how == 0:
            place = random.choice([other for other in places if other != place])
        elif how == 1:
            bit = random.randrange(len(value) * 8)
            value = bytes(
                byte ^ (1 << bit % 8 if at == bit // 8 else 0) for at, byte in enumerate(value)
            )
        elif how == 2:
            value = value[: random.randrange(len(value))]
        elif how == 3:
            value += random.randbytes(random.randint(1, 20))
        elif how == 4:
            other = random.choice([other for other in keys if other is not key])
            value = value[:1] + other.name + value[HEAD:]
            key = other
        else:
            sibling = seal(b"another", place=place, key=key)
            value = value[:HEAD] + sibling[HEAD : HEAD + NONCE] + value[HEAD + NONCE :]
        try:
            unseal(value, place=place, key=key)
        except Refused:
            refused += 1
    return refused


def test_three_hundred_tampered_values_are_refused():
    assert tampered(300) == 300


@pytest.mark.soak
def test_ten_thousand_tampered_values_are_refused():
    assert tampered(10_000) == 10_000


def test_no_nonce_is_used_twice():
    key, place = a_key(), Place("t", "c", uuid7())
    nonces = {seal(b"x", place=place, key=key)[HEAD : HEAD + NONCE] for _ in range(20_000)}
    assert len(nonces) == 20_000


def test_associated_data_can_not_be_read_in_two_ways():
    key, row = a_key(), uuid7()
    place = Place("t", "c", row)
    parts = (b"\x01", b"t", b"c", row.bytes, key.name)
    assert _associated(place, key) == bind(*parts)
