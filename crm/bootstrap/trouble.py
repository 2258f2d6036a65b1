from __future__ import annotations

import re

# What installers say, and what a person can do about it; the first that fits is told.
REMEDIES = (
    (
        r"No space left on device|os error 28|Disk quota exceeded",
        "The disk is full. Free about 700 MB here and in the temporary folder (TMPDIR), "
        "then run the same command again.",
    ),
    (
        r"certificate verify failed|CERTIFICATE_VERIFY|invalid peer certificate|UnknownIssuer",
        "The package index could not be trusted: its certificate is not one that this machine "
        "knows. Behind a company's proxy, set SSL_CERT_FILE to its certificate, then run again.",
    ),
    (
        r"name resolution|not known|Failed to establish a new connection|Connection refused"
        r"|Network is unreachable|error sending request|dns error|timed out|peration timeout"
        r"|Max retries exceeded|Cannot connect to proxy|Connection reset|network connectivity",
        "The packages could not be fetched: the package index can't be reached. Check the "
        "network (HTTPS_PROXY, if there is a proxy), then run the same command again.",
    ),
    (
        r"DO NOT MATCH THE HASHES|[Hh]ash mismatch",
        "A package is not the one that was locked, so it was not installed. Try again on "
        "another network; if it stays so, the index or something before it alters packages.",
    ),
    (
        r"No matching distribution|no usable wheels|no wheels? with a matching|no wheels are"
        r"|not compatible|is not a supported wheel",
        "There is no ready-made package for this machine and this Python. Use Python 3.11 to "
        "3.14 on 64-bit Linux (glibc 2.28 or newer) or macOS.",
    ),
    (
        r"Permission denied|os error 13|Read-only file system|os error 30",
        "A file could not be written while the environment was made. Run as the user whom this "
        "folder belongs to, or copy the folder to your own home.",
    ),
)


class Trouble(Exception):
    """One sentence for the person at the keyboard, with the way out."""


def trouble(words: str) -> Trouble:
    for pattern, sentence in REMEDIES:
        if re.search(pattern, words):
            return Trouble(sentence)
    last = next((line.strip() for line in reversed(words.splitlines()) if line.strip()), "")
    reason = last or "no reason was given"
    return Trouble(f"Setting up failed: {reason}. Run the same command to try again.")
