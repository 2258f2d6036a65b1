"""The rights of a person: everything held on them, handed out or taken away."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from crm.audit.services import security_event
from crm.keep import persons
from crm.keep.registry import mentions
from crm.owner.recent import require_recent_sign_in
from crm.shell.asking import typed
from leads.models import Lead
from leads.people.rights import services
from leads.people.rights.forms import EraseForm

HELD = (Lead.State.PRESENT, Lead.State.ARCHIVED)


@require_recent_sign_in
@require_GET
def held(request: HttpRequest, lead: UUID) -> HttpResponse:
    found = get_object_or_404(Lead, id=lead, state__in=HELD)
    sections = persons.export(found.id)
    _note(request, found, sections)
    context = {"lead": found, "sections": sections}
    return render(request, "leads/people/rights/held.html", context)


@require_recent_sign_in
@require_GET
def download(request: HttpRequest, lead: UUID) -> HttpResponseBase:
    found = get_object_or_404(Lead, id=lead, state__in=HELD)
    sections = persons.export(found.id)
    _note(request, found, sections)
    response = JsonResponse(
        persons.as_json(found.id, sections),
        json_dumps_params={"ensure_ascii": False, "indent": 2},
    )
    response["Content-Disposition"] = f'attachment; filename="held-on-{found.id}.json"'
    return response


@require_recent_sign_in
@require_http_methods(["GET", "POST"])
def erase(request: HttpRequest, lead: UUID) -> HttpResponse:
    found = get_object_or_404(Lead, id=lead)
    if found.state not in HELD:
        return redirect("people:lead", found.id)
    form = EraseForm(typed(request))
    # Looked for by the name, so before it goes.
    named = mentions(found.id)
    if request.method == "POST" and form.is_valid():
        receipt = services.erase(lead=found)
        context = {"receipt": receipt, "lead": found, "named": named}
        return render(request, "leads/people/rights/receipt.html", context)
    context = {"lead": found, "form": form, "named": named}
    context["preview"] = persons.preview(found.id)
    return render(request, "leads/people/rights/erase.html", context)


def _note(request: HttpRequest, lead: Lead, sections: list[persons.Section]) -> None:
    rows = sum(len(section.rows) for section in sections)
    security_event("export", request=request, subject=lead.id, detail={"rows": rows})
