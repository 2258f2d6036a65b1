"""What lies in a sealed tar comes out below its folder, also where Python has no filter."""

from __future__ import annotations

import io
import tarfile

import pytest

from crm.keep import dump
from crm.keep.stream import DamagedError, SealingWriter

KEY = bytes(32)


def sealed(path, *members):
    with path.open("wb") as file:
        writer = SealingWriter(file, key=KEY, purpose=path.name)
        with tarfile.open(fileobj=writer, mode="w|") as tar:
            for member in members:
                tar.addfile(member, io.BytesIO(b"x" * member.size))
        writer.close()
    return path


@pytest.mark.parametrize("filtered", [{}, dump.FILTERED])
def test_a_folder_comes_back(tmp_path, monkeypatch, filtered):
    monkeypatch.setattr(dump, "FILTERED", filtered)
    (tmp_path / "from" / "ab").mkdir(parents=True)
    (tmp_path / "from" / "ab" / "deed").write_bytes(b"a deed")
    dump.pack(tmp_path / "from", tmp_path / "packed", key=KEY)
    dump.unpack(tmp_path / "packed", tmp_path / "to", key=KEY)
    assert (tmp_path / "to" / "ab" / "deed").read_bytes() == b"a deed"


@pytest.mark.parametrize("name", ["/abroad", "../abroad", "in/../../abroad", "link"])
@pytest.mark.parametrize("filtered", [{}, dump.FILTERED])
def test_nothing_else_comes_out(tmp_path, monkeypatch, filtered, name):
    monkeypatch.setattr(dump, "FILTERED", filtered)
    member = tarfile.TarInfo(name)
    if name == "link":
        member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
    else:
        member.size = 1
    path = sealed(tmp_path / "packed", member)
    (tmp_path / "to").mkdir()
    with pytest.raises(DamagedError, match="does not belong"):
        dump.unpack(path, tmp_path / "to", key=KEY)
    assert list((tmp_path / "to").iterdir()) == []
