from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from crm.owner.services import preferences_of
from crm.shell.asking import answered, ask, typed
from leads.models import Deal, Lead
from leads.roi import services
from leads.roi.forms import DealForm, NewDealForm, beginning, present, shown

KNOWN = (Lead.State.PRESENT, Lead.State.ARCHIVED)


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, lead: UUID) -> HttpResponse:
    found = get_object_or_404(Lead, id=lead, state__in=KNOWN)
    state = request.GET.get("state", "")
    state = state if state in Deal.State.values else Deal.State.OPEN
    probable = beginning(found, preferences_of(request), state)
    form = NewDealForm(typed(request), now={}, initial=probable, home_currency=_home(request))
    if request.method == "POST" and form.is_valid():
        terms = dict(form.cleaned_data)
        _, undo = services.add_deal(lead=found, id=terms.pop("once"), **terms)
        return answered(request, _back(lead), "The deal is noted", undo=undo)
    title = f"{found.first_name}'s deal"
    return ask(request, form, title=title, back=_back(lead), submit="Note the deal")


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, lead: UUID, deal: UUID) -> HttpResponse:
    found = get_object_or_404(Deal.objects.select_related("lead"), id=deal, lead=lead)
    now = present(found)
    home = _home(request)
    initial = {**shown(now, home), **_asked(request)}
    form = DealForm(typed(request), now=now, initial=initial, home_currency=home)
    if request.method == "POST" and form.is_valid():
        undo = services.change_deal(deal=found, values=_values(form))
        return answered(request, _back(lead), "Saved" if undo else "Nothing to change", undo=undo)
    remove = reverse("roi:remove", args=[lead, deal])
    title = f"{found.lead.first_name}'s deal"
    body = "leads/roi/_deal_form.html"
    return ask(request, form, title=title, back=_back(lead), body=body, remove=remove)


def _home(request: HttpRequest) -> str:
    preferences = preferences_of(request)
    return preferences.currency if preferences else "PHP"


def _asked(request: HttpRequest) -> dict[str, Any]:
    """A deal that runs already is asked for with the state that the new stage makes of it."""
    state = request.GET.get("state")
    return {"state": state} if state in Deal.State.values else {}


def _values(form: DealForm) -> dict[str, Any]:
    """A new price or share makes a new sum, unless one was typed."""
    values = form.changes()
    data = form.cleaned_data
    if data["commission"] is None or (
        {"amount", "commission_percent"} & values.keys() and "commission" not in values
    ):
        values["commission"] = services.commission_of(data["amount"], data["commission_percent"])
    return values


@require_POST
def remove(request: HttpRequest, lead: UUID, deal: UUID) -> HttpResponse:
    found = get_object_or_404(Deal, id=deal, lead=lead)
    undo = services.remove_deal(deal=found)
    return answered(request, _back(lead), "The deal is removed", undo=undo)


def _back(lead: UUID) -> str:
    return reverse("people:lead", args=[lead])
