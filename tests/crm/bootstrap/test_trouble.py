from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from crm import bootstrap
from crm.bootstrap import ROOT, builder
from crm.bootstrap.builder import set_up
from crm.bootstrap.environment import Environment
from crm.bootstrap.trouble import Trouble, trouble
from tests.crm.bootstrap.conftest import BASE_PYTHON, Clone

pytestmark = pytest.mark.machine

Usage = namedtuple("Usage", "total used free")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full."),
        ("error: failed to write to file: No space left on device (os error 28)", "The disk is"),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed", "could not be trusted"),
        ("Temporary failure in name resolution", "can't be reached"),
        ("error sending request for url: dns error", "can't be reached"),
        ("ReadTimeoutError: Read timed out.", "can't be reached"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES", "not the one that was locked"),
        ("Hash mismatch for `django==5.2.19`", "not the one that was locked"),
        ("ERROR: No matching distribution found for scipy==1.17.1", "no ready-made package"),
        ("Because x has no wheels with a matching Python ABI tag", "no ready-made package"),
        ("[Errno 13] Permission denied: '/opt/porchlight/.venv'", "could not be written"),
        ("first line\nthe last line\n\n", "Setting up failed: the last line."),
        ("", "no reason was given"),
    ],
)
def test_trouble_is_one_sentence_with_the_way_out(said: str, told: str) -> None:
    sentence = str(trouble(said))

    assert told in sentence
    assert "\n" not in sentence
    assert any(way in sentence for way in ("again", "Use Python", "Run as"))


def test_no_network_is_told_plainly(clone: Clone) -> None:
    # A port of our own machine where nobody listens.
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_NO_INDEX": "", "PIP_FIND_LINKS": ""}
    refused = clone.run("check", PIP_RETRIES="1", **nowhere)

    assert refused.returncode == 1
    assert refused.stderr == (
        "Porchlight: The packages could not be fetched: the package index can't be reached. "
        "Check the network (HTTPS_PROXY, if there is a proxy), then run the same command again.\n"
    )
    assert not clone.environment.exists()


def test_full_disk_is_seen_beforehand(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builder.shutil, "disk_usage", lambda _: Usage(10**9, 9 * 10**8, 10**8))

    with pytest.raises(Trouble, match=r"There are 100 MB free .* 700 MB are needed"):
        set_up(Environment(clone.root))
    assert not clone.environment.exists()


def test_missing_venv_module_names_the_package(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(builder, "find_uv", lambda: None)
    monkeypatch.setattr(builder, "find_spec", lambda _: None)
    name = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"

    with pytest.raises(Trouble, match=f"sudo apt install {name}"):
        set_up(Environment(clone.root))
    assert not clone.environment.exists()


def test_read_only_folder_is_told_plainly(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builder.os, "access", lambda *_: False)

    with pytest.raises(Trouble, match=r"can't be written to\. Copy the folder to your own home"):
        set_up(Environment(clone.root))


def test_uv_that_does_not_run_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shim = tmp_path / "uv"
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert builder.find_uv() is None


def test_environment_of_ones_own_is_left_alone(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = Environment(clone.root)
    monkeypatch.delenv("PORCHLIGHT_NO_BOOTSTRAP", raising=False)
    assert not bootstrap.is_served_elsewhere(environment)

    monkeypatch.setenv("PORCHLIGHT_NO_BOOTSTRAP", "1")
    assert bootstrap.is_served_elsewhere(environment)


def test_environment_that_does_not_work_ends_in_a_sentence(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORCHLIGHT_ENTERED", str(os.getpid()))

    with pytest.raises(Trouble, match="Delete it and run the same command"):
        bootstrap.enter(Environment(clone.root))


def test_old_python_gets_a_sentence() -> None:
    source = (ROOT / "manage.py").read_text()
    # As old a grammar as this Python can still check.
    ast.parse(source, feature_version=(3, 4))
    pretend = "import sys; sys.version_info = (3, 8, 1); sys.version = '3.8.1 (old)'; "
    done = subprocess.run(
        [BASE_PYTHON, "-c", f"{pretend}sys.argv = ['manage.py', 'up']; exec({source!r})"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr == (
        "Porchlight needs Python 3.11 or newer, and this is 3.8.1. Install a newer one and name "
        "it, for example: python3.12 manage.py up\n"
    )


def test_bootstrap_needs_the_standard_library_only() -> None:
    imported = set()
    for file in (ROOT / "crm" / "bootstrap").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                imported |= {name.name for name in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(node.module or "")

    foreign = {
        name
        for name in imported
        if name.split(".")[0] not in sys.stdlib_module_names
        and not name.startswith("crm.bootstrap")
    }
    assert foreign == set()
