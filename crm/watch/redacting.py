"""What may be kept of an error: our own code's words and places, never a value.

A message is made of words that the raising code wrote down (its constants) and of values. The
constants stay, and a short list of Python's own sentences; everything else becomes an ellipsis.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import CodeType, TracebackType

from django.db import Error as DatabaseError

GAP = "…"
LONGEST = 500
DEEPEST = 40
# Fragments shorter than this could be part of anyone's name.
SHORTEST = 4

_FIELD = re.compile(r"%(?:\(\w+\))?[-#0 +]*\d*(?:\.\d+)?[a-zA-Z]|\{[^{}]*\}")
_PYTHONS_OWN = [
    re.compile(pattern)
    for pattern in (
        r"division by zero",
        r"(?:list|string|tuple|pop) index out of range",
        r"'[A-Za-z_]\w{0,60}' object is not (?:callable|iterable|subscriptable)",
        r"'[A-Za-z_]\w{0,60}' object has no attribute",
        r"object of type '[A-Za-z_]\w{0,60}' has no len\(\)",
        r"unsupported operand type\(s\) for [^\s:]{1,4}:"
        r"(?: '[A-Za-z_]\w{0,60}' and '[A-Za-z_]\w{0,60}')?",
        r"invalid literal for int\(\) with base \d+",
        r"could not convert string to float",
        r"(?:not enough|too many) values to unpack",
        r"maximum recursion depth exceeded",
        r"[A-Za-z_]\w{0,60}\(\) (?:missing|takes|got an unexpected keyword argument)",
    )
]


def message_of(error: BaseException) -> str:
    """The error's message without its values."""
    if isinstance(error, DatabaseError):
        return _of_database(error)
    text = str(error)
    if not text:
        return ""
    kept = _kept_spans(text, _known_fragments(error.__traceback__))
    return _with_gaps(text, kept)[:LONGEST]


def _of_database(error: DatabaseError) -> str:
    """PostgreSQL quotes values in its messages; its structured fields are names of ours."""
    diagnosis = getattr(error.__cause__, "diag", None)
    if diagnosis is None:
        return ""
    fields = ("sqlstate", "table_name", "column_name", "constraint_name")
    return " ".join(str(getattr(diagnosis, name)) for name in fields if getattr(diagnosis, name))


def _known_fragments(trace: TracebackType | None) -> set[str]:
    fragments: set[str] = set()
    while trace is not None:
        for constant in _strings(trace.tb_frame.f_code):
            fragments.update(_FIELD.split(constant))
        trace = trace.tb_next
    return {each for each in fragments if _tells(each)}


def _strings(code: CodeType) -> Iterator[str]:
    """The text constants of one function, of what it nests not: each frame brings its own."""
    for constant in code.co_consts:
        if isinstance(constant, str):
            yield constant
        elif isinstance(constant, tuple):
            yield from (each for each in constant if isinstance(each, str))


def _tells(fragment: str) -> bool:
    return len(fragment.strip()) >= SHORTEST and any(letter.isalpha() for letter in fragment)


def _kept_spans(text: str, fragments: set[str]) -> list[tuple[int, int]]:
    spans = [match.span() for pattern in _PYTHONS_OWN for match in pattern.finditer(text)]
    for fragment in fragments:
        found = text.find(fragment)
        if found >= 0:
            spans.append((found, found + len(fragment)))
    return sorted(spans)


def _with_gaps(text: str, spans: list[tuple[int, int]]) -> str:
    pieces: list[str] = []
    upto = 0
    for start, end in spans:
        if start > upto:
            pieces.append(GAP)
        if end > upto:
            pieces.append(text[max(start, upto) : end])
            upto = end
    if upto < len(text):
        pieces.append(GAP)
    return "".join(pieces)
