"""What a page fetches of its list: the editor as it changes, options, a preview, a count."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from crm.lists import counting, editing, picked, scopes
from crm.lists.counting import Amount
from crm.lists.pages import amount_words
from crm.lists.shape import Shape
from crm.lists.views.finding import asked_by_form, listed_or_404

# What is kept or stands in the address, with what is wrong about it.
JUDGE = "judge:"


@require_POST
def editor(request: HttpRequest, kind: str) -> HttpResponse:
    """The filter's form after a choice or a button; nothing is kept until it is applied."""
    asked = asked_by_form(request, kind)
    if request.POST.get("do") == JUDGE:
        draft = editing.draft(asked, asked.tree, judged=True)
    else:
        draft = editing.changed(asked, request.POST)
    return render(request, "crm/lists/_filters.html", {"asked": asked, "draft": draft})


@require_POST
def apply(request: HttpRequest, kind: str) -> HttpResponse:
    """To the rows that it chooses, or back as it was typed with what is wrong."""
    asked = asked_by_form(request, kind)
    draft = editing.submitted(asked, request.POST)
    if draft.applied is not None:
        url = asked.url(draft.applied)
        return (
            HttpResponseClientRedirect(url) if request.headers.get("HX-Request") else redirect(url)
        )
    return render(request, "crm/lists/_filters.html", {"asked": asked, "draft": draft})


@require_POST
def options(request: HttpRequest, kind: str, filter: str) -> HttpResponse:
    """What a relation's search found, as boxes to tick; the ticked ones stay. Names are typed
    here, and addresses are kept in logs: they come in the body."""
    shape = Shape(listed_or_404(kind))
    chosen = picked.finder(shape, filter)
    if chosen is None:
        raise Http404
    name = request.POST.get("name", "")
    ticked = request.POST.getlist(name)
    typed = request.POST.get(picked.TYPED + filter, "").strip()
    asked = picked.Picked(ticked, typed)
    how = {each: each in request.POST for each in ("parted", "may_add")}
    found = picked.offered(shape, chosen, asked, **how)
    context = {"options": found, "name": name, "values": ticked, "typed": typed}
    return render(request, "crm/lists/_options.html", context)


@require_GET
def preview(request: HttpRequest, kind: str, row: str) -> HttpResponse:
    listed = listed_or_404(kind)
    rows = listed.rows()
    rows = listed.prepare_preview(rows) if listed.prepare_preview else rows
    found = rows.filter(pk__in=scopes.keys(rows, [row])).first()
    if found is None or not listed.preview:
        raise Http404
    context = {
        "row": found,
        "name": listed.row_name(found),
        "url": listed.row_url(found),
        "template": listed.preview,
    }
    return render(request, "crm/lists/_preview.html", context)


@require_POST
def count(request: HttpRequest, kind: str) -> HttpResponse:
    """Counted now as far as that is quick; beyond, asked again until the worker has counted."""
    asked = asked_by_form(request, kind)
    if not asked.checked.ok:
        raise Http404
    amount = Amount(None) if "waiting" in request.POST else counting.quick(asked.matching)
    context: dict[str, object] = {"asked": asked}
    if not amount.exact:
        kept = counting.want(kind, asked.checked.tree)
        waiting = kept.amount is None and kept.tried_at is None
        context |= {"waiting": waiting, "counts_on": waiting, "given_up": kept.given_up}
        if kept.amount is not None:
            amount = Amount(kept.amount, at=kept.counted_at)
        elif waiting:
            amount = Amount(counting.MOST, more=True)
    context |= {"amount": amount, "words": amount_words(amount, asked.listed)}
    return render(request, "crm/lists/_count.html", context)
