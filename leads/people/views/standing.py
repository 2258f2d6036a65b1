"""Where a lead stands: stages, archive, do-not-contact."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from crm.shell.asking import answered, ask, typed
from crm.shell.toasts import flash
from leads.models import Lead, Stage
from leads.people import services
from leads.people.forms.bonds import LostForm
from leads.people.views.finding import a_lead, page_of

WITH_A_DEAL = (Stage.Kind.OFFER, Stage.Kind.RESERVED, Stage.Kind.CLOSED)


@require_POST
def stage(request: HttpRequest, lead: UUID) -> HttpResponse:
    found = a_lead(lead)
    to = get_object_or_404(Stage, id=_number(request.POST.get("to", "")))
    if to.kind == Stage.Kind.LOST:
        return redirect(reverse("people:lost", args=[lead]) + f"?to={to.id}")
    if to.id == found.stage_id:
        return redirect(page_of(found))
    done = services.move_stage(lead=found, to=to)
    if done is None:
        return _so_already(request, found, f"{found.name} is in {to.name}")
    flash(request, f"Moved to {to.name}", undo_url=reverse("undo", args=[done]))
    return redirect(_after(found, to))


def _after(lead: Lead, to: Stage) -> str:
    """Where money comes into sight, the page asks for the deal."""
    ask = f"?deal={to.kind}" if to.kind in WITH_A_DEAL else ""
    return page_of(lead) + ask


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


@require_http_methods(["GET", "POST"])
def lost(request: HttpRequest, lead: UUID) -> HttpResponse:
    found = a_lead(lead)
    lost_ones = Stage.objects.filter(kind=Stage.Kind.LOST)
    to = lost_ones.filter(id=_number(request.GET.get("to", ""))).first() or lost_ones[0]
    form = LostForm(typed(request))
    if request.method == "POST" and form.is_valid():
        done = services.move_stage(lead=found, to=to, **form.cleaned_data)
        words = f"Moved to {to.name}" if done else f"{found.name} is in {to.name}"
        return _told(request, found, words, done)
    title = f"Why is {found.first_name} lost?"
    return ask(request, form, title=title, back=page_of(found), submit=f"Move to {to.name}")


@require_POST
def archive(request: HttpRequest, lead: UUID) -> HttpResponse:
    found = a_lead(lead)
    done = services.archive(leads=[found])
    return _told(request, found, f"{found.name} is archived", done)


@require_POST
def bring_back(request: HttpRequest, lead: UUID) -> HttpResponse:
    found = a_lead(lead)
    done = services.bring_back(leads=[found])
    return _told(request, found, f"{found.name} is back", done)


@require_POST
def do_not_contact(request: HttpRequest, lead: UUID) -> HttpResponse:
    found = a_lead(lead)
    wanted = request.POST.get("wanted") == "yes"
    done = services.set_do_not_contact(lead=found, wanted=wanted)
    words = "Nobody will contact them" if wanted else "They may be contacted again"
    return _told(request, found, words, done)


def _told(request: HttpRequest, lead: Lead, words: str, done: UUID | None) -> HttpResponse:
    if done is None:
        return _so_already(request, lead, words)
    return answered(request, page_of(lead), words, undo=done)


def _so_already(request: HttpRequest, lead: Lead, words: str) -> HttpResponse:
    """As in another tab, or by a second click: there is nothing to take back."""
    return answered(request, page_of(lead), f"{words}. It was so already.", tone="dusk")
