"""What was typed, understood once: words of a name, digits of a number, an address or a domain."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

LONGEST = 200
MOST_WORDS = 6
LEAST_DIGITS = 4
_PHONE = re.compile(r"[\d\s()+./-]+")
_DOMAIN = re.compile(r"@?(?:[\w-]+\.)+\w{2,}")


def folded(text: str) -> str:
    """As the database folds names (crm_folded): without case and accents."""
    return re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFKD", text)).lower()


@dataclass(frozen=True)
class Asked:
    text: str

    @classmethod
    def of(cls, typed: str) -> Asked:
        seen = "".join(c if c.isprintable() else " " for c in typed[:LONGEST])
        return cls(" ".join(seen.split()))

    @cached_property
    def words(self) -> list[str]:
        found = (word.strip(",;") for word in folded(self.text).split())
        return [word for word in found if word][:MOST_WORDS]

    @cached_property
    def digits(self) -> str:
        """Of a number or the end of one; "" where letters say that it is something else."""
        if not _PHONE.fullmatch(self.text):
            return ""
        digits = "".join(str(int(c)) for c in self.text if c.isdecimal())
        return digits if len(digits) >= LEAST_DIGITS else ""

    @cached_property
    def email(self) -> str:
        local, at, domain = self.text.rpartition("@")
        return self.text if local and at and domain and " " not in self.text else ""

    @cached_property
    def domain(self) -> str:
        """ "@ayala.com" or "ayala.com", and of a whole address no more than itself."""
        whole = _DOMAIN.fullmatch(self.text)
        return self.text.lstrip("@") if whole and not self.email else ""

    @property
    def is_contact(self) -> bool:
        return bool(self.digits or self.email)
