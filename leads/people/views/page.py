from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from crm.audit.queries import history_of
from crm.shell.asking import typed
from crm.shell.toasts import flash, toast
from leads.models import Lead
from leads.people import gathering, page, panels, queries, services, walking
from leads.people.parts import PARTS
from leads.people.views.finding import a_lead, page_of


@require_GET
def lead(request: HttpRequest, lead: UUID) -> HttpResponse:
    found = get_object_or_404(gathering.found(), id=lead)
    if found.state == Lead.State.MERGED:
        return redirect("people:lead", found.merged_into_id)
    if found.state == Lead.State.ERASED:
        return render(request, "leads/people/erased.html", {"lead": found}, status=410)
    shown = {place: panels.shown(place, request, found) for place in ("left", "main", "right")}
    context = {"lead": found, "page": page.of(found), "walk": walking.walk(request, found)}
    response = render(request, "leads/people/lead.html", context | shown)
    walking.keep(request, response, found)
    return response


@require_http_methods(["GET", "POST"])
def part(request: HttpRequest, lead: UUID, part: str) -> HttpResponse:
    """A panel in place, its form, and the panel again; each a page of its own without script."""
    found, kind = a_lead(lead), PARTS[part]
    fragment = bool(request.headers.get("HX-Request"))
    if request.method == "GET" and fragment and "shown" in request.GET:
        return _panel(request, found.id, part)
    form = kind.form(typed(request), lead=found)
    # Other forms of the page may have fields of the same names.
    form.auto_id = f"{part}_%s"
    if request.method == "POST" and form.is_valid():
        operation = services.change_lead(lead=found, values=form.values())
        words = "Saved" if operation else "Nothing to change"
        undo = reverse("undo", args=[operation]) if operation else ""
        if fragment:
            return toast(_panel(request, found.id, part), words, undo_url=undo)
        flash(request, words, undo_url=undo)
        return redirect(page_of(found))
    template = "leads/people/_part_form.html" if fragment else "leads/people/part.html"
    context = {"lead": found, "form": form, "part": kind, "suggestions": form.suggestions()}
    return render(request, template, context)


def _panel(request: HttpRequest, lead: UUID, part: str) -> HttpResponse:
    found = get_object_or_404(gathering.found(), id=lead)
    context = {"lead": found, "page": page.of(found), "fragment": True}
    return render(request, PARTS[part].panel, context | PARTS[part].context(found))


@require_GET
def history(request: HttpRequest, lead: UUID) -> HttpResponse:
    """What changed about them: their own row, contact data, follow-ups, all that is theirs."""
    found = a_lead(lead)
    before = request.GET.get("before", "")
    place = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    told = history_of([found.id, *queries.became_one(found)], before=place)
    fragment = request.headers.get("HX-Request")
    template = "crm/audit/_history.html" if fragment else "leads/people/history.html"
    older = f"{reverse('people:history', args=[found.id])}?before={told.older}"
    context = {"lead": found, "history": told, "older_url": older if told.older else ""}
    return render(request, template, context)
