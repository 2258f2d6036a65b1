from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage

OWN_MODULES = ("js/*.js", ((r"""(?P<matched>from "(?P<url>\./.*?)")""", 'from "%(url)s"'),))


class HashedStorage(ManifestStaticFilesStorage):
    """Names carry their content's hash, so a browser keeps a file for a year and never shows an
    old one. A page still renders when a name is missing: it then asks for the plain one."""

    manifest_strict = False
    # Only our modules' imports: Django's own switch reads every library's, comments included.
    patterns = (*ManifestStaticFilesStorage.patterns, OWN_MODULES)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._known: dict[tuple[str, bool], str] = {}

    def url(self, name: str, force: bool = False) -> str:  # type: ignore[override]
        """A page has a hundred icons: the manifest is asked once, for it stays as it was read."""
        key = name, settings.DEBUG and not force
        if key not in self._known:
            self._known[key] = super().url(name, force)
        return self._known[key]

    def stored_name(self, name: str) -> str:
        try:
            return super().stored_name(name)
        except ValueError:
            return name
