"""The words of a note as keyed 32-bit hashes: enough to find it by, too few to read it from."""

from __future__ import annotations

import hmac
import re
import struct
import unicodedata
from collections.abc import Iterator

from crm.vault.stop_words import STOP_WORDS

AT_MOST = 256
SHORTEST = 3
LONGEST = 5
# Stands in the index of a note with more words than fit: only their first three letters are there.
LONG = "\x00long"

# Scripts that put no spaces between words: there every letter may begin one.
_UNSPACED = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    r"\uf900-\ufaff\U00020000-\U0003134f"
)
# Vowel signs of India's scripts are no letters to `\w`, and yet no end of a word.
_WORD = re.compile(
    rf"[{_UNSPACED}]+|(?:(?![{_UNSPACED}])[^\W_]|[\u0900-\u0963\u0966-\u0dff])+",
)
_UNSPACED_WORD = re.compile(f"[{_UNSPACED}]")


def folded(text: str) -> str:
    """Without case and accents, in every script."""
    return _bare(_bare(text).casefold())


def _bare(text: str) -> str:
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def words(text: str) -> list[str]:
    """Each word once, in order; a run of letters where the script has no spaces."""
    return list(dict.fromkeys(_WORD.findall(folded(text))))


def _told(text: str) -> list[str]:
    return [word for word in words(text) if word not in STOP_WORDS]


def hashes(key: bytes, text: str) -> list[int]:
    told = _told(text)
    pieces = list(dict.fromkeys(piece for word in told for piece in _pieces(word, LONGEST)))
    if len(pieces) > AT_MOST:
        short = dict.fromkeys(piece for word in told for piece in _pieces(word, SHORTEST))
        pieces = [LONG, *short][:AT_MOST]
    return sorted({keyed(key, piece) for piece in pieces})


def _pieces(word: str, longest: int) -> Iterator[str]:
    """What a word is found by: its beginnings, or the whole of a shorter one."""
    if _UNSPACED_WORD.match(word):
        for start in range(len(word)):
            for length in range(1, min(longest, len(word) - start) + 1):
                yield word[start : start + length]
    else:
        yield word[:SHORTEST]
        for length in range(SHORTEST + 1, min(longest, len(word)) + 1):
            yield word[:length]


def keyed(key: bytes, piece: str) -> int:
    digest = hmac.digest(key, piece.encode("utf-8", "surrogatepass"), "sha256")
    (number,) = struct.unpack_from(">i", digest)
    return int(number)


def asked(text: str) -> list[str]:
    """The words to look for: without stop words, unless there are no others."""
    return _told(text) or words(text)


def looked_up(key: bytes, wanted: list[str]) -> tuple[list[int], list[int]]:
    """The hashes that a note must have: an ordinary one, and one with too many words."""
    ordinary = {keyed(key, word[:LONGEST]) for word in wanted}
    long = {keyed(key, LONG), *(keyed(key, word[:SHORTEST]) for word in wanted)}
    return sorted(ordinary), sorted(long)


def matches(text: str, wanted: list[str]) -> bool:
    """Whether each wanted word is there, or begins one with three letters or more."""
    told = _told(text)
    return all(any(_finds(want, word) for word in told) for want in wanted)


def stand_whole(text: str, wanted: list[str]) -> bool:
    """Whether each is there as a word of its own, and not as the beginning of another."""
    told = words(text)
    return all(
        any(want == word or (is_unspaced(want) and want in word) for word in told)
        for want in wanted
    )


def is_unspaced(word: str) -> bool:
    return _UNSPACED_WORD.match(word) is not None


def _finds(want: str, word: str) -> bool:
    if _UNSPACED_WORD.match(word):
        return want in word
    return word == want or (len(want) >= SHORTEST and word.startswith(want))
