"""What a page was asked for: which list, filtered and sorted how; and the address that asks it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from crm.lists import orders, shelf
from crm.lists.checking import Checked, check
from crm.lists.declaration import Builtin, Column, ListOf, Rows
from crm.lists.shape import Shape
from crm.lists.shelf import Shelf, Shelved
from crm.lists.tree import Group, Unreadable, from_address, to_address
from crm.lists.wording import Reader, reader_of
from crm.shell.links import link


@dataclass
class Asked:
    """`unreadable` where the address held a filter that is none; the list's own is shown then.

    home: the address of the page that shows it, where that isn't the list's own.
    """

    shape: Shape
    shelf: Shelf
    current: Shelved
    tree: Group
    sort: str
    reader: Reader
    unreadable: bool = False
    home: str = ""

    @property
    def listed(self) -> ListOf:
        return self.shape.listed

    @cached_property
    def checked(self) -> Checked:
        return check(self.shape, self.tree, self.reader)

    @property
    def address(self) -> str:
        """The filter, as hidden fields send it along."""
        return to_address(self.tree)

    @property
    def change_url(self) -> str:
        """Where the editor asks for itself after a choice."""
        return reverse("list_filter", args=[self.listed.name])

    @property
    def place(self) -> str:
        return self.home or link(self.listed.url_name)

    @property
    def all_url(self) -> str:
        """With no condition at all."""
        return self._at({"q": ""} if self.home else {"list": self.current.key, "q": ""})

    @property
    def changed(self) -> bool:
        return self.tree != self.current.tree or self.sort != self.current.sort

    @cached_property
    def columns(self) -> list[Column]:
        return self.shape.shown_columns(self.current.columns)

    @property
    def order(self) -> orders.Order:
        column = self.shape.column(self.sort.removeprefix("-"))
        assert column is not None  # noqa: S101  (see sort_of)
        assert column.sort is not None  # noqa: S101
        return orders.order(self.listed.name, self.sort, column.sort)

    @property
    def matching(self) -> Rows:
        """All rows that match, as the room gives them; none where the filter is wrong."""
        rows = self.listed.rows()
        return rows.filter(self.checked.q) if self.checked.ok else rows.none()

    @property
    def rows(self) -> Rows:
        """The same, with what the columns show."""
        rows = self.matching
        for prepare in dict.fromkeys(column.prepare for column in self.columns):
            rows = prepare(rows) if prepare else rows
        return rows

    def parameters(self, asked: Group | None = None, sort: str = "", **more: str) -> dict[str, str]:
        """Only what differs from the list as it is kept."""
        asked, sort = self.tree if asked is None else asked, sort or self.sort
        found = {} if self.home else {"list": self.current.key}
        if asked != self.current.tree:
            found["q"] = to_address(asked)
        if sort != self.current.sort:
            found["sort"] = sort
        return found | more

    @property
    def walk(self) -> str:
        """What a row's own page is told, so that it leads on to the next."""
        return urlencode(self.parameters()) if self.listed.walks else ""

    def url(self, asked: Group | None = None, sort: str = "", **more: str) -> str:
        return self._at(self.parameters(asked, sort, **more))

    def _at(self, parameters: dict[str, str]) -> str:
        joint = "&" if "?" in self.place else "?"
        return f"{self.place}{joint}{urlencode(parameters)}" if parameters else self.place


def asked(request: HttpRequest, listed: ListOf, data: QueryDict | None = None) -> Asked:
    """`data` is what was sent, where that isn't the address."""
    told = request.GET if data is None else data
    shape, shelves = Shape(listed), shelf.shelf_of(request)
    current = shelves.find(listed.name, told.get("list", "")) or first_of(shelves, listed)
    found, unreadable = current.tree, False
    if "q" in told:
        try:
            found = from_address(told.get("q", ""))
        except Unreadable:
            unreadable = True
    sort = sort_of(shape, told.get("sort", ""), current.sort)
    return Asked(shape, shelves, current, found, sort, reader_of(request), unreadable)


def filtered(request: HttpRequest, listed: ListOf, data: QueryDict, *, home: str) -> Asked:
    """For a page of another kind, as a board: a filter over all rows, and none of the lists."""
    current = shelf.declared(listed, Builtin("", ""), 0)
    shape, shelves = Shape(listed), shelf.shelf_of(request)
    found, unreadable = current.tree, False
    try:
        found = from_address(data.get("q", ""))
    except Unreadable:
        unreadable = True
    return Asked(shape, shelves, current, found, current.sort, reader_of(request), unreadable, home)


def first_of(shelves: Shelf, listed: ListOf) -> Shelved:
    """All may be hidden; the first is shown then."""
    shown = shelves.of(listed.name) or shelves.of(listed.name, hidden=True)
    return shown[0]


def sort_of(shape: Shape, *names: str) -> str:
    for name in (*names, shape.listed.sort):
        column = shape.column(name.removeprefix("-")) if name else None
        if column is not None and column.sort is not None:
            return name
    return shape.listed.sort
