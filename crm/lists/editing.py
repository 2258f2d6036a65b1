"""The filter while it is being made: what the editor shows, and what its buttons do to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict

from crm.lists import dates, tree
from crm.lists.asking import Asked
from crm.lists.checking import MOST_DEPTH, check
from crm.lists.declaration import Filter, Finder, Option
from crm.lists.kinds import Operator
from crm.lists.picked import TYPED
from crm.lists.tree import Condition, Group, Joined, Part, Path

INPUTS = {"number": "decimal", "money": "decimal"}


@dataclass(frozen=True)
class EditedCondition:
    path: Path
    condition: Condition
    chosen: Filter | None
    operators: dict[str, Operator]
    options: list[Option]
    problem: str
    fresh: bool
    typed: str = ""

    is_group = False

    @property
    def id(self) -> str:
        return "-".join(map(str, self.path))

    @property
    def place(self) -> str:
        return ".".join(map(str, self.path))

    @property
    def takes(self) -> str:
        operator = self.operators.get(self.condition.operator)
        return operator.takes if operator else "nothing"

    @property
    def values(self) -> list[str]:
        """As many as the operator takes, for the boxes to hold."""
        amount = {"one": 1, "two": 2, "length": 2, "period": 1}.get(self.takes, 0)
        return [*self.condition.values, *[""] * amount][:amount]

    @property
    def searched(self) -> bool:
        return self.chosen is not None and isinstance(self.chosen.options, Finder)

    @property
    def input(self) -> str:
        """A date field would drop what isn't a date; what was typed must stay."""
        kind = self.chosen.kind if self.chosen else ""
        if kind in ("date", "moment", "activity"):
            return "text" if self.problem and any(self.values) else "date"
        return INPUTS.get(kind, "text")

    @property
    def units(self) -> list[tuple[str, str]]:
        return [(name, many) for name, (_, many) in dates.UNITS.items()]

    @property
    def periods(self) -> list[tuple[str, str]]:
        return list(dates.PERIODS.items())


@dataclass(frozen=True)
class EditedGroup:
    path: Path
    joined: Joined
    parts: Sequence[EditedCondition | EditedGroup]
    problem: str

    is_group = True

    @property
    def id(self) -> str:
        return "-".join(map(str, self.path)) or "all"

    @property
    def place(self) -> str:
        return ".".join(map(str, self.path))

    @property
    def name(self) -> str:
        return tree.field_name(self.path, "g")

    @property
    def may_nest(self) -> bool:
        return len(self.path) < MOST_DEPTH - 1


@dataclass(frozen=True)
class Draft:
    """`applied` is the filter once nothing is wrong with it any more."""

    root: EditedGroup
    picker: Sequence[tuple[str, Sequence[Filter]]]
    applied: Group | None = None


def draft(
    asked: Asked,
    drafted: Group,
    *,
    judged: bool = False,
    fresh: Path = (),
    typed: Mapping[str, str] | None = None,
) -> Draft:
    """`judged` says what is wrong; while one is still choosing, nothing is. `typed` is what was
    looked for, by filter: without script it is found when the form comes back."""
    if not drafted.parts:
        drafted, fresh = Group(drafted.joined, (Condition(),)), fresh or (0,)
    checked = check(asked.shape, drafted, asked.reader)
    problems = checked.problems if judged else {}
    root = _edited(asked, drafted, (), problems, fresh, typed or {})
    assert isinstance(root, EditedGroup)  # noqa: S101  (a group comes back as one)
    return Draft(root, picker(asked))


def submitted(asked: Asked, data: QueryDict) -> Draft:
    """Applied if all is well. Rows that were left blank are none."""
    try:
        told = without_blanks(tree.from_fields(data))
    except tree.Unreadable:
        return too_long(draft(asked, asked.tree, judged=True))
    checked = check(asked.shape, told, asked.reader)
    if not checked.ok:
        return draft(asked, told, judged=True, typed=looked_for(data))
    if len(tree.to_address(checked.tree)) > tree.LONGEST_ADDRESS:
        return too_long(draft(asked, told, judged=True))
    return replace(draft(asked, told), applied=checked.tree)


def too_long(draft: Draft) -> Draft:
    problem = "That is too much for one filter. Take some conditions away."
    return replace(draft, root=replace(draft.root, problem=problem))


def without_blanks(group: Group) -> Group:
    parts: list[Part] = []
    for part in group.parts:
        if isinstance(part, Group):
            part = without_blanks(part)
            if not part.parts:
                continue
        elif not part.filter:
            continue
        parts.append(part)
    return Group(group.joined, tuple(parts))


def picker(asked: Asked) -> list[tuple[str, list[Filter]]]:
    groups: dict[str, list[Filter]] = {}
    for each in asked.shape.filters.values():
        groups.setdefault(each.group, []).append(each)
    return list(groups.items())


def _edited(
    asked: Asked,
    part: Part,
    path: Path,
    problems: Mapping[Path, str],
    fresh: Path,
    typed: Mapping[str, str],
) -> EditedCondition | EditedGroup:
    if isinstance(part, Group):
        inner = [
            _edited(asked, each, (*path, index), problems, fresh, typed)
            for index, each in enumerate(part.parts)
        ]
        return EditedGroup(path, part.joined, inner, problems.get(path, ""))
    chosen = asked.shape.filters.get(part.filter)
    operators = asked.shape.operators(chosen) if chosen else {}
    if chosen and part.operator not in operators:
        part = Condition(part.filter, next(iter(operators)), ())
    many = chosen is not None and operators[part.operator].takes == "many"
    looked = typed.get(part.filter, "")
    options = asked.shape.offered(chosen, part.values, looked) if chosen and many else []
    problem = problems.get(path, "")
    return EditedCondition(path, part, chosen, operators, options, problem, path == fresh, looked)


def changed(asked: Asked, data: QueryDict) -> Draft:
    """What the editor is after a button or a choice: "add:0", "group:", "remove:1.0"."""
    try:
        told = tree.from_fields(data)
    except tree.Unreadable:
        told = asked.tree
    told = settled(asked, told)
    verb, _, place = data.get("do", "").partition(":")
    path = tuple(int(step) for step in place.split(".") if step.isdigit())
    fresh: Path = ()
    if verb in ("add", "group"):
        new: Part = Condition() if verb == "add" else Group("any", (Condition(), Condition()))
        told, fresh = added(told, path, new)
    elif verb == "remove" and path:
        told = removed(told, path)
    return draft(asked, told, fresh=fresh, typed=looked_for(data))


def looked_for(data: QueryDict) -> dict[str, str]:
    return {
        name.removeprefix(TYPED): str(value)
        for name, value in data.items()
        if name.startswith(TYPED)
    }


def settled(asked: Asked, part: Group) -> Group:
    """Where another operator takes other values, the old ones go."""

    def settle(each: Part) -> Part:
        if isinstance(each, Group):
            return settled(asked, each)
        chosen = asked.shape.filters.get(each.filter)
        if chosen is None:
            return Condition(each.filter)
        operators = asked.shape.operators(chosen)
        if each.operator not in operators:
            return Condition(each.filter, next(iter(operators)))
        takes = operators[each.operator].takes
        if takes == "many":
            values = each.values
            if not isinstance(chosen.options, Finder):
                known = {option.value for option in asked.shape.options(chosen)}
                values = tuple(value for value in values if value in known)
            return replace(each, values=values)
        amount = {"one": 1, "two": 2, "length": 2, "period": 1}.get(takes, 0)
        return replace(each, values=each.values[:amount])

    return Group(part.joined, tuple(settle(each) for each in part.parts))


def added(group: Group, path: Path, new: Part) -> tuple[Group, Path]:
    """The new part at the end of the group at that place, and where its first box is."""
    if path and path[0] < len(group.parts) and isinstance(group.parts[path[0]], Group):
        inner, fresh = added(_group(group.parts[path[0]]), path[1:], new)
        return _put(group, path[0], inner), (path[0], *fresh)
    place: Path = (len(group.parts),)
    return (
        replace(group, parts=(*group.parts, new)),
        (*place, 0) if isinstance(new, Group) else place,
    )


def removed(group: Group, path: Path) -> Group:
    first, rest = path[0], path[1:]
    if first >= len(group.parts):
        return group
    if not rest:
        return replace(group, parts=group.parts[:first] + group.parts[first + 1 :])
    inner = group.parts[first]
    return _put(group, first, removed(inner, rest)) if isinstance(inner, Group) else group


def _group(part: Any) -> Group:
    return part if isinstance(part, Group) else Group()


def _put(group: Group, index: int, part: Group) -> Group:
    if not part.parts:
        return replace(group, parts=group.parts[:index] + group.parts[index + 1 :])
    return replace(group, parts=(*group.parts[:index], part, *group.parts[index + 1 :]))
