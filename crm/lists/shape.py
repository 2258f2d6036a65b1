"""A kind of list as one page sees it, with the filters and columns that are data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from crm.lists.declaration import BulkAction, Column, Filter, Finder, ListOf, More, Option
from crm.lists.kinds import KINDS, Operator
from crm.lists.values import UNSEARCHABLE


@dataclass
class Shape:
    listed: ListOf
    _options: dict[tuple[str, ...], list[Option]] = field(default_factory=dict)

    @cached_property
    def more(self) -> More:
        return self.listed.more() if self.listed.more else More()

    @cached_property
    def filters(self) -> dict[str, Filter]:
        return {each.name: each for each in (*self.listed.filters, *self.more.filters)}

    @cached_property
    def columns(self) -> dict[str, Column]:
        return {each.name: each for each in (*self.listed.columns, *self.more.columns)}

    def filter(self, name: str) -> Filter | None:
        """Those that are data are asked for only where none of the room's is called so."""
        mine = next((each for each in self.listed.filters if each.name == name), None)
        return mine or self.filters.get(name)

    def column(self, name: str) -> Column | None:
        mine = next((each for each in self.listed.columns if each.name == name), None)
        return mine or self.columns.get(name)

    @cached_property
    def bulk(self) -> dict[str, BulkAction]:
        return {action.name: action for action in self.listed.bulk}

    def operators(self, of: Filter) -> dict[str, Operator]:
        """What can be asked, in the filter's own words."""
        known = KINDS[of.kind].operators
        return {
            name: Operator(of.words.get(name, known[name].words), known[name].takes)
            for name in of.operators or known
        }

    def options(self, of: Filter, values: Sequence[str] = ()) -> list[Option]:
        """All there are, or, where there are too many, those that are chosen."""
        found = isinstance(of.options, Finder)
        if of.options is None or (found and not values):
            return []
        key = (of.name, *values) if found else (of.name,)
        if key not in self._options:
            asked = of.options
            options = asked.named(values) if isinstance(asked, Finder) else asked()
            self._options[key] = list(options)
        return self._options[key]

    def offered(self, of: Filter, values: Sequence[str], typed: str) -> list[Option]:
        """For somebody who chooses: what is chosen, and what was looked for; or all there are."""
        chosen = self.options(of, values)
        if not isinstance(of.options, Finder) or UNSEARCHABLE.search(typed):
            return chosen
        known = {option.value for option in chosen}
        found = of.options.search(typed.strip())
        return [*chosen, *(each for each in found if each.value not in known)]

    def shown_columns(self, names: Sequence[str]) -> list[Column]:
        """The chosen ones in their order, without those that are gone; the first always stays."""
        chosen = [self.columns[name] for name in dict.fromkeys(names) if name in self.columns]
        if not chosen:
            chosen = [column for column in self.columns.values() if column.default]
        first = self.listed.columns[0]
        return [first, *(column for column in chosen if column.name != first.name)]
