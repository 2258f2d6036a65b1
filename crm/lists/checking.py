"""What a tree means: the condition for the database, the words for the page, and what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q

from crm.lists import values as clean
from crm.lists import wording
from crm.lists.declaration import Filter, Related
from crm.lists.kinds import KINDS, Kind
from crm.lists.shape import Shape
from crm.lists.tree import LONGEST_VALUE, Condition, Group, Part, Path
from crm.lists.values import Reader, Wrong

MOST_DEPTH = 3


@dataclass(frozen=True)
class Said:
    """A condition in words: "Stage" and "is open"."""

    label: str
    rest: str

    def __str__(self) -> str:
        return f"{self.label} {self.rest}"


@dataclass
class Checked:
    """`tree` has its values as they are stored; `problems` says what is wrong, by place."""

    tree: Group
    q: Q = field(default_factory=Q)
    words: dict[Path, Said] = field(default_factory=dict)
    problems: dict[Path, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return not self.problems


def check(shape: Shape, tree: Group, reader: Reader, *, named: bool = True) -> Checked:
    """Not `named`, a page that shows no words need not ask how what was chosen is called."""
    checker = Checker(shape, reader, named=named)
    q, part = checker.part(tree, ())
    assert isinstance(part, Group)  # noqa: S101  (a group comes back as one)
    return Checked(part, q, checker.words, checker.problems)


class Checker:
    def __init__(self, shape: Shape, reader: Reader, *, named: bool = True) -> None:
        self.shape, self.reader, self.named = shape, reader, named
        self.words: dict[Path, Said] = {}
        self.problems: dict[Path, str] = {}

    def part(self, part: Part, path: Path) -> tuple[Q, Part]:
        if isinstance(part, Group):
            return self.group(part, path)
        try:
            q, stored, self.words[path] = self.condition(part)
        except Wrong as wrong:
            self.problems[path] = str(wrong)
            return Q(), part
        return q, stored

    def group(self, group: Group, path: Path) -> tuple[Q, Group]:
        if len(path) >= MOST_DEPTH:
            self.problems[path] = "Groups go three deep. Take this one out of a group around it."
        found = [self.part(part, (*path, index)) for index, part in enumerate(group.parts)]
        joined = Q()
        for q, part in found:
            if not (isinstance(part, Group) and not part.parts):
                joined = joined | q if group.joined == "any" else joined & q
        return joined, Group(group.joined, tuple(part for _, part in found))

    def condition(self, condition: Condition) -> tuple[Q, Condition, Said]:
        chosen = self.shape.filter(condition.filter)
        if chosen is None:
            raise Wrong(
                "This can't be filtered by any more. Choose something else."
                if condition.filter
                else "Choose what to filter by."
            )
        if any(len(value) > LONGEST_VALUE for value in condition.values):
            raise Wrong(f"That is longer than {LONGEST_VALUE} letters. Type less of it.")
        kind, operators = KINDS[chosen.kind], self.shape.operators(chosen)
        if condition.operator not in operators:
            raise Wrong("Choose how it is compared.")
        takes = operators[condition.operator].takes
        values = clean.read(takes, kind.value, condition.values)
        labels = self.labels(chosen, values) if takes == "many" and self.named else {}
        stored = tuple(text for value in values for text in clean.text(kind.value, value))
        said = [
            labels.get(value) or clean.said(kind.value, value, self.reader, takes)
            for value in values
        ]
        words = operators[condition.operator].words
        said = [wording.either(said, joiner(condition.operator))] if takes == "many" else said
        return (
            question(chosen, kind, condition.operator, values, self.reader),
            Condition(condition.filter, condition.operator, stored),
            Said(chosen.label, words.format(*said)),
        )

    def labels(self, chosen: Filter, values: Sequence[str]) -> dict[str, str]:
        labels = {option.value: option.label for option in self.shape.options(chosen, values)}
        if set(values) - set(labels):
            raise Wrong("One of the chosen is no longer there. Choose again.")
        return labels


def joiner(operator: str) -> str:
    return "and" if operator == "all_of" else "or"


def question(chosen: Filter, kind: Kind, operator: str, values: Sequence[Any], reader: Reader) -> Q:
    opposite = kind.operators[operator].opposite
    if chosen.build:
        if opposite in kind.operators:
            return ~chosen.build(opposite, values)
        return chosen.build(operator, values)
    if operator == "older_or_never" and not chosen.related:
        return kind.make(chosen.by, "older", values, reader) | Q((f"{chosen.by}__isnull", True))
    if operator == "all_of":
        asked = Q()
        for value in values:
            asked &= there(chosen.related, kind.make(chosen.by, "any_of", [value], reader))
        return asked
    positive = there(chosen.related, kind.make(chosen.by, opposite or operator, values, reader))
    return ~positive if opposite else positive


def there(related: Related | None, q: Q) -> Q:
    """Whether a row of the other table is there: never a join, which would list ours twice."""
    if related is None:
        return q
    rows = related.model._base_manager.filter(related.only, q, **{related.to: OuterRef("pk")})
    return Q(Exists(rows))
