"""Which part of a full name is given and which is the family's: a guess that can be corrected."""

from __future__ import annotations

import re

# Belong to the family name that follows: dela Cruz, de los Reyes, van der Berg.
JOINING = frozenset({
    "da", "das", "de", "del", "dela", "den", "der", "di", "do", "dos", "du", "el", "la", "las",
    "le", "los", "san", "santa", "sta", "sto", "van", "von", "y", "bin", "binti", "al",
})  # fmt: skip
# Come after the family name and are part of neither.
TRAILING = frozenset({
    "jr", "sr", "ii", "iii", "iv", "v", "md", "phd", "cpa", "esq", "atty", "engr",
})  # fmt: skip
LEADING = frozenset({
    "mr", "mrs", "ms", "miss", "dr", "atty", "engr", "arch", "hon", "sir", "maam", "ma'am", "don",
    "doña",
})  # fmt: skip
# Family names of two signs; all others in China have one.
CHINESE = frozenset({
    "欧阳", "司马", "上官", "诸葛", "司徒", "歐陽", "司馬", "諸葛", "東方", "东方", "尉迟", "皇甫",
})  # fmt: skip
HAN = re.compile(r"[\u3400-\u9fff]{2,5}")
KOREAN = re.compile(r"[\uac00-\ud7af]{2,5}")


def tidy(name: str) -> str:
    """One line, single spaces, nothing that can't be seen."""
    seen = "".join(c for c in name if c.isprintable() or c.isspace())
    return " ".join(seen.split())


def split(name: str) -> tuple[str, str]:
    """Given name, family name; a single word is a given name."""
    whole = tidy(name)
    if "," in whole:
        family, given = (part.strip() for part in whole.split(",", 1))
        if given and family and _bare(given) not in TRAILING:
            return given, family
    if HAN.fullmatch(whole) or KOREAN.fullmatch(whole):
        cut = 2 if len(whole) > 2 and whole[:2] in CHINESE else 1
        return whole[cut:], whole[:cut]
    return _split_words(whole.replace(",", " ").split())


def _split_words(words: list[str]) -> tuple[str, str]:
    while len(words) > 1 and _bare(words[0]) in LEADING:
        words = words[1:]
    while len(words) > 2 and _bare(words[-1]) in TRAILING:
        words = words[:-1]
    if len(words) < 2:
        return " ".join(words), ""
    start = len(words) - 1
    while start > 1 and _bare(words[start - 1]) in JOINING:
        start -= 1
    return " ".join(words[:start]), " ".join(words[start:])


def _bare(word: str) -> str:
    return word.strip(".,").casefold()
