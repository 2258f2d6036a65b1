from __future__ import annotations

import json

import pytest

from crm.keep import manifest
from crm.keep.manifest import Manifest, Tally
from crm.keep.stream import DamagedError

KEY = bytes(range(32))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "database.sealed").write_bytes(b"sealed rows")
    made = Manifest(
        made_at="2026-11-20T03:00:00+00:00",
        version="0.1.0",
        server="18.6",
        migrations="{}",
        parts={"database.sealed": manifest.measure(tmp_path / "database.sealed")},
        tables={"crm_owner": Tally(rows=1, digest="42"), "crm_backup": Tally(rows=3, digest="7")},
    )
    manifest.write(tmp_path, made, key=KEY)
    return tmp_path


def test_a_manifest_is_read_as_it_was_written(folder):
    made = manifest.read(folder, key=KEY)
    assert (made.rows, made.bytes, made.made.year) == (4, len(b"sealed rows"), 2026)
    assert made.tables["crm_backup"] == Tally(rows=3, digest="7")


def test_a_changed_count_is_refused(folder):
    path = folder / manifest.NAME
    text = json.loads(path.read_text())
    text["manifest"]["tables"]["crm_owner"]["rows"] = 2
    path.write_text(json.dumps(text))
    with pytest.raises(DamagedError, match="changed"):
        manifest.read(folder, key=KEY)


def test_another_code_is_refused(folder):
    with pytest.raises(DamagedError, match="recovery code"):
        manifest.read(folder, key=bytes(32))


def test_a_changed_file_is_refused(folder):
    (folder / "database.sealed").write_bytes(b"sealed rowz")
    with pytest.raises(DamagedError, match="not as it was written"):
        manifest.read(folder, key=KEY)


def test_a_missing_file_is_refused(folder):
    (folder / "database.sealed").unlink()
    with pytest.raises(DamagedError, match="missing"):
        manifest.read(folder, key=KEY)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"manifest": {}}', "null"])
def test_what_is_no_manifest_is_refused(folder, text):
    (folder / manifest.NAME).write_text(text)
    with pytest.raises(DamagedError):
        manifest.read(folder, key=KEY)
