"""What a room says of its list: columns, filters, bulk actions, the lists there are from the start.

A room writes one `ListOf` and hands it to `registry.register` in its `AppConfig.ready`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django import forms
from django.db import models
from django.db.models import Q
from django.db.models.expressions import Combinable

Rows = models.QuerySet[Any]
Prepare = Callable[[Rows], Rows]


@dataclass(frozen=True)
class Stretch:
    """Rows that stand together, before or after those of another stretch. No row is in two.

    name: how a place in it is called; it stays while the stretch is the same.
    rows: of all rows those that stand in it, joined with what it is sorted by.
    by: its keys, the last one unique; in all but the last stretch they are of the same types.
    last: who has nothing to be sorted by: they end the list whichever way it goes, and are looked
    for only where the others don't fill a page.
    """

    name: str
    rows: Prepare
    by: Sequence[str | Combinable]
    last: bool = False


@dataclass(frozen=True)
class Sort:
    """What a column is sorted by when its head is first clicked; the second click turns all of it
    round. A field or expression that is never null, so that every row has its place. An index over
    the keys in these directions, with the id last, makes both ways quick.

    then: further keys for rows that are equal, "-name" goes down; the id follows, upwards.
    stretches: where no one index has the order: it is put together of some that have.
    """

    by: str | Combinable = ""
    descending: bool = False
    then: Sequence[str] = ()
    stretches: Callable[[], Sequence[Stretch]] | None = None


@dataclass(frozen=True)
class Column:
    """show: an attribute ("stage.name"), a template ("leads/people/cells/stage.html", which gets
    `row`), or a function from the row to text.

    prepare: loads what the cell shows, for the whole page at once; used once if columns share it.
    drops: 1 leaves first when the table gets narrow, 0 stays.
    phone: on the second line there, at the end of the first, or not at all. The first column
    is always the first line's.
    export: what stands in a file, where the cell shows something else.
    """

    name: str
    label: str
    show: str | Callable[[Any], object]
    sort: Sort | None = None
    number: bool = False
    clip: bool = False
    drops: int = 0
    default: bool = True
    phone: Literal["", "line", "end"] = ""
    prepare: Prepare | None = None
    export: Callable[[Any], object] | None = None


@dataclass(frozen=True)
class Option:
    value: str
    label: str


@dataclass(frozen=True)
class Finder:
    """For what there is too much of to list: `search` by typed words, `named` by values."""

    search: Callable[[str], Sequence[Option]]
    named: Callable[[Sequence[str]], Sequence[Option]]


@dataclass(frozen=True)
class Related:
    """Rows of another table that speak of ours: tags, values of custom fields, interactions.

    to: the field that points to our row. only: which of them count.
    """

    model: type[models.Model]
    to: str
    only: Q = field(default_factory=Q)


Build = Callable[[str, Sequence[Any]], Q]


@dataclass(frozen=True)
class Filter:
    """Something to choose by. `kind` is one of `crm.lists.kinds.KINDS`.

    by: the field, seen from our row or, with `related`, from the other table's.
    build: makes the condition itself, from the operator's name and the values, where `by` can't;
    what denies another operator ("no", "none_of", "empty") is that one, denied.
    operators: a choice of the kind's, in another order if wished.
    words: the operator's words in this filter's own, {"next": "within"}.
    group: under which heading it stands in the picker.
    """

    name: str
    label: str
    kind: str
    by: str = ""
    options: Callable[[], Sequence[Option]] | Finder | None = None
    related: Related | None = None
    build: Build | None = None
    operators: Sequence[str] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    group: str = ""


@dataclass(frozen=True)
class Outcome:
    """What a bulk action did to a batch: how many rows, and how many it left, by the reason why."""

    done: int
    left: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class BulkAction:
    """Something to do to many rows at once, inside one operation that can be undone.

    run: does it to a batch, a queryset of at most 500 rows, with the form's cleaned data. It must
    be made of statements over the whole batch, and can be asked again after a rollback.
    done: says it in the past, "12 people tagged"; gets the number and the form's data.
    asks: what its form is called and its button says, where the label is too short for that.
    """

    name: str
    label: str
    icon: str
    run: Callable[[Rows, Mapping[str, Any]], Outcome]
    done: Callable[[int, Mapping[str, Any]], str]
    form: type[forms.Form] | None = None
    recent_sign_in: bool = False
    danger: bool = False
    asks: str = ""

    @property
    def asking(self) -> str:
        return self.asks or self.label


@dataclass(frozen=True)
class BulkPage:
    """Something to do with some ticked rows that takes a page of its own: their ids are posted to
    it as `id`. It says itself when they are too few or too many."""

    label: str
    icon: str
    url_name: str


@dataclass(frozen=True)
class Builtin:
    """A list that is there from the start. It can be changed and hidden, never lost."""

    name: str
    label: str
    query: Mapping[str, Any] = field(default_factory=dict)
    sort: str = ""
    icon: str = "list"
    pinned: bool = False
    columns: Sequence[str] = ()


@dataclass(frozen=True)
class More:
    filters: Sequence[Filter] = ()
    columns: Sequence[Column] = ()


@dataclass(frozen=True)
class ListOf:
    """A kind of list.

    name: in addresses and in saved lists, "leads"; never changes.
    noun: one and many of it, ("person", "people").
    url_name: the page that shows it, by `crm.lists.pages.show`.
    rows: all that can be listed.
    sort: the column by which it is sorted unless something else is said, "-score".
    row_name, row_url: how a row is called, and what Enter opens.
    preview: a template that gets `row`, prepared by `prepare_preview`.
    more: filters and columns that are data, as custom fields are; asked once a page.
    empty: what helps where there are none yet; add: what makes the first, and its page's name.
    walks: whether a row's own page leads on to the next one (crm.lists.walking).
    """

    name: str
    label: str
    noun: tuple[str, str]
    url_name: str
    rows: Callable[[], Rows]
    columns: Sequence[Column]
    filters: Sequence[Filter]
    sort: str
    row_url: Callable[[Any], str]
    row_name: Callable[[Any], str] = str
    builtin: Sequence[Builtin] = (Builtin("all", "All"),)
    bulk: Sequence[BulkAction] = ()
    pages: Sequence[BulkPage] = ()
    preview: str = ""
    prepare_preview: Prepare | None = None
    empty: str = "They appear here as soon as there are some."
    add: tuple[str, str] | None = None
    more: Callable[[], More] | None = None
    exports: bool = True
    walks: bool = False
