from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm.audit.services import operation
from crm.shell.once import once
from crm.shell.toasts import flash
from leads.followups import reminders
from leads.followups.settings_forms import CadenceForm, RulesForm, SetForm, Steps
from leads.models import Cadence, CalendarFeed, FollowUpTemplate


@require_http_methods(["GET", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    form = RulesForm(request.POST or None, instance=reminders.rules())
    if request.method == "POST" and form.is_valid():
        return _saved(request, "Change the rules of follow-ups", form, to="followups:settings")
    context = {"form": form, "feed": CalendarFeed.objects.first()}
    return render(request, "leads/followups/settings.html", context)


def _saved(request: HttpRequest, name: str, *forms: Any, to: str) -> HttpResponse:
    """As one piece of work, where anything differs: nobody wants to undo nothing."""
    undo = ""
    if any(form.has_changed() for form in forms):
        with transaction.atomic(), operation(name) as made:
            for form in forms:
                form.save()
        undo = reverse("undo", args=[made])
    flash(request, "Saved." if undo else "Nothing changed.", undo_url=undo)
    return redirect(to)


@require_GET
def sets(request: HttpRequest) -> HttpResponse:
    found = FollowUpTemplate.objects.prefetch_related("steps")
    return render(request, "leads/followups/sets.html", {"sets": found})


@require_http_methods(["GET", "POST"])
@once
def edit_set(request: HttpRequest, template: int | None = None) -> HttpResponse:
    instance = get_object_or_404(FollowUpTemplate, id=template) if template else FollowUpTemplate()
    form = SetForm(request.POST or None, instance=instance)
    steps = Steps(request.POST or None, instance=instance)
    if request.method == "POST" and form.is_valid() and steps.is_valid():
        return _saved(request, "Change a set of follow-ups", form, steps, to="followups:sets")
    return render(request, "leads/followups/set.html", {"form": form, "steps": steps})


@require_POST
def delete_set(request: HttpRequest, template: int) -> HttpResponse:
    found = get_object_or_404(FollowUpTemplate, id=template)
    with operation("Delete a set of follow-ups") as made:
        found.delete()
    flash(request, f"“{found.name}” deleted.", undo_url=reverse("undo", args=[made]))
    return redirect("followups:sets")


@require_GET
def cadences(request: HttpRequest) -> HttpResponse:
    found = Cadence.objects.select_related("tag")
    return render(request, "leads/followups/cadences.html", {"cadences": found})


@require_http_methods(["GET", "POST"])
@once
def edit_cadence(request: HttpRequest, cadence: int | None = None) -> HttpResponse:
    instance = get_object_or_404(Cadence, id=cadence) if cadence else None
    form = CadenceForm(request.POST or None, instance=instance)
    if request.method == "POST" and form.is_valid():
        name = "Change a rule of keeping in touch"
        return _saved(request, name, form, to="followups:cadences")
    return render(request, "leads/followups/cadence.html", {"form": form, "cadence": instance})


@require_POST
def delete_cadence(request: HttpRequest, cadence: int) -> HttpResponse:
    found = get_object_or_404(Cadence, id=cadence)
    with operation("Delete a rule of keeping in touch") as made:
        found.delete()
    flash(request, f"“{found.name}” deleted.", undo_url=reverse("undo", args=[made]))
    return redirect("followups:cadences")
