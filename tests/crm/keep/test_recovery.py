from __future__ import annotations

import pytest

from crm.keep import recovery


@pytest.fixture(autouse=True)
def keys(settings, tmp_path, monkeypatch):
    monkeypatch.setenv("PORCHLIGHT_KEYS", str(tmp_path / "keys"))
    return tmp_path / "keys"


def test_the_code_is_made_once_and_only_its_owner_reads_it(keys):
    first = recovery.code()
    assert recovery.code() == first
    assert (keys / "recovery-code").stat().st_mode & 0o777 == 0o600


def test_a_code_forgives_case_spaces_and_lookalikes():
    code = recovery.code()
    sloppy = code.lower().replace("-", " ").replace("o", "0").replace("i", "1")
    assert recovery.key(sloppy) == recovery.key(code)


def test_a_slip_in_the_code_is_noticed():
    code = recovery.code()
    other = ("A" if code[0] != "A" else "B") + code[1:]
    with pytest.raises(recovery.WrongCodeError, match="slip"):
        recovery.key(other)


@pytest.mark.parametrize("typed", ["", "hello", "!!!!", "A" * 39, "ñ" * 40])
def test_what_is_no_code_is_said_plainly(typed):
    with pytest.raises(recovery.WrongCodeError):
        recovery.key(typed)


def test_a_code_taken_over_gives_the_same_key():
    old = recovery.code()
    recovery.path().unlink()
    recovery.keep(old.lower())
    assert recovery.code() == old
