"""Names by the thousand: few are borne by many people, many by few."""

from __future__ import annotations

from functools import cache
from itertools import islice, product
from random import Random

from crm.bench.zipf import Zipf

GIVEN = (
    *("Ana", "Ramon", "Liza", "Jun", "Carla", "Miguel", "Tess", "Noel", "Grace", "Paolo", "Aileen"),
    *("Kevin", "Hannah", "Patricia", "Dana", "Jasmine", "Rowena", "Marcus", "Noemi", "Elena"),
)
FAMILY = (
    *("Santos", "Reyes", "Cruz", "dela Cruz", "Bautista", "Ocampo", "García", "Mendoza", "Torres"),
    *("Uy", "Lim", "Tan", "Villareal", "Navarro", "Whitfield", "Tolentino", "O'Brien", "Peña"),
)
SYLLABLES = ("ba", "le", "mo", "ri", "tan", "gu", "sil", "ver", "do", "la", "pin", "ca", "ro", "ti")
GIVEN_NAMES, FAMILY_NAMES = 1500, 12_000


@cache
def given() -> tuple[str, ...]:
    return _with_made(GIVEN, GIVEN_NAMES, 4)


@cache
def family() -> tuple[str, ...]:
    return _with_made(FAMILY, FAMILY_NAMES, 5)


def _with_made(known: tuple[str, ...], many: int, syllables: int) -> tuple[str, ...]:
    # Of all that could be made every so many, so that they do not all begin alike.
    step = len(SYLLABLES) ** syllables // many
    made = islice(product(SYLLABLES, repeat=syllables), 0, None, step)
    return (*known, *("".join(each).capitalize() for each in islice(made, many - len(known))))


def draw(random: Random, count: int) -> list[tuple[str, str]]:
    """Given and family names, which may be those of several people."""
    drawn = [
        (names, Zipf(len(names), exponent=0.8).draw(random, count)) for names in (given(), family())
    ]
    (firsts, by_first), (lasts, by_last) = drawn
    return [(firsts[one], lasts[other]) for one, other in zip(by_first, by_last, strict=True)]
