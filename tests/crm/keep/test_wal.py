from __future__ import annotations

import struct

import pytest

from crm.keep.wal import PAGE, GoneError, Log, position, words

LOG = Log(timeline=1, size=16 << 20)


def a_segment(folder, start, *, claims=None):
    """A file of the log whose pages say where they belong."""
    pages = (
        struct.pack("=HHIQ", 0xD118, 0, 1, (start if claims is None else claims) + at).ljust(
            PAGE, b"x"
        )
        for at in range(0, 4 * PAGE, PAGE)
    )
    (folder / LOG.name(start)).write_bytes(b"".join(pages))


@pytest.mark.parametrize("text", ["0/0", "0/3000148", "1/0", "A/FFFFFFFF"])
def test_a_position_is_written_as_postgresql_writes_it(text):
    assert words(position(text)) == text


@pytest.mark.parametrize(
    ("at", "name"),
    [
        ("0/1000000", "000000010000000000000001"),
        ("0/1FFFFFF", "000000010000000000000001"),
        ("0/FF000000", "0000000100000000000000FF"),
        ("1/0", "000000010000000100000000"),
    ],
)
def test_a_position_lies_in_the_file_of_that_name(at, name):
    assert LOG.name(position(at)) == name


def test_a_stretch_is_cut_at_the_ends_of_files():
    size = LOG.size
    assert list(LOG.cut(size - 5, 2 * size + 7)) == [
        (size - 5, size),
        (size, 2 * size),
        (2 * size, 2 * size + 7),
    ]


def test_what_is_read_is_what_lies_there(tmp_path):
    start = 3 * LOG.size
    a_segment(tmp_path, start)
    whole = (tmp_path / LOG.name(start)).read_bytes()
    assert LOG.read(tmp_path, start + 100, start + 2 * PAGE) == whole[100 : 2 * PAGE]


def test_a_file_that_holds_another_stretch_by_now_is_refused(tmp_path):
    start = 3 * LOG.size
    a_segment(tmp_path, start, claims=9 * LOG.size)
    with pytest.raises(GoneError, match="overwritten"):
        LOG.read(tmp_path, start, start + PAGE)


def test_a_file_that_is_gone_is_refused(tmp_path):
    with pytest.raises(GoneError, match="gone"):
        LOG.read(tmp_path, LOG.size, LOG.size + 1)
