"""Static files, served before Django is asked."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from servestatic import ServeStaticASGI

# The name that HashedStorage gives: its content can't change.
HASHED = re.compile(r"\.[0-9a-f]{12}\.\w+$")


def with_static_files(application: Any) -> Any:
    serving = ServeStaticASGI(
        application,
        autorefresh=False,
        max_age=60,
        allow_all_origins=False,
        immutable_file_test=lambda _path, url: bool(HASHED.search(url)),
        add_headers_function=_harden,
    )
    for folder in _folders():
        serving.add_files(str(folder), prefix=settings.STATIC_URL)
    return serving


def _folders() -> list[Path]:
    """The gathered files, or those of the source tree where none were gathered yet."""
    gathered = Path(settings.STATIC_ROOT)
    if (gathered / "staticfiles.json").exists():
        return [gathered]
    places = [
        storage.location
        for finder in finders.get_finders()
        for storage in getattr(finder, "storages", {}).values()
    ]
    return [Path(place) for place in places if Path(place).is_dir()]


def _harden(headers: Any, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
