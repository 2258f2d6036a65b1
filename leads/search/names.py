"""By name: its words or their beginnings, without accents, and with a typo where nothing else is
found. Each step is bounded; a million people answer as quickly as a hundred.

Beginnings and typos are looked up among the words that names are made of, of which there are few;
people are then found by whole words, in whatever script.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from leads.people.spelling import near

# The best by score are looked through first: a common name is found among them at once, and of a
# rare one the index has few.
WALKED = 2000
CANDIDATES = 800
# Words that begin so, the most borne first; whoever types on narrows them down.
BEGUN = 80
LEAST_FOR_TYPO = 4
BEGINNING = 3
# How alike a word is to be looked at, in letters of three; what counts is the distance.
ALIKE = 0.35
LOOKED_AT = 80
CORRECTIONS = 4

WALK = f"""
SELECT id FROM (
    SELECT id, folded_name, score FROM leads_lead WHERE state = 'present'
    ORDER BY score DESC, id LIMIT {WALKED}) best
WHERE {{match}} ORDER BY score DESC, id LIMIT %s
"""  # noqa: S608

# Archived people are found too; who was merged away or erased is not.
BEARERS = f"""
SELECT id FROM (
    SELECT id, state, score FROM leads_lead
    WHERE state IN ('present', 'archived') AND {{match}} LIMIT {CANDIDATES}) candidates
ORDER BY state DESC, score DESC, id LIMIT %s
"""  # noqa: S608

BEGINS = f"""
SELECT asked.place, begun.word FROM unnest(%s::text[]) WITH ORDINALITY asked (beginning, place)
CROSS JOIN LATERAL (
    SELECT word FROM leads_name_word WHERE word LIKE asked.beginning
    GROUP BY word ORDER BY sum(uses) DESC, word LIMIT {BEGUN}) begun
"""  # noqa: S608

# Letters of three are known of Latin words only: of others, those that begin alike.
RESEMBLES = f"""
SELECT asked.place, alike.word
FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY asked (typed, beginning, place)
CROSS JOIN LATERAL (
    (SELECT word FROM leads_name_word WHERE word %%> asked.typed
        GROUP BY word ORDER BY similarity(word, asked.typed) DESC, word LIMIT {LOOKED_AT})
    UNION ALL
    (SELECT word FROM leads_name_word WHERE word LIKE asked.beginning
        GROUP BY word ORDER BY sum(uses) DESC, word LIMIT {LOOKED_AT})) alike
"""  # noqa: S608

Spellings = Sequence[Sequence[str]]


def find(words: Sequence[str], limit: int) -> list[UUID]:
    """Of present and archived people, the likeliest first."""
    if not words:
        return []
    found = _among_the_best([[word] for word in words], limit)
    if len(found) >= limit:
        return found
    with _by_index_only():
        begun = _begun(words)
        found = _with(found, _bearers(begun, limit), limit)
        mended = [] if found else _corrections(words)
    if any(mended):
        meant = [[word, *others] for word, others in zip(words, mended, strict=True)]
        found = _among_the_best(meant, limit)
        with _by_index_only():
            both = [[*one, *other] for one, other in zip(begun, mended, strict=True)]
            found = _with(found, _bearers(both, limit), limit)
    return found


def _with(found: list[UUID], more: list[UUID], limit: int) -> list[UUID]:
    return list(dict.fromkeys([*found, *more]))[:limit]


def _among_the_best(spellings: Spellings, limit: int) -> list[UUID]:
    """Each word, in one of its spellings, begins a word of the name."""
    clause = "' ' || folded_name LIKE %s"
    match = " AND ".join(f"({' OR '.join([clause] * len(each))})" for each in spellings)
    given = [f"% {_escaped(word)}%" for each in spellings for word in each]
    return _ids(WALK.format(match=match), [*given, limit])


def _bearers(spellings: Spellings, limit: int) -> list[UUID]:
    if not all(spellings):
        return []
    match = " AND ".join(["leads_words(folded_name) && %s::text[]"] * len(spellings))
    return _ids(BEARERS.format(match=match), [*map(list, spellings), limit])


def _begun(words: Sequence[str]) -> list[list[str]]:
    return _for_each(BEGINS, words, [_beginning(word) for word in words])


def _beginning(word: str) -> str:
    return f"{_escaped(word)}%"


def _corrections(words: Sequence[str]) -> list[list[str]]:
    if max(map(len, words)) < LEAST_FOR_TYPO:
        return []
    beginnings = [_beginning(word[:BEGINNING]) for word in words]
    alike = _for_each(RESEMBLES, words, list(words), beginnings)
    return [
        [other for other in dict.fromkeys(each) if _meant(word, other)][:CORRECTIONS]
        for word, each in zip(words, alike, strict=True)
    ]


def _for_each(statement: str, words: Sequence[str], *given: list[str]) -> list[list[str]]:
    found: list[list[str]] = [[] for _ in words]
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        for place, word in cursor.fetchall():
            found[place - 1].append(word)
    return found


def _meant(word: str, other: str) -> bool:
    """Typed to its end, or not yet."""
    if len(word) < LEAST_FOR_TYPO or word == other:
        return False
    begun = (other[: len(word) + more] for more in (-1, 0, 1))
    return near(word, other) or any(near(word, beginning) for beginning in begun)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _ids(statement: str, given: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return [row[0] for row in cursor.fetchall()]


@contextmanager
def _by_index_only() -> Iterator[None]:
    """How many bear a word is unknown to the planner, who may rather take the whole table."""
    within = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        _set(cursor, "off")
        yield
        # The end of the transaction does it otherwise.
        if within:
            _set(cursor, "on")


def _set(cursor: Any, others: str) -> None:
    cursor.execute(
        "SELECT set_config('enable_seqscan', %s, true), set_config('enable_indexscan', %s, true),"
        " set_config('pg_trgm.word_similarity_threshold', %s, true)",
        [others, others, str(ALIKE)],
    )
