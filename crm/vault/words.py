"""The words of a note as keyed 32-bit hashes: enough to find it by, too few to read it from."""

from __future__ import annotations

import hmac
import re
import struct
import unicodedata
from collections.abc import Iterable, Iterator

AT_MOST = 256
BEGINNINGS = (3, 4, 5)
# Stands in the index of a note with more words than fit: only their first three letters are there.
LONG = "\x00long"

_WORD = re.compile(r"[^\W_]+")
# Scripts that write words without spaces between: every letter may begin a word there.
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    r"\uf900-\ufaff\U00020000-\U0003134f]"
)

STOP_WORDS = frozenset(
    """
    a about after again all also am an and any are as at be because been before being but by can
    could did do does doing down during each few for from further had has have having he her here
    hers him his how i if in into is it its just me more most my no nor not now of off on once only
    or other our out over own same she should so some such than that the their them then there these
    they this those through to too under until up very was we were what when where which while who
    whom why will with would you your
    ako akin aking amin aming ang ano at atin ating ay ba bakit bago dahil dapat daw din dito diyan
    doon habang hanggang hindi ikaw ito iyon iyan ka kami kanila kanilang kanya kanyang kapag kasi
    kay kaya kayo ko kung lahat lang man mang mas mga mo muna na namin nang nandito nasa natin nga
    ngayon ni nila nilang nito niya niyang niyo niyon nya o pa pala para pati pero po raw rin sa
    saan sana si sila sino siya sya tayo tungkol upang wala yan yung
    """.split()  # noqa: SIM905 (a list that people read and amend)
)


def folded(text: str) -> str:
    """Without case and accents, in every script."""
    bare = (c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    again = unicodedata.normalize("NFKD", "".join(bare).casefold())
    return "".join(c for c in again if not unicodedata.combining(c))


def words(text: str) -> list[str]:
    """Each word once, in order; of unspaced scripts every ending of a run of letters."""
    found: dict[str, None] = {}
    for run in _WORD.findall(folded(text)):
        for word in _endings(run) if _UNSPACED.search(run) else (run,):
            found[word] = None
    return list(found)


def _endings(run: str) -> Iterator[str]:
    return (run[start:] for start in range(len(run)))


def hashes(key: bytes, text: str) -> list[int]:
    kept = [word for word in words(text) if word not in STOP_WORDS]
    pieces = list(dict.fromkeys(piece for word in kept for piece in _pieces(word)))
    if len(pieces) > AT_MOST:
        short = dict.fromkeys(piece for word in kept for piece in _pieces(word, at_most=3))
        pieces = [LONG, *short][:AT_MOST]
    return sorted({keyed(key, piece) for piece in pieces})


def _pieces(word: str, at_most: int = 5) -> Iterable[str]:
    """What a word is found by: its beginnings, or the whole of it where it is shorter."""
    lengths = BEGINNINGS if not _UNSPACED.match(word) else (1, 2, *BEGINNINGS)
    yield word[: min(lengths[0], at_most)]
    for length in lengths[1:]:
        if length <= min(len(word), at_most):
            yield word[:length]


def keyed(key: bytes, piece: str) -> int:
    digest = hmac.digest(key, piece.encode("utf-8", "surrogatepass"), "sha256")
    (number,) = struct.unpack(">i", digest[:4])
    return int(number)


def asked(text: str) -> list[str]:
    """The words to look for: without stop words, unless there are no others."""
    found = words_asked(text)
    return [word for word in found if word not in STOP_WORDS] or found


def words_asked(text: str) -> list[str]:
    return list(dict.fromkeys(_WORD.findall(folded(text))))


def looked_up(key: bytes, wanted: list[str]) -> tuple[list[int], list[int]]:
    """The hashes that a note must have: an ordinary one, and one with too many words."""
    ordinary = sorted({keyed(key, word[:5]) for word in wanted})
    long = sorted({keyed(key, LONG), *(keyed(key, word[:3]) for word in wanted)})
    return ordinary, long


def matches(text: str, wanted: list[str]) -> bool:
    """Whether each wanted word is a word, or three letters or more that begin one."""
    present = [word for word in words(text) if word not in STOP_WORDS]
    return all(any(_found_by(word, want) for word in present) for want in wanted)


def _found_by(word: str, want: str) -> bool:
    if len(want) < BEGINNINGS[0] and not _UNSPACED.match(word):
        return word == want
    return word.startswith(want)
