"""Household, relationships, and who referred whom."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST

from crm.shell.asking import answered, ask, typed
from crm.shell.once import once
from leads.models import Relationship
from leads.people import services
from leads.people.forms.bonds import PickForm, RelationshipForm
from leads.people.views.finding import a_lead, page_of

BODY = "leads/people/_pick_form.html"


@require_http_methods(["GET", "POST"])
@once
def relate(request: HttpRequest, lead: UUID) -> HttpResponse:
    found = a_lead(lead)
    form = RelationshipForm(typed(request), lead=found)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if data["together"]:
            undo = services.join_household(
                lead=found, other=data["other"], relationship=data["kind"]
            )
        else:
            undo = services.relate(lead=found, other=data["other"], kind=data["kind"])
        return answered(request, page_of(found), "Saved", undo=undo)
    title = f"Who belongs to {found.first_name}?"
    return ask(request, form, title=title, back=page_of(found), body=BODY, lead=found)


@require_http_methods(["GET", "POST"])
def referred(request: HttpRequest, lead: UUID) -> HttpResponse:
    found = a_lead(lead)
    form = PickForm(typed(request), lead=found)
    if request.method == "POST" and "nobody" in request.POST:
        undo = services.change_lead(lead=found, values={"referred_by": None})
        return answered(request, page_of(found), "Saved", undo=undo)
    if request.method == "POST" and form.is_valid():
        undo = services.change_lead(lead=found, values={"referred_by": form.cleaned_data["other"]})
        return answered(request, page_of(found), "Saved", undo=undo)
    also = [("nobody", "Nobody")] if found.referred_by_id else []
    title = f"Who referred {found.first_name}?"
    return ask(request, form, title=title, back=page_of(found), body=BODY, lead=found, also=also)


@require_POST
def candidates(request: HttpRequest, lead: UUID) -> HttpResponse:
    """While a name is typed. It comes in the body: addresses are kept in logs."""
    form = PickForm(request.POST, lead=a_lead(lead))
    return render(request, "leads/people/_candidates.html", {"form": form})


@require_POST
def unrelate(request: HttpRequest, lead: UUID, relationship: UUID) -> HttpResponse:
    found = a_lead(lead)
    told = Relationship.objects.filter(lead=found) | Relationship.objects.filter(other=found)
    bond = get_object_or_404(told, id=relationship)
    undo = services.unrelate(relationship=bond)
    return answered(request, page_of(found), "Taken back", undo=undo)


@require_POST
def leave_household(request: HttpRequest, lead: UUID) -> HttpResponse:
    found = a_lead(lead)
    undo = services.leave_household(lead=found)
    return answered(request, page_of(found), f"{found.first_name} left the household", undo=undo)
