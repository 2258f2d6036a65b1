"""Saved lists: made, changed, put away."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from crm.lists import services
from crm.lists.asking import Asked
from crm.lists.forms import ColumnsForm, ListForm
from crm.lists.services import NameTaken
from crm.lists.shelf import Shelved
from crm.lists.views.finding import asked_by_form, refreshed, to_list
from crm.shell.once import once
from crm.shell.toasts import flash, toast


def undo_url(operation: object) -> str:
    return reverse("undo", args=[operation])


def name_is_free(asked: Asked, name: str, but: Shelved | None = None) -> bool:
    """Those from the start have no row to conflict with until they are changed."""
    others = (each for each in asked.shelf.of(asked.listed.name, hidden=True) if each != but)
    return name.casefold() not in {each.label.casefold() for each in others}


@require_POST
@once
def save(request: HttpRequest, kind: str) -> HttpResponse:
    asked = asked_by_form(request, kind)
    form = ListForm(asked, request.POST)
    if form.is_valid() and asked.checked.ok and name_is_free(asked, form.cleaned_data["name"]):
        try:
            made = services.save_as(
                kind=kind,
                asked=asked.checked.tree,
                sort=asked.sort,
                like=asked.current,
                **form.cleaned_data,
            )
        except NameTaken:
            form.refuse_name()
        else:
            flash(request, f"{made.row.name} is saved.", undo_url=undo_url(made.operation))
            return to_list(request, asked.listed, made.row.id.hex)
    elif form.is_valid():
        form.refuse_name()
    return render(request, "crm/lists/_save.html", {"form": form, "asked": asked})


@require_POST
def save_changes(request: HttpRequest, kind: str) -> HttpResponse:
    asked = asked_by_form(request, kind)
    if not asked.checked.ok:
        return toast(HttpResponse(status=204), "Not saved. The filter has a mistake.", tone="bad")
    done = services.save_changes(to=asked.current, asked=asked.checked.tree, sort=asked.sort)
    flash(request, f"{asked.current.label} is saved as it is now.", undo_url=undo_url(done))
    return to_list(request, asked.listed, asked.current.key)


@require_POST
def rename(request: HttpRequest, kind: str) -> HttpResponse:
    asked = asked_by_form(request, kind)
    form = ListForm.of(asked, request.POST)
    if form.is_valid() and name_is_free(asked, form.cleaned_data["name"], asked.current):
        try:
            done = services.rename(of=asked.current, **form.cleaned_data)
        except NameTaken:
            form.refuse_name()
        else:
            flash(request, "Saved.", undo_url=undo_url(done))
            return to_list(request, asked.listed, asked.current.key)
    elif form.is_valid():
        form.refuse_name()
    return render(request, "crm/lists/_rename.html", {"form": form, "asked": asked})


@require_POST
@once
def duplicate(request: HttpRequest, kind: str) -> HttpResponse:
    asked = asked_by_form(request, kind)
    taken = [each.label for each in asked.shelf.of(kind, hidden=True)]
    made = services.duplicate(of=asked.current, taken=taken)
    flash(request, f"{made.row.name} is saved.", undo_url=undo_url(made.operation))
    return to_list(request, asked.listed, made.row.id.hex)


@require_POST
def put_away(request: HttpRequest, kind: str) -> HttpResponse:
    asked = asked_by_form(request, kind)
    done = services.put_away(what=asked.current)
    how = "hidden" if asked.current.builtin else "deleted"
    flash(request, f"{asked.current.label} is {how}.", undo_url=undo_url(done))
    return to_list(request, asked.listed)


@require_POST
def show_again(request: HttpRequest, kind: str) -> HttpResponse:
    asked = asked_by_form(request, kind)
    done = services.show_again(what=asked.current)
    flash(request, f"{asked.current.label} is shown again.", undo_url=undo_url(done))
    return to_list(request, asked.listed, asked.current.key)


@require_POST
def move(request: HttpRequest, kind: str) -> HttpResponse:
    """One place to the left or the right."""
    asked = asked_by_form(request, kind)
    keys = [each.key for each in asked.shelf.of(kind)]
    if asked.current.key in keys:
        step = 1 if request.POST.get("to") == "right" else -1
        done = services.move(what=asked.current, to=keys.index(asked.current.key) + step)
        flash(request, f"{asked.current.label} is moved.", undo_url=undo_url(done))
    return to_list(request, asked.listed, asked.current.key)


@require_POST
def columns(request: HttpRequest, kind: str) -> HttpResponse:
    """From the dialog both are sent; the button beside it sends only the height of rows."""
    asked = asked_by_form(request, kind)
    form = ColumnsForm(asked, request.POST)
    if form.is_valid():
        chosen = form.cleaned_data["column"] if "columns" in request.POST else asked.current.columns
        services.set_columns(
            of=asked.current, columns=chosen, compact=bool(form.cleaned_data["compact"])
        )
    return refreshed()
