from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm.audit.services import operation
from crm.models import Preferences
from crm.notify import live
from crm.vault.ids import uuid7
from leads.followups import (
    answers,
    clock,
    queries,
    reminders,
    services,
    sets,
    snoozes,
    weeks,
    words,
)
from leads.followups.forms import DoneForm, FollowUpForm, SetForm, WhenForm, initial_of
from leads.models import FollowUp, FollowUpTemplate, Lead


@require_GET
def agenda(request: HttpRequest) -> HttpResponse:
    live.told_so_far(request)
    now, preferences = timezone.now(), _preferences(request)
    shown = weeks.page(
        on=request.GET.get("on", ""),
        span=request.GET.get("span", ""),
        now=now,
        preferences=preferences,
        token=get_token(request),
    )
    context = {"shown": shown, "now": now, "preferences": preferences}
    fragment = request.headers.get("HX-Target") == "agenda"
    return render(request, f"leads/followups/{'_' if fragment else ''}agenda.html", context)


@require_GET
def one(_request: HttpRequest, follow_up: UUID) -> HttpResponse:
    """Where notices and calendars lead: the page of whom it is about, or its day."""
    found = _find(follow_up)
    if found.lead_id is not None:
        try:
            return redirect("people:lead", lead=found.lead_id)
        except NoReverseMatch:
            pass
    day = timezone.localtime(found.due).date()
    return redirect(f"{reverse('followups:agenda')}?on={day}")


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    lead = _lead_of(request)
    form = FollowUpForm(request.POST or None, lead=lead, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        with operation("Plan a follow-up") as made:
            planned = services.plan(
                lead=form.lead,
                id=form.cleaned_data["id"],
                rule=form.cleaned_data["rule"],
                reminders=form.chosen_reminders,
                **form.moment,
                **form.values,
            )
        zone = timezone.get_current_timezone()
        return answers.done(request, f"Planned: {words.moment(planned, zone)}.", operation=made)
    return _form(request, form, lead=lead)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, follow_up: UUID) -> HttpResponse:
    found = _find(follow_up)
    if not found.is_open:
        return answers.nothing(request)
    form = FollowUpForm(
        request.POST or None, lead=found.lead, follow_up=found, initial=initial_of(found)
    )
    if request.method == "POST" and form.is_valid():
        with operation("Change a follow-up") as made:
            services.change(follow_up=found, values=_changes(form, found))
        return answers.done(request, "Saved.", operation=made)
    return _form(request, form, follow_up=found)


def _changes(form: FollowUpForm, found: FollowUp) -> dict[str, Any]:
    moment = form.moment
    there = {"due_on": found.due_on} if found.all_day else {"due": found.due}
    values = {**form.values, "rule": form.cleaned_data["rule"], "lead": form.lead}
    if form.chosen_reminders is not None:
        values["reminders"] = form.chosen_reminders
    return values if moment == there else {**values, **moment}


def _form(request: HttpRequest, form: FollowUpForm, **context: Any) -> HttpResponse:
    fragment = "_" if request.headers.get("HX-Request") else ""
    context |= {"form": form, "came_from": answers.came_from(request)}
    return render(request, f"leads/followups/{fragment}form.html", context)


def _initial(request: HttpRequest) -> dict[str, Any]:
    """A whole hour ahead, unless the place that was clicked says when."""
    soon = timezone.localtime() + dt.timedelta(hours=1)
    day, time = request.GET.get("on", ""), request.GET.get("at", "")
    return {
        "id": uuid7(),
        "day": day or soon.date().isoformat(),
        "time": time if time or day else soon.replace(minute=0).time(),
        "priority": FollowUp.Priority.NORMAL,
        "reminders": reminders.usual(all_day=False),
    }


@require_http_methods(["GET", "POST"])
def done(request: HttpRequest, follow_up: UUID) -> HttpResponse:
    """At once where nothing is told; asked first, how it went and how long it took."""
    found = _find(follow_up)
    if not found.is_open:
        return answers.nothing(request)
    form = DoneForm(request.POST if request.method == "POST" else None, follow_up=found)
    if request.method == "GET" or not form.is_valid():
        fragment = "_" if request.headers.get("HX-Request") else ""
        context = {"form": form, "follow_up": found, "came_from": answers.came_from(request)}
        return render(request, f"leads/followups/{fragment}finish.html", context)
    with operation("Done with a follow-up") as made:
        following = services.finish(follow_up=found, **form.cleaned_data)
    zone = timezone.get_current_timezone()
    again = f" Again on {words.moment(following, zone)}." if following else ""
    return answers.done(request, f"Done.{again}", operation=made)


@require_POST
def drop(request: HttpRequest, follow_up: UUID) -> HttpResponse:
    found = _find(follow_up)
    if not found.is_open:
        return answers.nothing(request)
    with operation("Drop a follow-up") as made:
        services.drop(follow_up=found, all_to_come=bool(request.POST.get("all")))
    return answers.done(request, "Dropped.", operation=made)


@require_http_methods(["GET", "POST"])
def snooze(request: HttpRequest, follow_up: UUID) -> HttpResponse:
    found = _find(follow_up)
    choices = snoozes.choices(timezone.now(), _preferences(request))
    chosen = choices.get(request.POST.get("choice", ""))
    if request.method == "GET" or chosen is None:
        context = {"follow_up": found, "choices": choices.values()}
        fragment = "_" if request.headers.get("HX-Request") else ""
        return render(request, f"leads/followups/{fragment}snooze.html", context)
    if not found.is_open:
        return answers.nothing(request)
    with operation("Snooze a follow-up") as made:
        moved = services.snooze(follow_up=found, choice=chosen.name)
    until = words.moment(moved or found, timezone.get_current_timezone())
    return answers.done(request, f"Snoozed until {until}.", operation=made)


@require_POST
def move(request: HttpRequest, follow_up: UUID) -> HttpResponse:
    found, form = _find(follow_up), WhenForm(request.POST)
    if not form.is_valid():
        return answers.done(request, "Not moved. Choose a day and a time that exist.")
    if not found.is_open:
        return answers.nothing(request)
    with operation("Move a follow-up") as made:
        moved = services.move(follow_up=found, **form.moment)
    to = words.moment(moved or found, timezone.get_current_timezone())
    return answers.done(request, f"Moved to {to}.", operation=made)


@require_POST
def confirm(request: HttpRequest, follow_up: UUID) -> HttpResponse:
    found = _find(follow_up)
    with operation("Confirm a showing") as made:
        confirmed = services.confirm(follow_up=found)
    if confirmed is None:
        return answers.done(request, "It was confirmed already.")
    return answers.done(request, "Confirmed.", operation=made)


@require_POST
def begin_set(request: HttpRequest) -> HttpResponse:
    form = SetForm(request.POST)
    if not form.is_valid():
        raise Http404
    lead = get_object_or_404(Lead.objects.present(), id=form.person())
    template = get_object_or_404(FollowUpTemplate, id=form.cleaned_data["template"])
    with operation("Begin a set of follow-ups") as made:
        planned = sets.begin(lead=lead, template=template)
    if not planned:
        return answers.done(request, f"{template.name} was begun already.")
    amount = "1 follow-up" if len(planned) == 1 else f"{len(planned)} follow-ups"
    return answers.done(request, f"{template.name}: {amount} planned.", operation=made)


@require_POST
def people(request: HttpRequest) -> HttpResponse:
    """Names that begin so, for the field that asks with whom; addresses are kept in logs."""
    found = queries.called(request.POST.get("who", ""))
    return render(request, "leads/followups/_people.html", {"names": found})


def _find(follow_up: UUID) -> FollowUp:
    found: FollowUp = get_object_or_404(
        FollowUp.objects.select_related("lead", "listing"), id=follow_up
    )
    return found


def _lead_of(request: HttpRequest) -> Lead | None:
    given = request.POST.get("lead") or request.GET.get("lead")
    if not given:
        return None
    try:
        wanted = UUID(given)
    except ValueError:
        raise Http404 from None
    found: Lead = get_object_or_404(Lead.objects.present(), id=wanted)
    return found


def _preferences(request: HttpRequest) -> Preferences:
    return getattr(request.user, "preferences", None) or clock.preferences()
