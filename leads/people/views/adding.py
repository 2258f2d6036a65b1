from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from crm.audit.services import operation
from crm.owner.recent import here
from crm.owner.services import preferences_of
from crm.shell.asking import answered, ask, in_dialog, typed
from crm.vault.ids import uuid7
from leads.models import ContactPoint, Lead, Stage
from leads.people import arrivals, reaching, services
from leads.people.forms.adding import AddLeadForm
from leads.people.views.finding import page_of

BODY = "leads/people/_add.html"


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    stage, kind = _stage(request), request.GET.get("kind", "")
    form = AddLeadForm(typed(request), currency=_currency(request), kind=kind)
    if request.method == "POST" and form.is_valid():
        return _added(request, form, stage)
    title = f"Add a lead to {stage}" if stage else "Add a lead"
    return ask(request, form, title=title, back="/", body=BODY)


def _stage(request: HttpRequest) -> Stage | None:
    """Where they begin, as the board says; who is lost or done is not added there."""
    told = request.GET.get("stage", "")
    number = int(told) if told.isascii() and told.isdigit() and len(told) < 10 else 0
    return Stage.objects.filter(id=number).exclude(kind__in=Stage.ENDED).first() if number else None


def _added(request: HttpRequest, form: AddLeadForm, stage: Stage | None) -> HttpResponse:
    values = form.fields_of_lead() | {"stage": stage}
    try:
        lead, undo = _add(values)
    except IntegrityError:
        first = Lead.objects.filter(id=form.id).first()
        if first is None:
            raise
        # Sent twice, the first one has added them; the way back in a browser brings the same form
        # once more, and somebody else may be typed into it.
        lead, undo = (first, None) if _is(first, values) else _add(values | {"id": uuid7()})
    again = "another" in request.POST
    back = request.get_full_path() if again else page_of(lead)
    if stage and in_dialog(request) and not again:
        back = here(request)
    return answered(request, back, f"{lead.name} is added", undo=undo)


def _add(values: dict[str, Any]) -> tuple[Lead, UUID | None]:
    with transaction.atomic(), operation("Add a lead") as undo:
        return services.add_lead(**values), undo


def _is(lead: Lead, values: dict[str, Any]) -> bool:
    points = ContactPoint.objects.filter(lead=lead)
    known = {reaching.spelled(point.kind, point.value) for point in points}
    return lead.name == values["name"] and known >= {*values["phones"], *values["emails"]}


@require_POST
def hints(request: HttpRequest) -> HttpResponse:
    """While one types: what was understood, and who may be here already."""
    form = AddLeadForm(request.POST, currency=_currency(request))
    form.is_valid()
    data = form.cleaned_data
    phones, emails = data.get("reach") or ([], [])
    known = arrivals.maybe_known(data.get("name", ""), phones, emails)
    wanted = form.wanted()
    context = {"known": known, "wanted": wanted if wanted else None, "currency": form.currency}
    return render(request, "leads/people/_hints.html", context)


def _currency(request: HttpRequest) -> str:
    preferences = preferences_of(request)
    return preferences.currency if preferences else "PHP"
