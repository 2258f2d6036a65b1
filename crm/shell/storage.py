from __future__ import annotations

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage

OWN_MODULES = ("js/*.js", ((r"""(?P<matched>from "(?P<url>\./.*?)")""", 'from "%(url)s"'),))


class HashedStorage(ManifestStaticFilesStorage):
    """Names carry their content's hash, so a browser keeps a file for a year and never shows an
    old one. A page still renders when a name is missing: it then asks for the plain one."""

    manifest_strict = False
    # Only our modules' imports: Django's own switch reads every library's, comments included.
    patterns = (*ManifestStaticFilesStorage.patterns, OWN_MODULES)

    def stored_name(self, name: str) -> str:
        try:
            return super().stored_name(name)
        except ValueError:
            return name
