"""What a list is filtered by: conditions joined by "all of" and "any of", groups within groups.

The tree is only shape and text here, so that what is wrong can be kept and shown; `checking` says
what it means. It is stored as JSON with a version, and travels in addresses, sealed, and forms.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.http import QueryDict

from crm.shell import sealed

VERSION = 1
# What is deeper than this is refused whole; what is a little too deep is shown, and said to be.
READABLE_DEPTH = 8
MOST_CONDITIONS = 50
MOST_VALUES = 200
LONGEST_VALUE = 500
LONGEST_ADDRESS = 16_000
PURPOSE = "filter"

Joined = Literal["all", "any"]
Path = tuple[int, ...]


class Unreadable(ValueError):
    """No tree at all, or one that nobody has made with our pages."""


@dataclass(frozen=True)
class Condition:
    filter: str = ""
    operator: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    joined: Joined = "all"
    parts: tuple[Part, ...] = ()


Part = Condition | Group
EVERYTHING = Group()


def to_json(tree: Group) -> dict[str, Any]:
    return {"version": VERSION, **_written(tree)}


def _written(part: Part) -> dict[str, Any]:
    if isinstance(part, Group):
        return {part.joined: [_written(inner) for inner in part.parts]}
    return {"filter": part.filter, "is": part.operator, "values": list(part.values)}


def from_json(value: object) -> Group:
    if not value:
        return EVERYTHING
    if not isinstance(value, dict) or value.get("version") != VERSION:
        raise Unreadable
    tree = _read({key: inner for key, inner in value.items() if key != "version"}, 1)
    if not isinstance(tree, Group):
        raise Unreadable
    return measured(tree)


def _read(value: object, depth: int) -> Part:
    if not isinstance(value, dict) or depth > READABLE_DEPTH:
        raise Unreadable
    if set(value) == {"filter", "is", "values"}:
        return Condition(_text(value["filter"]), _text(value["is"]), _texts(value["values"]))
    if len(value) != 1 or not set(value) <= {"all", "any"}:
        raise Unreadable
    ((joined, parts),) = value.items()
    if not isinstance(parts, list):
        raise Unreadable
    return Group(joined, tuple(_read(part, depth + 1) for part in parts))


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_VALUE:
        raise Unreadable
    return value


def _texts(values: object) -> tuple[str, ...]:
    return tuple(_text(value) for value in _many(values))


def _many(values: object) -> tuple[Any, ...]:
    if not isinstance(values, list) or len(values) > MOST_VALUES:
        raise Unreadable
    return tuple(values)


def measured(tree: Group) -> Group:
    if sum(1 for _ in conditions(tree)) > MOST_CONDITIONS:
        raise Unreadable
    return tree


def to_address(tree: Group) -> str:
    if not tree.parts:
        return ""
    return sealed.seal(json.dumps(to_json(tree), separators=(",", ":")), purpose=PURPOSE)


def from_address(text: str) -> Group:
    if not text:
        return EVERYTHING
    if len(text) > LONGEST_ADDRESS:
        raise Unreadable
    try:
        return from_json(json.loads(sealed.unseal(text, purpose=PURPOSE)))
    except (ValueError, RecursionError) as error:
        raise Unreadable from error


def fingerprint(kind: str, tree: Group) -> str:
    """The same for the same question, wherever it was asked."""
    text = json.dumps([kind, to_json(tree)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:40]


def conditions(tree: Group) -> Iterator[Condition]:
    for part in tree.parts:
        if isinstance(part, Group):
            yield from conditions(part)
        else:
            yield part


# --- Forms: each part's fields are named after its place, "1.0.f" for the filter of the first
# condition in the second part. ---

NAME = re.compile(r"(?:(?P<path>\d{1,3}(?:\.\d{1,3})*)\.)?(?P<what>[gfov])")


def to_fields(tree: Group) -> list[tuple[str, str]]:
    return list(_fields(tree, ()))


def _fields(part: Part, path: Path) -> Iterator[tuple[str, str]]:
    if isinstance(part, Condition):
        yield field_name(path, "f"), part.filter
        yield field_name(path, "o"), part.operator
        yield from ((field_name(path, "v"), value) for value in part.values)
        return
    yield field_name(path, "g"), part.joined
    for index, inner in enumerate(part.parts):
        yield from _fields(inner, (*path, index))


def field_name(path: Sequence[int], what: str) -> str:
    return ".".join([*map(str, path), what])


def from_fields(data: QueryDict) -> Group:
    told: dict[Path, dict[str, list[str]]] = defaultdict(dict)
    for name, values in data.lists():
        if found := NAME.fullmatch(name):
            path = tuple(int(step) for step in (found["path"] or "").split(".") if step)
            told[path][found["what"]] = list(map(str, values))
    if len(told) > 2 * MOST_CONDITIONS:
        raise Unreadable
    tree = _assembled((), told, 1)
    return measured(tree) if isinstance(tree, Group) else EVERYTHING


def _assembled(path: Path, told: dict[Path, dict[str, list[str]]], depth: int) -> Part:
    if depth > READABLE_DEPTH:
        raise Unreadable
    mine = told.get(path, {})
    inner = sorted(other for other in told if len(other) > len(path) and other[: len(path)] == path)
    if path and "g" not in mine:
        first = {what: values[0] for what, values in mine.items() if what in "fo"}
        # Longer than may be kept: that is said beside it, where it was typed.
        return Condition(first.get("f", ""), first.get("o", ""), _many(mine.get("v", [])))
    joined: Joined = "any" if mine.get("g") == ["any"] else "all"
    steps = dict.fromkeys(other[len(path)] for other in inner)
    return Group(joined, tuple(_assembled((*path, step), told, depth + 1) for step in steps))
