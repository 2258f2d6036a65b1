"""The kinds of filter: what can be asked of each, which values that takes, what it means."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import DecimalField, Q, Value

from crm.lists import values as clean
from crm.lists.values import Reader

Takes = Literal["nothing", "one", "two", "many", "length", "period"]
Make = Callable[[str, str, Sequence[Any], Reader], Q]


@dataclass(frozen=True)
class Operator:
    """`words` has {} where the values stand. With `opposite` it is true where that one isn't."""

    words: str
    takes: Takes = "one"
    opposite: str = ""

    @property
    def picked(self) -> str:
        """As the picker names it: "is between … and …"."""
        return self.words.replace("{}", "…")


@dataclass(frozen=True)
class Kind:
    name: str
    operators: Mapping[str, Operator]
    value: clean.Value
    make: Make


LOOKUPS = {
    "has": "icontains",
    "is": "exact",
    "starts": "istartswith",
    "any_of": "in",
    "at_least": "gte",
    "at_most": "lte",
    "between": "range",
}


def by_lookup(by: str, operator: str, values: Sequence[Any], _reader: Reader) -> Q:
    if operator in ("filled", "some"):
        return Q((f"{by}__isnull", False))
    if operator == "yes":
        return Q((by, True))
    value = list(values) if operator in ("any_of", "between") else values[0]
    return Q((f"{by}__{LOOKUPS[operator]}", value))


def by_number(by: str, operator: str, values: Sequence[Any], reader: Reader) -> Q:
    """A fraction stays one beside a column of whole numbers, which would cut it off."""
    fit = [
        int(value) if value == value.to_integral_value() else Value(value, DecimalField())
        for value in values
    ]
    return by_lookup(by, operator, fit, reader)


def by_text(by: str, operator: str, values: Sequence[Any], reader: Reader) -> Q:
    if operator == "filled":
        return Q((f"{by}__gt", ""))
    if operator == "is":
        return Q((f"{by}__iexact", values[0]))
    return by_lookup(by, operator, values, reader)


def by_span(edge: Callable[[Any], Any]) -> Make:
    def make(by: str, operator: str, values: Sequence[Any], reader: Reader) -> Q:
        if operator == "filled":
            return Q((f"{by}__isnull", False))
        start, end = clean.span(operator, values, reader.today)
        found = Q()
        if start is not None:
            found &= Q((f"{by}__gte", edge(start)))
        if end is not None:
            found &= Q((f"{by}__lt", edge(end)))
        return found

    return make


NOTHING: Takes = "nothing"
FILLED = {
    "filled": Operator("is known", NOTHING),
    "empty": Operator("is not known", NOTHING, opposite="filled"),
}
DATED = {
    "past": Operator("in the last {}", "length"),
    "next": Operator("within the next {}", "length"),
    "older": Operator("more than {} ago", "length"),
    "older_or_never": Operator("more than {} ago, or never", "length", opposite="since_then"),
    "later": Operator("more than {} from now", "length"),
    "in": Operator("is {}", "period"),
    "on": Operator("on {}"),
    "since": Operator("on or after {}"),
    "until": Operator("on or before {}"),
    "between": Operator("between {} and {}", "two"),
    **FILLED,
}
TOUCHED = {
    "older_or_never": DATED["older_or_never"],
    "older": DATED["older"],
    "past": DATED["past"],
    "in": Operator("was {}", "period"),
    "on": DATED["on"],
    "since": DATED["since"],
    "until": DATED["until"],
    "between": DATED["between"],
    "filled": Operator("was ever", NOTHING),
    "empty": Operator("was never", NOTHING, opposite="filled"),
}
CHOSEN = {
    "any_of": Operator("is {}", "many"),
    "none_of": Operator("is not {}", "many", opposite="any_of"),
    **FILLED,
}
NUMBERS = {
    "at_least": Operator("is at least {}"),
    "at_most": Operator("is at most {}"),
    "is": Operator("is {}"),
    "between": Operator("is between {} and {}", "two"),
    **FILLED,
}
AMOUNTS = {
    "at_least": Operator("from {}"),
    "at_most": Operator("up to {}"),
    "between": Operator("from {} to {}", "two"),
    **FILLED,
}
WORDS = {
    "has": Operator("contains {}"),
    "starts": Operator("begins with {}"),
    "is": Operator("is {}"),
    **FILLED,
}
MANY = {
    "any_of": Operator("has {}", "many"),
    "all_of": Operator("has all of {}", "many"),
    "none_of": Operator("has none of {}", "many", opposite="any_of"),
    "some": Operator("has any at all", NOTHING),
    "empty": Operator("has none at all", NOTHING, opposite="some"),
}
ANSWERS = {"yes": Operator("is yes", NOTHING), "no": Operator("is no", NOTHING, opposite="yes")}

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("text", WORDS, clean.TEXT, by_text),
        Kind("choice", CHOSEN, clean.CHOICE, by_lookup),
        Kind("relation", CHOSEN, clean.CHOICE, by_lookup),
        Kind("many", MANY, clean.CHOICE, by_lookup),
        Kind("number", NUMBERS, clean.NUMBER, by_number),
        Kind("money", AMOUNTS, clean.MONEY, by_number),
        Kind("date", DATED, clean.DATE, by_span(clean.as_day)),
        Kind("moment", DATED, clean.DATE, by_span(clean.as_moment)),
        Kind("activity", TOUCHED, clean.DATE, by_span(clean.as_moment)),
        Kind("yes_no", ANSWERS, clean.TEXT, by_lookup),
    )
}
