from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from crm.models import Preferences
from crm.notify import live
from crm.owner.services import the_owner
from crm.shell import glance, moments
from crm.shell.toasts import flash, toast
from leads.followups import snoozes
from leads.models import Lead
from leads.today import counting, services
from leads.today.day import Day
from leads.today.forms import SnoozeForm, WeightsForm
from leads.today.page import Page, context
from leads.today.queue import row_of


@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """The page; asked by itself, the day anew: the queue with what goes with it."""
    live.told_so_far(request)
    page = Page(_day(), _preferences(request))
    counting.keep(page.queue.people, known=page.day.chosen.counted)
    glance.of(request).know(counting.GLANCE, page.queue.people)
    fragment = request.headers.get("HX-Target") == "queue"
    template = "leads/today/_day.html" if fragment else "leads/today/today.html"
    return render(request, template, context(page))


@require_GET
def why(request: HttpRequest, lead: UUID) -> HttpResponse:
    """Why somebody is here: each reason with its rule, its weight and its facts."""
    found, day = _lead(lead), _day()
    row = row_of(found.id, day)
    values: dict[str, object] = {
        "lead": found,
        "row": row,
        "snoozes": _choices(request, day),
    }
    return _dialog(request, "leads/today/_why.html", f"Why {found.name} is here", values)


@require_http_methods(["GET", "POST"])
def snooze(request: HttpRequest, lead: UUID) -> HttpResponse:
    found, day = _lead(lead), _day()
    choices = _choices(request, day)
    form = SnoozeForm(_sent(request), choices=choices)
    if request.method == "POST" and form.is_valid():
        until, rule = form.cleaned_data["until"], form.cleaned_data["rule"]
        operation = services.put_off(lead=found, until=until, day=day, rule=rule)
        words = f"{found.name} is put off until {moments.when(until, day.now, day.zone)}"
        return _answer(request, words, operation)
    values = {"lead": found, "form": form, "snoozes": choices}
    return _dialog(request, "leads/today/_snooze.html", f"Snooze {found.name}", values)


@require_POST
def done(request: HttpRequest, lead: UUID) -> HttpResponse:
    found = _lead(lead)
    operation = services.done(lead=found, day=_day())
    words = f"Done: {found.name}" if operation else f"{found.name} was done already"
    return _answer(request, words, operation)


@require_http_methods(["GET", "POST"])
def weights(request: HttpRequest) -> HttpResponse:
    form = WeightsForm(_sent(request))
    again = "reset" in request.POST
    if again or form.is_valid():
        chosen = form.own_weights() if again else form.cleaned_data
        saved = services.save_weights(weights=chosen)
        undo = reverse("undo", args=[saved]) if saved else ""
        flash(request, "Saved." if saved else "Nothing changed.", undo_url=undo)
        return redirect("today:weights")
    return render(request, "leads/today/weights.html", {"form": form})


def _sent(request: HttpRequest) -> QueryDict | None:
    """Also when nothing was sent: that is an answer with faults."""
    return request.POST if request.method == "POST" else None


def _day() -> Day:
    return Day(timezone.now(), timezone.get_current_timezone())


def _preferences(request: HttpRequest) -> Preferences:
    owner = the_owner(request)
    return getattr(owner, "preferences", None) or Preferences(owner=owner)


def _lead(lead: UUID) -> Lead:
    found: Lead = get_object_or_404(Lead.objects.present(), id=lead)
    return found


def _choices(request: HttpRequest, day: Day) -> dict[str, snoozes.Snooze]:
    return snoozes.choices(day.now, _preferences(request))


def _answer(request: HttpRequest, words: str, operation: UUID | None) -> HttpResponse:
    """A sentence with its way back; the page then asks for its queue by itself."""
    undo = reverse("undo", args=[operation]) if operation else ""
    if request.headers.get("HX-Request"):
        response = trigger_client_event(HttpResponse(status=204), "acted", {})
        return toast(response, words, undo_url=undo)
    flash(request, words, undo_url=undo)
    return redirect("today:today")


def _dialog(request: HttpRequest, body: str, title: str, values: dict[str, object]) -> HttpResponse:
    """Over the page, or a page of its own without script."""
    dialog = request.headers.get("HX-Target") == "ask"
    template = "leads/today/_dialog.html" if dialog else "leads/today/dialog.html"
    return render(request, template, {"title": title, "body": body, **values})
