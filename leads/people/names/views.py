from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm.shell.asking import answered, ask, typed
from crm.shell.once import once
from crm.shell.toasts import flash, toast
from leads.models import CustomField, Tag
from leads.people.names import services
from leads.people.names.forms import TAKEN, MergeForm
from leads.people.names.kinds import KINDS, Names, count_of

GONE = "Nothing was done: one of the two is gone meanwhile."


@require_GET
def listed(request: HttpRequest, slug: str) -> HttpResponse:
    return render(request, "leads/people/names/names.html", _shown(KINDS[slug]))


def _shown(names: Names) -> dict[str, Any]:
    rows = list(names.rows())
    used = names.used(len(rows), None)
    return {"names": names, "rows": [(row, used.get(row.pk)) for row in rows]}


def _kind(slug: str) -> Names:
    if slug not in KINDS:
        raise Http404
    return KINDS[slug]


@require_http_methods(["GET", "POST"])
@once
def add(request: HttpRequest, slug: str) -> HttpResponse:
    names = _kind(slug)
    form = names.form(typed(request))
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                row, undo = services.add(names=names, values=form.values())  # type: ignore[attr-defined]
        except IntegrityError:
            form.add_error("name", TAKEN)
        else:
            return answered(request, _back(slug), f"{row} is added", undo=undo)
    return ask(request, form, title=f"Add a {names.one}", back=_back(slug), submit="Add")


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    names = _kind(slug)
    row = get_object_or_404(names.model, pk=pk)
    form = names.form(typed(request), instance=row)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                undo = services.change(names=names, row=row, values=form.values())  # type: ignore[attr-defined]
        except IntegrityError:
            form.add_error("name", TAKEN)
        else:
            words = "Saved" if undo else "Nothing to change"
            return answered(request, _back(slug), words, undo=undo)
    return ask(request, form, title=f"Change this {names.one}", back=_back(slug))


@require_POST
def move(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Up, down, or to a place counted from nothing."""
    names = _kind(slug)
    if not names.ordered:
        raise Http404
    row = get_object_or_404(names.model, pk=pk)
    places = [each.pk for each in names.rows()]
    to = _place(request.POST.get("to", ""), places.index(row.pk))
    done = services.move(names=names, row=row, to=to)
    undo = reverse("undo", args=[done]) if done else ""
    words = f"{row} is moved" if done else f"{row} stands there already"
    if request.headers.get("HX-Request"):
        response = render(request, "leads/people/names/_names.html", _shown(names))
        return toast(response, words, undo_url=undo)
    flash(request, words, undo_url=undo)
    return redirect(_back(slug))


def _place(wanted: str, now: int) -> int:
    steps = {"up": max(now - 1, 0), "down": now + 1}
    number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 6 else now
    return steps.get(wanted, number)


@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    names = _kind(slug)
    row = get_object_or_404(names.model, pk=pk)
    if request.method == "POST":
        return _removed(request, names, row)
    if why := names.objection(row):
        return _refused(request, names, f"{row} stays. {why}")
    count = count_of(names, row)
    people = "1 person has" if count.number == 1 else f"{count} people have"
    intro = f"{people} it, and lose it." if count.number else "Nobody has it."
    context = {"intro": intro, "submit_kind": "danger"}
    title = f"Remove {row}"
    return ask(request, None, title=title, back=_back(slug), submit="Remove", **context)


def _removed(request: HttpRequest, names: Names, row: Any) -> HttpResponse:
    try:
        undo = services.remove(names=names, row=row)
    except services.Stays as refusal:
        return _refused(request, names, f"{row} stays. {refusal}")
    tone = "good" if undo else "dusk"
    return answered(request, _back(names.slug), f"{row} is removed", undo=undo, tone=tone)


def _refused(request: HttpRequest, names: Names, words: str) -> HttpResponse:
    if request.method == "POST":
        return answered(request, _back(names.slug), words, tone="bad")
    body = "leads/people/names/_refused.html"
    context = {"words": words, "body": body}
    return ask(request, None, title="It can't go yet", back=_back(names.slug), **context)


@require_http_methods(["GET", "POST"])
@once
def merge(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    if not _kind(slug).merges:
        raise Http404
    tag = get_object_or_404(Tag, pk=pk)
    form = MergeForm(typed(request), tag=tag)
    if request.method == "POST" and form.is_valid():
        into = form.cleaned_data["into"]
        undo = services.merge_tags(tag=tag, into=into)
        if undo is None:
            return answered(request, _back(slug), GONE, tone="bad")
        return answered(request, _back(slug), f"{tag} is now {into}", undo=undo)
    return ask(request, form, title=f"Merge {tag} into another", back=_back(slug), submit="Merge")


@require_POST
def retire(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    if not _kind(slug).retires:
        raise Http404
    field = get_object_or_404(CustomField, pk=pk)
    wanted = request.POST.get("wanted") == "yes"
    undo = services.retire(field=field, wanted=wanted)
    words = f"{field} is retired" if wanted else f"{field} is used again"
    return answered(request, _back(slug), words, undo=undo, tone="good" if undo else "dusk")


def _back(slug: str) -> str:
    return reverse(f"names:{slug}")
