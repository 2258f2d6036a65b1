from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import trigger_client_event

from crm.shell.toasts import flash, toast
from leads.messages import services as messages
from leads.models import Lead
from leads.timeline import composing
from leads.timeline.forms import ComposeForm
from leads.timeline.people import lead_of, page_of
from properties.picking.queries import called, suggested

LONGEST = 200


@require_http_methods(["GET", "POST"])
def compose(request: HttpRequest, lead: UUID) -> HttpResponse:
    person = lead_of(lead)
    if request.method == "GET":
        form = ComposeForm.fresh(composing.kind_of(request.GET.get("compose")))
        return _shown(request, person, form)
    form = ComposeForm(
        request.POST, request.FILES, kind=composing.kind_of(request.POST.get("kind"))
    )
    if not form.is_valid():
        return _shown(request, person, form)
    if "send" in request.POST:
        return _send(request, person, form)
    logged, words = composing.save(person, form)
    undo = reverse("undo", args=[logged.operation]) if logged.operation else ""
    return _saved(request, person, form, words, undo)


def _shown(request: HttpRequest, lead: Lead, form: ComposeForm) -> HttpResponse:
    fragment = request.headers.get("HX-Request")
    template = "_composer.html" if fragment else "compose.html"
    return render(request, f"leads/timeline/{template}", composing.context(lead, form))


def _send(request: HttpRequest, lead: Lead, form: ComposeForm) -> HttpResponse:
    """A letter leaves by the owner's mail server; the entry comes when it has."""
    said = form.cleaned_data
    try:
        messages.send(lead=lead, subject=said["subject"], body=said["body"], id=form.once)
    except messages.MayNot as refusal:
        form.add_error(None, str(refusal))
        return _shown(request, lead, form)
    return _saved(request, lead, form, "On its way.", "")


def _saved(
    request: HttpRequest, lead: Lead, form: ComposeForm, words: str, undo: str
) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        flash(request, words, undo_url=undo)
        return redirect(page_of(lead))
    context = composing.context(lead, ComposeForm.fresh(form.talk)) | {"saved": True}
    response = render(request, "leads/timeline/_composer.html", context)
    trigger_client_event(response, "logged", {"lead": str(lead.id)})
    return toast(response, words, undo_url=undo)


@require_GET
def homes(request: HttpRequest) -> HttpResponse:
    """Homes that have what is typed, for the composer's field; by name where both are too long."""
    typed = request.GET.get("home", "").strip()
    found = [(called(home), home) for home in (suggested(typed) if typed else ())]
    homes = [
        (words if len(words) <= LONGEST else home.title, home.get_status_display())
        for words, home in found
    ]
    return render(request, "properties/picking/_homes.html", {"homes": homes})
