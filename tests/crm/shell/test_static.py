from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage

from crm.shell.collect import STAMP, collect_if_changed

HASHED = re.compile(r"\.[0-9a-f]{12}\.")


@pytest.fixture
def gathered(settings: Any, tmp_path: Path) -> Path:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "crm.shell.storage.HashedStorage"},
    }
    assert collect_if_changed() is True
    return tmp_path


def test_static_names_carry_their_hash_in_pages_styles_and_modules(gathered: Path) -> None:
    main = gathered / staticfiles_storage.stored_name("js/main.js")
    fonts_sheet = gathered / staticfiles_storage.stored_name("css/fonts.css")
    imports = re.findall(r'from "\./(.*?)"', main.read_text())
    fonts = re.findall(r"url\(\"?\.\./(.*?)\"?\)", fonts_sheet.read_text())
    written = (settings.BASE_DIR / "crm/shell/static/js/main.js").read_text()
    assert len(imports) == written.count('from "./') > 0
    assert [name for name in imports if not HASHED.search(name)] == []
    assert [bool(HASHED.search(name)) for name in fonts] == [True] * 2


def test_static_files_are_gathered_once(gathered: Path) -> None:
    assert collect_if_changed() is False


def test_static_files_are_gathered_again_when_one_changed(gathered: Path) -> None:
    (gathered / STAMP).write_text("something older")
    assert collect_if_changed() is True


def test_static_name_that_was_not_gathered_stays_plain(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "crm.shell.storage.HashedStorage"},
    }
    assert staticfiles_storage.url("css/base.css") == "/static/css/base.css"
