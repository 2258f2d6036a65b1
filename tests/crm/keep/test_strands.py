from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

import pytest

from crm.keep import manifest, strands
from crm.keep.manifest import Manifest
from crm.keep.strands import CUT, GONE, STAMP, End, Strand
from crm.keep.stream import DamagedError
from crm.keep.wal import Log

KEY = bytes(range(32))
LOG = Log(1, 16 << 20)
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def places(settings, tmp_path):
    settings.BACKUPS = tmp_path


def a_strand(*, hours_ago=0.0, size=10):
    began = NOW - timedelta(hours=hours_ago)
    folder = strands.root() / began.strftime(STAMP)
    folder.mkdir(parents=True)
    (folder / strands.BASE).write_bytes(bytes(size))
    made = Manifest(
        made_at=began.isoformat(),
        version="1",
        server="18.6",
        migrations="",
        parts={strands.BASE: manifest.measure(folder / strands.BASE)},
        tables={},
        notes={"start": "0"},
    )
    manifest.write(folder, made, key=KEY)
    return Strand(folder)


def read(strand, end):
    found = b""
    for position, data in strand.stretch(0, End(end, ""), key=KEY):
        assert position == len(found)
        found += data
    return found


def a_log(strand, *cuts):
    data = secrets.token_bytes(cuts[-1])
    for start, end in zip((0, *cuts), cuts, strict=False):
        strand.add(start, end, data[start:end], key=KEY)
    return data


def test_pieces_are_one_stretch_again():
    strand = a_strand()
    data = a_log(strand, 10, 25, 40)
    assert (read(strand, 40), strand.reach(0)) == (data, 40)


def test_a_whole_beside_its_parts_is_read_once():
    """As it lies when the copier is killed between writing the whole and dropping the parts."""
    strand = a_strand()
    data = a_log(strand, 10, 25, 40)
    strand.add(0, 25, data[:25], key=KEY)
    assert read(strand, 40) == data
    strand.drop_parts(0, 25)
    assert (read(strand, 40), strand.parts_of(0, 25)) == (data, 1)


def test_a_gap_is_refused():
    strand = a_strand()
    a_log(strand, 10, 25, 40)
    next(strand.folder.glob("000000000000000A-*")).unlink()
    assert strand.reach(0) == 10
    with pytest.raises(DamagedError, match=GONE):
        read(strand, 40)


def test_a_missing_end_is_refused():
    strand = a_strand()
    a_log(strand, 10, 25, 40)
    next(strand.folder.glob("0000000000000019-*")).unlink()
    with pytest.raises(DamagedError, match=CUT):
        read(strand, 40)


def test_a_piece_of_another_strand_is_refused():
    one, other = a_strand(), a_strand(hours_ago=24)
    a_log(one, 10)
    a_log(other, 10)
    name = "0000000000000000-000000000000000A.sealed"
    (one.folder / name).write_bytes((other.folder / name).read_bytes())
    with pytest.raises(DamagedError):
        read(one, 10)


def test_a_piece_under_another_name_is_refused():
    strand = a_strand()
    a_log(strand, 10, 20)
    first, second = sorted(strand.folder.glob("0*.sealed"))
    aside = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(aside)
    with pytest.raises(DamagedError):
        read(strand, 20)


def test_files_for_postgresql_are_filled_up_with_zeros(tmp_path):
    strand, size = a_strand(), LOG.size
    strand.add(0, size, b"a" * size, key=KEY)
    strand.add(size, size + 3, b"bcd", key=KEY)
    strands.put_segments(strand, LOG, 0, End(size + 3, ""), tmp_path, key=KEY)
    assert (tmp_path / LOG.name(size)).read_bytes() == b"bcd".ljust(size, b"\0")
    assert (tmp_path / LOG.name(0)).stat().st_size == size


def test_nothing_outlives_seven_days_not_even_the_newest():
    a_strand(hours_ago=7 * 24 + 1)
    assert len(strands.thin(NOW, most=10**9)) == 1
    assert strands.standing() == []


def test_the_oldest_go_above_the_size_but_never_the_newest():
    kept = [a_strand(hours_ago=hours, size=10_000) for hours in (1, 25, 49)]
    strands.thin(NOW, most=25_000)
    assert strands.standing() == [kept[1], kept[0]]
    strands.thin(NOW, most=1)
    assert strands.standing() == [kept[0]]


def test_what_was_half_made_is_cleared_away():
    whole = a_strand()
    (strands.root() / f"2026-11-25T110000Z{strands.MAKING}").mkdir()
    half = a_strand(hours_ago=3)
    (half.folder / manifest.NAME).unlink()
    strands.clear_leftovers()
    assert list(strands.root().iterdir()) == [whole.folder]
