"""Every way in which a backup can be wrong that we could think of: each is refused in words."""

from __future__ import annotations

import json
import shutil
from functools import cache

import pytest
from django.test import override_settings

from crm.keep import keys, manifest, places, recovering, recovery, services, sources, strands
from crm.keep.copying import Copier
from crm.keep.server import scratch_database
from crm.keep.stream import CHUNK, MAGIC, SALT, TAG, DamagedError
from crm.models import Backup, RetentionRule
from crm.runtime import engines, folders, processes
from crm.runtime.home import Home
from crm.runtime.postgres import Server
from tests import prepared

pytestmark = pytest.mark.django_db(transaction=True)

HEAD, SEALED_CHUNK = len(MAGIC) + SALT, CHUNK + TAG
# Slow on purpose, and the same for all of them.
key_of = cache(recovery.key)
DATABASE, ATTACHMENTS, MANIFEST = places.DATABASE, places.ATTACHMENTS, manifest.NAME


class Backups:
    """Two backups of one Porchlight, one of another, and what a vandal can do to the newer."""

    def __init__(self, root, code):
        self.root, self.code = root, code
        self.older, self.newer = sorted(path for path in root.glob("20*") if path.is_dir())

    def file(self, name):
        return self.root / "keys" / keys.NAME if name == "keys" else self.newer / name

    def open(self):
        """All that a restore does before anything takes its place, the quick half first."""
        key = key_of(self.code)
        source = sources.find(self.newer, key=key)
        source.unpack(self.root / "unpacked")
        with scratch_database() as scratch:
            source.fill(scratch)


@pytest.fixture(scope="module")
def made(tmp_path_factory, django_db_setup, django_db_blocker):
    """Made once; each test gets a copy to spoil."""
    folder = tmp_path_factory.mktemp("damage")
    home = Home(folder)
    (folder / "keys").mkdir(mode=0o700)
    with (
        django_db_blocker.unblock(),
        override_settings(HOME=home, BACKUPS=home.backups, KEY_BACKUPS=home.backups / "keys"),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.delenv("PORCHLIGHT_KEYS", raising=False)
        # Of two on one day only the newer stays.
        patch.setattr(services, "thin", list)
        (home.attachments).mkdir()
        (home.attachments / "deed").write_bytes(bytes(range(256)) * 10_240)
        RetentionRule.objects.create(category="kept", days=5)
        one = services.make(kind=Backup.Kind.BY_HAND)
        old_keys = keys.place().read_bytes()
        # A second's stamp names a backup.
        processes.wait_until(lambda: False, 1.1)
        services.make(kind=Backup.Kind.BY_HAND)
        (home.backups / "stale").write_bytes(old_keys)
        code = recovery.code()
        Backup.objects.all().delete()
        RetentionRule.objects.all().delete()
        assert one.folder
    return home, code


@pytest.fixture
def backups(made, tmp_path, settings):
    home, code = made
    root = tmp_path / "backups"
    shutil.copytree(home.backups, root)
    settings.BACKUPS, settings.KEY_BACKUPS = root, root / "keys"
    return Backups(root, code)


def flipped(place):
    def spoil(path):
        data = bytearray(path.read_bytes())
        data[int((len(data) - 1) * place)] ^= 1
        path.write_bytes(bytes(data))

    return spoil


def cut(length):
    """To so many bytes, or, below nothing, by so many."""

    def spoil(path):
        data = path.read_bytes()
        assert len(data) > abs(length)
        path.write_bytes(data[:length])

    return spoil


def grown(more):
    return lambda path: path.write_bytes(path.read_bytes() + more)


def gone(path):
    path.unlink()


def a_folder(path):
    path.unlink()
    path.mkdir()


def chunks(order):
    """The sealed chunks in another order, some twice or not at all."""

    def spoil(path):
        data = path.read_bytes()
        head, body = data[:HEAD], data[HEAD:]
        parts = [body[i : i + SEALED_CHUNK] for i in range(0, len(body), SEALED_CHUNK)]
        assert len(parts) >= 3
        path.write_bytes(head + b"".join(parts[i] for i in order))

    return spoil


FILES = {
    "a bit at its beginning": flipped(0),
    "a bit in its middle": flipped(0.5),
    "its last bit": flipped(1),
    "emptied": cut(0),
    "cut after its header": cut(HEAD),
    "cut by a byte": cut(-1),
    "bytes added": grown(b"\0"),
    "a second copy added": lambda path: path.write_bytes(path.read_bytes() * 2),
    "gone": gone,
    "a folder in its place": a_folder,
}


@pytest.mark.parametrize("name", [DATABASE, ATTACHMENTS, MANIFEST, "keys"])
@pytest.mark.parametrize("damage", FILES)
def test_a_damaged_file_is_refused(backups, name, damage):
    FILES[damage](backups.file(name))
    refused(backups)


CHUNKS = {
    "a chunk twice": [0, 0, 1, 2],
    "chunks in another order": [1, 0, 2],
    "a chunk missing": [0, 2],
    "cut at a chunk": [0, 1],
    "only the last": [2],
}


@pytest.mark.parametrize("damage", CHUNKS)
def test_chunks_out_of_order_are_refused_even_with_a_fitting_manifest(backups, damage):
    """As if the vandal had the key of the manifest but not of the stream."""
    path = backups.file(ATTACHMENTS)
    chunks(CHUNKS[damage])(path)
    signed_anew(backups, parts={ATTACHMENTS: manifest.measure(path)})
    refused(backups)


def swapped_with_the_older(backups):
    for name in (DATABASE, ATTACHMENTS):
        (backups.older / name).replace(backups.newer / name)


def swapped_within(backups):
    aside = (backups.newer / DATABASE).read_bytes()
    (backups.newer / ATTACHMENTS).replace(backups.newer / DATABASE)
    (backups.newer / ATTACHMENTS).write_bytes(aside)


def edited(**values):
    def spoil(backups):
        path = backups.file(MANIFEST)
        text = json.loads(path.read_text())
        text["manifest"] |= values
        path.write_text(json.dumps(text))

    return spoil


def without(*names):
    def spoil(backups):
        path = backups.file(MANIFEST)
        text = json.loads(path.read_text())
        for name in names:
            del text[name]
        path.write_text(json.dumps(text))

    return spoil


def count_changed(backups):
    path = backups.file(MANIFEST)
    text = json.loads(path.read_text())
    text["manifest"]["tables"]["crm_retentionrule"]["rows"] += 1
    path.write_text(json.dumps(text))


def other_code(backups):
    raw = bytes(20)
    import base64

    backups.code = base64.b32encode(raw + recovery._check(raw)).decode()


def mistyped_code(backups):
    backups.code = backups.code[:-1] + ("A" if backups.code[-1] != "A" else "B")


def stale_keys(backups):
    (backups.root / "stale").replace(backups.file("keys"))


def keys_are_a_dump(backups):
    shutil.copy(backups.file(DATABASE), backups.file("keys"))


def manifest_of_the_older(backups):
    shutil.copy(backups.older / MANIFEST, backups.newer / MANIFEST)


def sum_with_a_wrong_row(backups):
    """Signed rightly, but the dump holds other rows than the manifest counted."""
    found = manifest.said(backups.newer, key=key_of(backups.code))
    rows = dict(found.tables)
    rows["crm_retentionrule"] = manifest.Tally(1, "1")
    signed_anew(backups, tables=rows)


def a_table_too_many(backups):
    found = manifest.said(backups.newer, key=key_of(backups.code))
    signed_anew(backups, tables=dict(found.tables) | {"crm_lost": manifest.Tally(0, "0")})


WHOLES = {
    "both files of the older backup": swapped_with_the_older,
    "its files swapped": swapped_within,
    "the manifest of the older backup": manifest_of_the_older,
    "a count changed": count_changed,
    "another date": edited(made_at="2020-01-01T00:00:00+00:00"),
    "no parts": edited(parts={}),
    "no tables": edited(tables={}),
    "another version": edited(version="9.9.9"),
    "no signature": without("signature"),
    "no manifest in it": without("manifest"),
    "another recovery code": other_code,
    "a recovery code with a slip": mistyped_code,
    "older keys": stale_keys,
    "something else for the keys": keys_are_a_dump,
    "rows that were not counted": sum_with_a_wrong_row,
    "a table that is missing": a_table_too_many,
}


@pytest.mark.parametrize("damage", WHOLES)
def test_a_backup_that_is_not_of_one_piece_is_refused(backups, damage):
    WHOLES[damage](backups)
    refused(backups)


def test_the_same_backup_unspoilt_is_taken(backups):
    """Or all of the above would prove nothing."""
    backups.open()
    assert (backups.root / "unpacked" / "deed").stat().st_size == 256 * 10_240


def refused(backups):
    with pytest.raises((DamagedError, recovery.WrongCodeError)) as told:
        backups.open()
    assert str(told.value).rstrip().endswith((".", ":"))
    assert " " in str(told.value)


def signed_anew(backups, **changes):
    key = key_of(backups.code)
    found = manifest.said(backups.newer, key=key)
    values = {name: getattr(found, name) for name in found.__dataclass_fields__}
    values["parts"] = found.parts | changes.pop("parts", {})
    manifest.write(backups.newer, manifest.Manifest(**(values | changes)), key=key)


@pytest.fixture(scope="module")
def copied():
    """A machine's copies of its log, with two pieces, made once."""
    home = prepared.copy(prepared.settled(), Home(folders.scratch(fleeting=True)))
    server = Server(home, fast=True)
    share = engines.use(home, die_with_parent=True, server=server)
    backups = home.backups
    with override_settings(HOME=home, BACKUPS=backups, KEY_BACKUPS=backups / "keys"):
        copier, code = Copier(home), recovery.code()
        stale_after = [keys.recent_place()]
        assert processes.wait_until(lambda: copier.step() is not None, 60, pause=0.1)
        shutil.copy(stale_after[0], backups / "stale")
        (home.keys / "another").write_text("x")
        copier.step()
        copier.step()
        copier.close()
    share.lock.close()
    server.stop(patience=5)
    yield home, code
    shutil.rmtree(home.root)


class Copies:
    def __init__(self, root, code):
        self.root, self.key = root, key_of(code)
        self.folder = next(iter((root / "log").iterdir()))

    @property
    def pieces(self):
        return sorted(self.folder.glob("0*.sealed"))

    def open(self):
        source = sources.find(self.root, key=self.key)
        place = Home(folders.scratch(fleeting=True))
        try:
            with recovering.recovered(source.moment, place, key=self.key):
                pass
            source.unpack(self.root / "unpacked")
        finally:
            shutil.rmtree(place.root)


@pytest.fixture
def copies(copied, tmp_path, settings):
    home, code = copied
    shutil.copytree(home.backups, tmp_path / "backups")
    settings.BACKUPS = tmp_path / "backups"
    settings.KEY_BACKUPS = tmp_path / "backups" / "keys"
    return Copies(tmp_path / "backups", code)


def pieces_swapped(copies):
    first, second = copies.pieces[:2]
    aside = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(aside)


def a_piece_named_longer(copies):
    last = copies.pieces[-1]
    start = last.name.split("-")[0]
    last.rename(last.with_name(f"{start}-{int(start, 16) + 5:016X}.sealed"))


LOGS = {
    "a bit of a piece": lambda copies: flipped(0.5)(copies.pieces[0]),
    "a bit of the newest piece": lambda copies: flipped(1)(copies.pieces[-1]),
    "the newest piece cut": lambda copies: cut(-1)(copies.pieces[-1]),
    "the newest piece gone": lambda copies: gone(copies.pieces[-1]),
    "the first piece gone": lambda copies: gone(copies.pieces[0]),
    "pieces swapped": pieces_swapped,
    "a piece under another name": a_piece_named_longer,
    "a bit of the base": lambda copies: flipped(0.5)(copies.folder / strands.BASE),
    "the base cut": lambda copies: cut(-1)(copies.folder / strands.BASE),
    "the base gone": lambda copies: gone(copies.folder / strands.BASE),
    "the end gone": lambda copies: gone(copies.folder / strands.END),
    "a bit of the end": lambda copies: flipped(1)(copies.folder / strands.END),
    "a bit of the manifest": lambda copies: flipped(0.5)(copies.folder / MANIFEST),
    "the keys gone": lambda copies: gone(copies.root / "keys" / keys.RECENT),
    "a bit of the keys": lambda copies: flipped(0.5)(copies.root / "keys" / keys.RECENT),
    "older keys": lambda copies: (copies.root / "stale").replace(
        copies.root / "keys" / keys.RECENT
    ),
}


@pytest.mark.machine
@pytest.mark.parametrize("damage", LOGS)
def test_damaged_copies_of_the_log_are_refused(copies, damage):
    LOGS[damage](copies)
    with pytest.raises(DamagedError):
        copies.open()


@pytest.mark.machine
def test_the_same_copies_unspoilt_are_taken(copies):
    copies.open()
