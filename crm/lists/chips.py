"""The conditions of a list as chips in words, each with the address of the list without it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crm.lists import wording
from crm.lists.asking import Asked
from crm.lists.tree import Group, Part, Path


@dataclass(frozen=True)
class Chip:
    """`label` and `rest` together say it: "Stage" and "is open"."""

    label: str
    rest: str
    without: str
    wrong: bool = False

    def __str__(self) -> str:
        return f"{self.label} {self.rest}".strip()


def chips(asked: Asked) -> list[Chip]:
    parts = asked.tree.parts
    return [
        _chip(
            asked,
            part,
            index,
            asked.url(Group(asked.tree.joined, parts[:index] + parts[index + 1 :])),
        )
        for index, part in enumerate(parts)
        if not (isinstance(part, Group) and not part.parts)
    ]


def _chip(asked: Asked, part: Part, index: int, without: str) -> Chip:
    checked = asked.checked
    if any(place[:1] == (index,) for place in checked.problems):
        return Chip("A condition", "needs another look", without, wrong=True)
    if isinstance(part, Group):
        return Chip("", in_words(asked, part, (index,)), without)
    said = checked.words[(index,)]
    return Chip(said.label, said.rest, without)


def in_words(asked: Asked, group: Group, path: Path) -> str:
    joined = "or" if group.joined == "any" else "and"
    return wording.either(list(_said(asked, group, path)), joined)


def _said(asked: Asked, group: Group, path: Path) -> Iterator[str]:
    for index, part in enumerate(group.parts):
        place = (*path, index)
        if not isinstance(part, Group):
            yield str(asked.checked.words[place])
        elif part.parts:
            yield f"({in_words(asked, part, place)})"
