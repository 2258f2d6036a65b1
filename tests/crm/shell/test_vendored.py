from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

from django.conf import settings

STATIC = Path(settings.BASE_DIR) / "crm" / "shell" / "static"
MANIFEST = json.loads((STATIC / "vendor" / "MANIFEST.json").read_text())
OUTSIDE = re.compile(r"""(?:url\(|@import|src=|href=|from|fetch\()\s*["'(]?\s*(?:https?:)?//""")


def test_vendored_files_are_what_the_manifest_says() -> None:
    for thing in MANIFEST:
        for name, digest in thing["files"].items():
            assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == digest, name


def test_everything_vendored_stands_in_the_manifest() -> None:
    listed = {name for thing in MANIFEST for name in thing["files"]}
    folders = [STATIC / "vendor", STATIC / "fonts"]
    found = {str(file.relative_to(STATIC)) for folder in folders for file in folder.iterdir()}
    assert found - listed == {"vendor/MANIFEST.json"}


def test_every_vendored_thing_names_version_and_licence() -> None:
    assert all(thing["name"] and thing["version"] and thing["licence"] for thing in MANIFEST)


def test_nothing_is_fetched_from_another_site() -> None:
    sources = [*STATIC.glob("css/*.css"), *STATIC.glob("js/*.js"), *STATIC.glob("img/*.svg")]
    templates = list((Path(settings.BASE_DIR) / "templates").rglob("*.html"))
    guilty = [file.name for file in sources + templates if OUTSIDE.search(file.read_text())]
    assert guilty == []
