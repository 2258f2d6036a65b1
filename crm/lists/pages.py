"""The page of a list. A room's view is `return pages.show(request, LEADS)`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString

from crm.lists import cursors, editing, paging, wording
from crm.lists.asking import Asked, asked
from crm.lists.cells import classes, row_of_cells, shower
from crm.lists.chips import Chip, chips
from crm.lists.counting import Amount
from crm.lists.declaration import Column, ListOf
from crm.lists.forms import ColumnsForm, ListForm
from crm.lists.limits import PAGE_MS, TooSlow, within
from crm.lists.paging import Page
from crm.lists.shelf import Shelved
from crm.models import BulkRun
from crm.shell.links import link

SIZE = 50
# A refresh brings back as many rows as were there.
LONGEST = 500
PREVIEW = "preview"


def show(
    request: HttpRequest,
    listed: ListOf,
    *,
    template: str = "crm/lists/list.html",
    **context: Any,
) -> HttpResponse:
    """The page; asked by its own end for more, the rows that follow."""
    shown = asked(request, listed)
    page = ListPage(request, shown)
    if request.headers.get("HX-Target") == "more":
        return render(request, "crm/lists/_rows.html", {"page": page, "more": True})
    if page.past_the_end and not page.back_url:
        return redirect(shown.url())
    return render(request, template, {"page": page, **context})


@dataclass(frozen=True)
class Head:
    """A column's head: where a click on it leads, and how it is sorted now."""

    column: Column
    url: str = ""
    sorted: str = ""

    @property
    def classes(self) -> str:
        return classes(self.column)


@dataclass(frozen=True)
class Row:
    id: str
    name: str
    url: str
    title: object
    cells: SafeString
    # Where it stands in the order, for those who walk on from it.
    place: str = ""


class ListPage:
    """What the template shows, each part made when it is asked for."""

    def __init__(self, request: HttpRequest, shown: Asked) -> None:
        self.request, self.asked = request, shown
        self.listed, self.shape, self.columns = shown.listed, shown.shape, shown.columns
        self.too_slow = False
        self.found = self._found()

    def _found(self) -> Page:
        try:
            with within(PAGE_MS):
                return self._page()
        except TooSlow:
            self.too_slow = True
            return Page([])

    def _page(self) -> Page:
        rows, order, told = self.asked.rows, self.asked.order, self.request.GET
        try:
            if told.get("after"):
                return paging.page_after(rows, order, told["after"], self.size)
            if told.get("before"):
                return paging.page_before(rows, order, told["before"], self.size)
        except cursors.NoPlace:
            pass  # of another order, or from another house: the beginning is shown
        return paging.first_page(rows, order, self.size)

    @property
    def size(self) -> int:
        told = self.request.GET.get("rows", "")
        shown = int(told) if told.isascii() and told.isdigit() and len(told) < 5 else SIZE
        return max(SIZE, min(shown, LONGEST))

    @property
    def past_the_end(self) -> bool:
        return not self.found.rows and bool(self.found.before or self.found.after)

    @cached_property
    def rows(self) -> list[Row]:
        first, *others = self.columns
        title, cells = shower(first), row_of_cells(others)
        place = self.asked.order.place if self.listed.walks else lambda _row: ""
        return [
            Row(
                id=str(row.pk),
                name=self.listed.row_name(row),
                url=self.listed.row_url(row),
                title=title(row),
                cells=cells(row),
                place=place(row),
            )
            for row in self.found.rows
        ]

    @property
    def more_url(self) -> str:
        return self.asked.url(after=self.found.after) if self.found.after else ""

    @property
    def back_url(self) -> str:
        return self.asked.url(before=self.found.before) if self.found.before else ""

    @property
    def here(self) -> str:
        """The address of this very page, for refreshing it."""
        query = self.request.GET.copy()
        query.pop("rows", None)
        return f"{self.request.path}?{query.urlencode()}"

    @cached_property
    def heads(self) -> list[Head]:
        return [self._head(column) for column in self.columns]

    def _head(self, column: Column) -> Head:
        if column.sort is None:
            return Head(column)
        up, down = column.name, f"-{column.name}"
        now = {up: "ascending", down: "descending"}.get(self.asked.sort, "")
        first = down if column.sort.descending else up
        other = {up: down, down: up}.get(self.asked.sort, first)
        return Head(column, self.asked.url(sort=other), now)

    @cached_property
    def tabs(self) -> list[Shelved]:
        tabs = self.asked.shelf.of(self.listed.name)
        return tabs if self.asked.current in tabs else [*tabs, self.asked.current]

    @property
    def hidden(self) -> list[Shelved]:
        return [each for each in self.asked.shelf.of(self.listed.name, hidden=True) if each.hidden]

    @property
    def home(self) -> str:
        return link(self.listed.url_name)

    @cached_property
    def chips(self) -> list[Chip]:
        return chips(self.asked)

    @property
    def any_of(self) -> bool:
        return self.asked.tree.joined == "any"

    @cached_property
    def amount(self) -> Amount:
        """Nothing is counted for a page: what isn't all on it is asked for once it is there."""
        if not self.asked.checked.ok:
            return Amount(0)
        if not (self.too_slow or self.found.after or self.found.before):
            return Amount(len(self.found.rows))
        current = self.asked.current
        if self.asked.tree == current.tree and current.amount is not None:
            return Amount(current.amount, at=current.counted_at)
        return Amount(len(self.found.rows) or None, more=True)

    @property
    def counts_on(self) -> bool:
        """What the worker left may be old, so it is asked again as well."""
        return bool(self.found.after or self.found.before) and not self.too_slow

    @property
    def amount_words(self) -> str:
        return amount_words(self.amount, self.listed)

    @cached_property
    def editor(self) -> editing.Draft:
        return editing.draft(self.asked, self.asked.tree, fresh=(0,))

    @property
    def bulk(self) -> list[Any]:
        return list(self.shape.bulk.values())

    @cached_property
    def run(self) -> BulkRun | None:
        going_on = BulkRun.objects.going_on().filter(kind=self.listed.name)
        return going_on.order_by("due_at").first()

    @property
    def preview_open(self) -> bool:
        return self.request.COOKIES.get(PREVIEW) != "0"

    @property
    def save_form(self) -> ListForm:
        return ListForm(self.asked)

    @property
    def rename_form(self) -> ListForm:
        return ListForm.of(self.asked)

    @property
    def columns_form(self) -> ColumnsForm:
        return ColumnsForm(self.asked)


def amount_words(amount: Amount, listed: ListOf) -> str:
    if amount.number is None:
        return f"Many {listed.noun[1]}"
    if amount.more:
        return f"{amount.number:,}+ {listed.noun[1]}"
    return wording.amount(amount.number, listed.noun)
