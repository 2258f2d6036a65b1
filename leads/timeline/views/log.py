from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from crm.models import Operation
from crm.shell.toasts import flash
from leads.models import FollowUp
from leads.timeline import popover, services
from leads.timeline.log_forms import AmendForm, LogForm
from leads.timeline.people import entry_of, lead_of, page_of, preferences_of


@require_http_methods(["GET", "POST"])
def log(request: HttpRequest, lead: UUID) -> HttpResponse:
    """The popover for htmx, a page of its own without script."""
    person, preferences = lead_of(lead), preferences_of(request)
    if request.method == "GET":
        form = LogForm(lead=person, initial=popover.first(request, person))
        return _asked(request, popover.asked(person, form, preferences))
    form = LogForm(request.POST, lead=person)
    # Another kind was chosen: what was typed stays, nothing is saved yet.
    looking = "look" in request.POST
    valid = form.is_valid()
    if looking or not valid:
        return _asked(request, popover.asked(person, form, preferences), quiet=looking)
    logged = popover.save(person, form, preferences)
    return _told(request, popover.told(person, logged, preferences))


def _asked(request: HttpRequest, context: dict[str, object], quiet: bool = False) -> HttpResponse:
    context["quiet"] = quiet
    whole = "leads/timeline/log.html"
    if not request.headers.get("HX-Request"):
        return render(request, whole, context)
    fragment = "_log_form.html" if request.method == "POST" else "_log.html"
    return render(request, f"leads/timeline/{fragment}", context)


def _told(request: HttpRequest, context: dict[str, object]) -> HttpResponse:
    if request.headers.get("HX-Request"):
        response = render(request, "leads/timeline/_logged.html", context)
        return trigger_client_event(response, "logged", {"lead": str(context["lead"].id)})  # type: ignore[attr-defined]
    operation = context["operation"]
    undo = reverse("undo", args=[operation]) if operation else ""
    flash(request, f"Logged. {context['words']}", undo_url=undo)
    return redirect(page_of(context["lead"]))  # type: ignore[arg-type]


@require_POST
def amend(request: HttpRequest, lead: UUID, interaction: UUID) -> HttpResponse:
    entry, preferences = entry_of(lead, interaction), preferences_of(request)
    form = AmendForm(request.POST)
    valid, said = form.is_valid(), form.cleaned_data
    known = get_object_or_404(Operation, id=said.get("operation") or UUID(int=0))
    planned = FollowUp.objects.open().filter(lead=lead, id=said.get("follow_up"))
    before = services.Logged(entry, planned.first(), known.id)
    if not valid:
        context = popover.told(entry.lead, before, preferences) | {"form": form}
        return render(request, "leads/timeline/_logged.html", context)
    to = popover.amended(entry, said, preferences)
    changed = services.amend(logged=entry, operation=known.id, follow_up=before.next, to=to)
    after = services.Logged(entry, changed, known.id)
    return _told(request, popover.told(entry.lead, after, preferences, str(said["choice"])))
