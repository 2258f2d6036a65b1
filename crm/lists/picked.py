"""Several out of any number, in any form: looked for while one types, and ticked.

The boxes and the search are those of a list's filter. Words that nothing was ticked for are taken
where they are the name of one, or nothing is like them; else one is asked which is meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model

from crm.lists import registry
from crm.lists.declaration import Filter, Finder, Option
from crm.lists.shape import Shape
from crm.lists.values import UNSEARCHABLE

# Before a filter's name: what was typed to look for its options.
TYPED = "typed."
# Before a name that nobody has yet.
NEW = "new:"
MOST = 30
GONE = "One of the chosen is no longer there. Choose again."
ODD = "It holds a character that can't be looked for. Type it again."


@dataclass(frozen=True)
class Picked:
    ticked: Sequence[str] = ()
    typed: str = ""


def words(typed: str) -> list[str]:
    """What is parted by commas, each once."""
    parts = (" ".join(part.split()) for part in typed.split(","))
    return list({part.casefold(): part for part in parts if part}.values())


def offered(
    shape: Shape, of: Filter, picked: Picked, *, parted: bool, may_add: bool = False
) -> list[Option]:
    """What is ticked, what was found for the words, and the words themselves as new ones. Each
    word is a search: no more are looked for than may be chosen.

    parted: by commas, as a form reads them; a filter looks for all that was typed at once.
    """
    looked = words(picked.typed)[:MOST] if parted else [picked.typed]
    found = [each for word in looked or [""] for each in shape.offered(of, picked.ticked, word)]
    if may_add:
        known = {name.casefold() for option in found for name in called(option)}
        fresh = [each.removeprefix(NEW) for each in picked.ticked if each.startswith(NEW)]
        fresh += [word for word in looked if word.casefold() not in known]
        found += [Option(f"{NEW}{name}", f"New: {name}") for name in fresh]
    return list({option.value: option for option in found}.values())


def called(option: Option) -> tuple[str, str]:
    """A place goes by its name alone, too."""
    return option.label, option.label.partition(", ")[0]


class PickedInput(forms.Widget):
    template_name = "crm/lists/_picked.html"
    field: PickedField

    def value_from_datadict(self, data: Any, _files: Any, name: str) -> Picked:
        ticked = data.getlist(name) if hasattr(data, "getlist") else data.get(name, ())
        return Picked(ticked, data.get(f"{TYPED}{self.field.filter}", "").strip())

    def use_required_attribute(self, _initial: Any) -> bool:
        """A tick will do as well."""
        return False

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        picked = value if isinstance(value, Picked) else Picked()
        return super().get_context(name, None, attrs) | {
            "field": self.field,
            "name": name,
            "typed": picked.typed,
            "ticked": picked.ticked,
            "options": self.field.offered(picked),
        }


class PickedField(forms.Field):
    """Answers with rows of `model`, those that are new unsaved.

    listed, filter: the filter of a list by whose search they are found. `there` is what was
    chosen before: its boxes are ticked without anybody having looked for them. What is gone
    meanwhile is left out, or, where that is `strict`, refused.
    """

    widget = PickedInput

    def __init__(
        self,
        model: type[Model],
        *,
        listed: str,
        filter: str,
        label: str,
        may_add: bool = True,
        strict: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(label=label, **options)
        self.model, self.listed, self.filter, self.may_add = model, listed, filter, may_add
        self.strict = strict
        self.longest = getattr(model._meta.get_field("name"), "max_length", None)
        self.there: Sequence[Model] = ()
        self._knows_its_field()

    def __deepcopy__(self, memo: Any) -> PickedField:
        copied: PickedField = super().__deepcopy__(memo)
        copied._knows_its_field()
        return copied

    def _knows_its_field(self) -> None:
        assert isinstance(self.widget, PickedInput)  # noqa: S101  (it is drawn by no other)
        self.widget.field = self

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, Picked) else Picked([str(row.pk) for row in value or ()])

    def offered(self, picked: Picked) -> list[Option]:
        shape, of = self._asked()
        return offered(shape, of, picked, parted=True, may_add=self.may_add)

    def said(self, rows: Sequence[Model]) -> list[str]:
        """What a form that is ticked so sends, for what `clean` answered."""
        return [f"{NEW}{row}" if row.pk is None else str(row.pk) for row in rows]

    def clean(self, value: Picked) -> list[Any]:
        if UNSEARCHABLE.search("".join([value.typed, *value.ticked])):
            raise ValidationError(ODD)
        typed = words(value.typed)
        self._check_words(typed)
        shape, of = self._asked()
        old = {each for each in value.ticked if not each.startswith(NEW)}
        ticked = shape.options(of, sorted(old))
        if self.strict and len(ticked) < len(old):
            raise ValidationError(GONE)
        new = [each.removeprefix(NEW) for each in value.ticked if each.startswith(NEW)]
        known, unknown = self._read(shape, of, typed, ticked, new)
        new = words(",".join([*new, *unknown])) if self.may_add else []
        keys = {option.value for option in (*ticked, *known)}
        self._check(len(keys), new)
        rows = list(self.model._default_manager.filter(pk__in=keys)) if keys else []
        return [*rows, *map(self._named, new)]

    def _named(self, name: str) -> Model:
        same = self.model._default_manager.filter(name__iexact=name)
        return same.first() or self.model(name=name)

    def _asked(self) -> tuple[Shape, Filter]:
        listed = registry.find(self.listed)
        assert listed is not None  # noqa: S101  (registered when the house starts)
        shape = Shape(listed)
        of = shape.filter(self.filter)
        assert of is not None  # noqa: S101
        return shape, of

    def _read(
        self, shape: Shape, of: Filter, typed: list[str], ticked: list[Option], new: list[str]
    ) -> tuple[list[Option], list[str]]:
        """The words that were typed: those that mean one, and those that nobody has yet."""
        known: list[Option] = []
        unknown: list[str] = []
        chosen = {option.value for option in ticked}
        fresh = chosen - {str(row.pk) for row in self.there}
        for word in typed:
            found = shape.offered(of, (), word)
            same = [each for each in found if word.casefold() in map(str.casefold, called(each))]
            if word in new or any(each.value in chosen for each in same):
                continue
            if not same and any(each.value in fresh for each in found):
                continue  # It was what one looked for, and what was found is ticked.
            if len(same) == 1:
                known += same
            elif found or not self.may_add:
                raise ValidationError(self._which(word, found))
            else:
                unknown.append(word)
        return known, unknown

    def _which(self, word: str, found: Sequence[Option]) -> str:
        if not found:
            return f"Nothing is called {word}. Choose one that is there."
        or_new = ", or the new one" if self.may_add else ""
        return f"Tick which you mean by {word}{or_new}."

    def _check_words(self, typed: Sequence[str]) -> None:
        """Before anything is looked for: each word is a search."""
        if self.longest and any(len(name) > self.longest for name in typed):
            raise ValidationError(f"Each may have {self.longest} letters. Part them by commas.")
        if len(typed) > MOST:
            raise ValidationError(f"Up to {MOST}, parted by commas.")

    def _check(self, known: int, new: list[str]) -> None:
        self._check_words(new)
        if known + len(new) > max(MOST, len(self.there)):
            raise ValidationError(f"Up to {MOST}, parted by commas.")
        if self.required and not known + len(new):
            raise ValidationError(self.error_messages["required"], code="required")


def finder(shape: Shape, name: str) -> Filter | None:
    """The filter of that name, where it is looked for by typing."""
    found = shape.filters.get(name)
    return found if found and isinstance(found.options, Finder) else None
