"""How two names compare: the same, alike, of one family, or of two people."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from crm.vault.words import folded
from leads.people.spelling import near

Likeness = Literal["same", "like", "family", "other"]

# Stand before or after a name and are no part of it.
TITLES = frozenset(
    "mr mrs ms miss dr atty engr arch hon sir maam rev fr sis bro md phd cpa".split()  # noqa: SIM905
)
# Father and son may differ in nothing else.
GENERATIONS = {"jr": 2, "junior": 2, "ii": 2, "sr": 1, "senior": 1, "iii": 3, "iv": 4}
# Belong to the word that follows.
JOINING = frozenset(
    "de del dela la las los di da do dos van von der den bin san santa".split()  # noqa: SIM905
)
# They part no words: O'Brien is OBrien.
APOSTROPHES = "'\N{RIGHT SINGLE QUOTATION MARK}`."
SHORTEST_WITH_TYPO = 4
SHORTEST_BEGINNING = 3


def compare(one: str, other: str) -> Likeness:
    first, second = words(one), words(other)
    if not first or not second:
        return "other"
    if sorted(first) == sorted(second):
        return "same" if _one_generation(one, other) else "family"
    if _all_found(first, second) and (_one_generation(one, other)):
        return "like"
    return "family" if _one_family(first, second) else "other"


@lru_cache(maxsize=8192)
def words(name: str) -> tuple[str, ...]:
    """The words that tell people apart, without accents, titles and generations."""
    if "," in name:
        family, _, given = name.partition(",")
        name = f"{given} {family}"
    bare = "".join(c if c.isalnum() else "" if c in APOSTROPHES else " " for c in folded(name))
    told: list[str] = []
    joining = ""
    for word in bare.split():
        if word in TITLES or word in GENERATIONS:
            continue
        if word in JOINING:
            joining += word
        else:
            told.append(joining + word)
            joining = ""
    return (*told, joining) if joining else tuple(told)


def _generation(name: str) -> int:
    found = (GENERATIONS.get(word.strip(".,")) for word in folded(name).split()[1:])
    return next((number for number in found if number), 0)


def _one_generation(one: str, other: str) -> bool:
    first, second = _generation(one), _generation(other)
    return first == second or not (first and second)


def _all_found(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Each word of the shorter name has one of its own in the longer, and one is more than a
    beginning: "J. Cruz" is like "Juan Cruz", "J. C." is not."""
    short, long = sorted((one, other), key=len)
    left = list(long)
    whole = 0
    for word in sorted(short, key=len, reverse=True):
        found = next((each for each in left if each == word), None) or next(
            (each for each in left if _alike(word, each)), None
        )
        if found is None:
            return False
        left.remove(found)
        whole += min(len(word), len(found)) >= SHORTEST_BEGINNING
    enough = 1 if len(long) == 1 else 2
    return len(short) >= enough and whole >= 1


def _alike(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if (len(short) == 1 or len(short) >= SHORTEST_BEGINNING) and long.startswith(short):
        return True
    return len(short) >= SHORTEST_WITH_TYPO and near(one, other)


def _one_family(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """The last word is the family's; a married name may end with the other's family after a bar."""
    return len(one) > 1 and len(other) > 1 and (one[-1] == other[-1] or near(one[-1], other[-1]))
