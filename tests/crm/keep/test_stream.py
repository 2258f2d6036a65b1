from __future__ import annotations

import io
import secrets

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.keep.stream import CHUNK, MAGIC, SALT, TAG, DamagedError, SealingWriter, opened

KEY = bytes(range(32))


def sealed(data: bytes, purpose: str = "database") -> bytes:
    out = io.BytesIO()
    writer = SealingWriter(out, key=KEY, purpose=purpose)
    writer.write(data)
    writer.close()
    return out.getvalue()


def unsealed(data: bytes, *, key: bytes = KEY, purpose: str = "database") -> bytes:
    return b"".join(opened(io.BytesIO(data), key=key, purpose=purpose))


@settings(max_examples=20, deadline=None)
@given(st.sampled_from([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 5]))
def test_what_was_sealed_opens_the_same(size):
    data = secrets.token_bytes(size)
    assert unsealed(sealed(data)) == data


@given(st.lists(st.binary(max_size=200), max_size=20))
def test_many_small_writes_are_one_stream(parts):
    out = io.BytesIO()
    writer = SealingWriter(out, key=KEY, purpose="database")
    for part in parts:
        writer.write(part)
    writer.close()
    assert unsealed(out.getvalue()) == b"".join(parts)


@given(st.integers(min_value=0), st.integers(min_value=0, max_value=7))
def test_a_flipped_bit_is_refused(place, bit):
    data = bytearray(sealed(b"the people of Porchlight"))
    data[place % len(data)] ^= 1 << bit
    with pytest.raises(DamagedError):
        unsealed(bytes(data))


def test_a_stream_cut_at_a_chunk_is_refused():
    data = sealed(secrets.token_bytes(3 * CHUNK))
    whole = len(MAGIC) + SALT + 2 * (CHUNK + TAG)
    with pytest.raises(DamagedError):
        unsealed(data[:whole])


def test_swapped_chunks_are_refused():
    data = sealed(secrets.token_bytes(3 * CHUNK))
    head, body = data[: len(MAGIC) + SALT], data[len(MAGIC) + SALT :]
    size = CHUNK + TAG
    swapped = head + body[size : 2 * size] + body[:size] + body[2 * size :]
    with pytest.raises(DamagedError):
        unsealed(swapped)


def test_an_unfinished_stream_is_refused():
    out = io.BytesIO()
    SealingWriter(out, key=KEY, purpose="database").write(secrets.token_bytes(2 * CHUNK))
    with pytest.raises(DamagedError):
        unsealed(out.getvalue())


def test_another_key_or_purpose_is_refused():
    data = sealed(b"kept")
    with pytest.raises(DamagedError):
        unsealed(data, key=bytes(32))
    with pytest.raises(DamagedError):
        unsealed(data, purpose="keys")
